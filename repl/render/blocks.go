package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// WriteBlocks writes the layout of an entity, one block below the other. Errors of writing are not told.
func WriteBlocks(w io.Writer, blocks []exec.Block, on Paper) {
	for _, b := range blocks {
		if b.Title != "" {
			title := cells.Escaped(b.Title)
			fmt.Fprintf(w, "%s\n%s\n", title, strings.Repeat("-", cells.Width(title)))
		}
		for _, line := range b.Text {
			if b.Verbatim && !on.Terminal {
				fmt.Fprintln(w, line)
				continue
			}
			line = cells.EscapedLines(line)
			if b.Title == "" && !b.Verbatim { // a message
				line = cells.Folded(line, on.Width)
			}
			fmt.Fprintln(w, line)
		}
		for _, l := range b.Labels {
			fmt.Fprintf(w, "%s : %s\n", cells.Pad(cells.Escaped(l.Name), b.LabelWidth), cells.EscapedLines(l.Value))
		}
		if b.Table != nil {
			writeTable(w, b.Table, on.Width)
		}
	}
}

// writeTable writes rows under a header with a rule below each, at most longest cells
// long if that is not 0:
//
//	 Message
//	----------------
//	 Stream created
//	----------------
func writeTable(w io.Writer, t *exec.Table, longest int) {
	room := 0
	if len(t.Header) == 1 { // most often a message
		room = max(0, longest-2)
	}
	header, rows := cellLines(t.Header, room), make([][][]string, len(t.Rows))
	width := make([]int, len(t.Header))
	widen(width, header)
	for i, row := range t.Rows {
		rows[i] = cellLines(row, room)
		widen(width, rows[i])
	}
	total := 3*len(width) - 1
	for _, n := range width {
		total += n
	}
	if longest > 0 {
		total = min(total, longest)
	}
	rule := strings.Repeat("-", max(total, 0))
	writeRow(w, header, width)
	fmt.Fprintln(w, rule)
	for _, row := range rows {
		writeRow(w, row, width)
	}
	fmt.Fprintln(w, rule)
}

// cellLines splits each cell into its lines, folded to room if it is not 0.
func cellLines(row []string, room int) [][]string {
	lines := make([][]string, len(row))
	for i, cell := range row {
		lines[i] = strings.Split(cells.Folded(cells.EscapedBut(cell, "\n"), room), "\n")
	}
	return lines
}

func widen(width []int, row [][]string) {
	for i := range min(len(width), len(row)) {
		for _, line := range row[i] {
			width[i] = max(width[i], cells.Width(line))
		}
	}
}

// writeRow writes the lines of a row. Blanks at the end of a line are left out.
func writeRow(w io.Writer, row [][]string, width []int) {
	height := 1
	for _, lines := range row {
		height = max(height, len(lines))
	}
	for n := range height {
		parts := make([]string, len(width))
		for i := range width {
			part := ""
			if i < len(row) && n < len(row[i]) {
				part = row[i][n]
			}
			parts[i] = cells.Pad(part, width[i])
		}
		fmt.Fprintln(w, strings.TrimRight(" "+strings.Join(parts, " | "), " "))
	}
}
