package report

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// This file sets expected rows beside actual ones.

// diffRow is a line of a comparison.
type diffRow struct {
	label  string
	cells  []string
	colour func(string) string
}

// diff lays a comparison out: a row for each record with marks under what differs or,
// where that does not fit, a line for each column.
func (t *Report) diff(d sqltest.Diff) []string {
	rows := t.diffRows(d)
	differs := differing(d)
	lines, width := across(d.Columns, rows, differs)
	if room := t.console.LineWidth(); room > 0 && width+6 > room {
		return t.down(d, differs)
	}
	return lines
}

func (t *Report) diffRows(d sqltest.Diff) []diffRow {
	plain := func(text string) string { return text }
	none := func(cells []string) []string {
		if cells == nil {
			return []string{"(no record)"}
		}
		return cells
	}
	rows := []diffRow{
		{"- expected", none(d.Expected), t.console.Red},
		{"+ actual", none(d.Actual), t.console.Green},
	}
	for _, cells := range d.After {
		rows = append(rows, diffRow{"  next", cells, plain})
	}
	return rows
}

// differing says in which columns the records differ; in none if there is but one.
func differing(d sqltest.Diff) []bool {
	differs := make([]bool, len(d.Columns))
	if d.Expected == nil || d.Actual == nil {
		return differs
	}
	for i := range differs {
		differs[i] = d.Expected[i] != d.Actual[i]
	}
	return differs
}

// labelWidth is that of the widest label and a gap.
const labelWidth = len("- expected") + 2

// across lays rows out below the names of the columns, and returns how wide that is.
func across(columns []string, rows []diffRow, differs []bool) (lines []string, width int) {
	widths := make([]int, len(columns))
	for i, name := range columns {
		widths[i] = cells.Width(cells.Escaped(name))
		for _, row := range rows {
			if len(row.cells) == len(columns) {
				widths[i] = max(widths[i], cells.Width(cells.Escaped(row.cells[i])))
			}
		}
	}
	header := strings.TrimRight(cells.Pad("", labelWidth)+aligned(columns, widths), " ")
	lines = append(lines, header)
	for i, row := range rows {
		lines = append(lines, row.colour(strings.TrimRight(cells.Pad(row.label, labelWidth)+aligned(row.cells, widths), " ")))
		if i == 1 && slices.Contains(differs, true) {
			lines = append(lines, marks(rows[:2], widths, differs))
		}
	}
	width = labelWidth
	for _, w := range widths {
		width += w + 2
	}
	return lines, width
}

// aligned pads cells to the widths of their columns.
func aligned(texts []string, widths []int) string {
	var b strings.Builder
	for i, text := range texts {
		b.WriteString(cells.Pad(cells.Escaped(text), widths[i]) + "  ")
	}
	return b.String()
}

// marks is a line with a mark under each value that differs.
func marks(rows []diffRow, widths []int, differs []bool) string {
	texts := make([]string, len(widths))
	for i := range texts {
		if !differs[i] {
			continue
		}
		widest := 1
		for _, row := range rows {
			widest = max(widest, cells.Width(cells.Escaped(row.cells[i])))
		}
		texts[i] = strings.Repeat("^", widest)
	}
	return strings.TrimRight(cells.Pad("", labelWidth)+aligned(texts, widths), " ")
}

// down lays the expected and the actual record out with a line for each column.
func (t *Report) down(d sqltest.Diff, differs []bool) []string {
	var lines []string
	widest := 0
	for _, name := range d.Columns {
		widest = max(widest, cells.Width(cells.Escaped(name)))
	}
	line := func(label, name, value string) string {
		return label + cells.Pad(cells.Escaped(name), widest) + "  " + cells.Escaped(value)
	}
	for i, name := range d.Columns {
		if d.Expected != nil && d.Actual != nil && !differs[i] {
			lines = append(lines, line("  ", name, d.Expected[i]))
			continue
		}
		if d.Expected != nil {
			lines = append(lines, t.console.Red(line("- ", name, d.Expected[i])))
		}
		if d.Actual != nil {
			lines = append(lines, t.console.Green(line("+ ", name, d.Actual[i])))
		}
	}
	return lines
}
