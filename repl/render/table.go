package render

import (
	"bufio"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// tombstone stands in the NULL cells of a row that tells of a deletion.
const tombstone = "<TOMBSTONE>"

// sampleSize is how many rows are measured at most before the first is shown.
const sampleSize = 100

// table shows the rows of a query as ksqlDB's shell does:
//
//	+----+------+
//	|ID  |NAME  |
//	+----+------+
//	|1   |Ann   |
//
// The first rows are held back until there are enough of them to choose the
// widths, or none has come for a moment. So is the header where something else tells
// that the query runs.
type table struct {
	out      *bufio.Writer
	settings Settings
	terminal int // width of the terminal, 0 for no limit
	barred   bool
	push     bool

	columns []types.Column
	sample  [][]string // rows held back
	widths  []int      // nil while rows are held back
}

func (t *table) Begin(out *bufio.Writer, _ string, columns []types.Column) {
	t.out, t.columns = out, columns
}

func (t *table) Row(r query.Row) {
	cells := t.cells(r)
	if t.widths != nil {
		t.line(cells, t.settings.Wrap)
		return
	}
	t.sample = append(t.sample, cells)
	if len(t.sample) >= sampleSize {
		t.lay(false)
	}
}

// cells returns the values of a row as text.
func (t *table) cells(r query.Row) []string {
	cells := make([]string, len(t.columns))
	for i, c := range t.columns {
		cells[i] = cellText(r, r.Values[i], c.Type)
	}
	return cells
}

func (t *table) Idle() {
	if len(t.sample) > 0 || !t.barred {
		t.lay(false)
	}
}

func (t *table) End() {
	if len(t.sample) > 0 || !t.barred || !t.push {
		t.lay(true)
	}
}

// cellText returns a value as one line of text that is safe to show.
func cellText(r query.Row, v data.Value, typ *types.Type) string {
	if r.Tombstone && v.IsNull() {
		return tombstone
	}
	return cells.Escaped(display.Text(v, typ))
}

// lay chooses the widths and shows the header and the rows held back so far.
func (t *table) lay(complete bool) {
	if t.widths != nil {
		return
	}
	t.widths = t.chooseWidths(complete)
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = cells.Escaped(c.Name)
	}
	t.rule()
	t.line(names, true)
	t.rule()
	for _, row := range t.sample {
		t.line(row, t.settings.Wrap)
	}
	t.sample = nil
}

func (t *table) chooseWidths(complete bool) []int {
	if t.settings.ColumnWidth > 0 {
		equal := make([]int, len(t.columns))
		for i := range equal {
			equal[i] = t.settings.ColumnWidth
		}
		return equal
	}
	measures := make([]measure, len(t.columns))
	for i, c := range t.columns {
		measures[i] = measure{header: cells.Width(cells.Escaped(c.Name)), typ: c.Type}
		for _, row := range t.sample {
			measures[i].add(cells.Width(row[i]))
		}
	}
	return widths(measures, t.terminal, len(t.sample), complete)
}

// rule writes a line between borders.
func (t *table) rule() {
	for _, w := range t.widths {
		t.out.WriteString("+" + strings.Repeat("-", w))
	}
	t.out.WriteString("+\n")
}

// line writes a row; with wrap, as many lines as its longest value needs.
func (t *table) line(row []string, wrap bool) {
	parts := make([][]string, len(row))
	height := 1
	for i, text := range row {
		parts[i] = t.cell(text, t.widths[i], wrap)
		height = max(height, len(parts[i]))
	}
	for n := range height {
		for i, w := range t.widths {
			part := ""
			if n < len(parts[i]) {
				part = parts[i][n]
			}
			t.out.WriteString("|" + cells.Pad(part, w))
		}
		t.out.WriteString("|\n")
	}
}

// cell returns the lines of a value. Where the width of the lines is no limit
// a value that is too long simply takes its room.
func (t *table) cell(text string, width int, wrap bool) []string {
	if t.terminal == 0 && t.settings.ColumnWidth == 0 {
		return []string{text}
	}
	parts := cells.Pieces(text, width)
	if wrap || len(parts) == 1 {
		return parts
	}
	return []string{cells.Clipped(parts, width)}
}
