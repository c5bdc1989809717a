package render

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// verticalRows writes each row as a block with a line for each column, which suits
// rows that are wider than the terminal:
//
//	-[ ROW 1 ]--------
//	ID   | 1
//	NAME | Ann
type verticalRows struct {
	out      *bufio.Writer
	settings Settings
	terminal int // width of the terminal, 0 for no limit

	columns []types.Column
	names   []string // padded to the same width
	indent  int      // of the values, behind the names
	rule    int      // how long the line above a row is
	shown   int
}

func (v *verticalRows) Begin(out *bufio.Writer, _ string, columns []types.Column) {
	v.out, v.columns = out, columns
	width := 0
	for _, c := range columns {
		v.names = append(v.names, cells.Escaped(c.Name))
		width = max(width, cells.Width(cells.Escaped(c.Name)))
	}
	for i, name := range v.names {
		v.names[i] = cells.Pad(name, width)
	}
	const rule = 40
	v.indent = width + len(" | ")
	v.rule = max(rule, v.indent)
	if v.terminal > 0 {
		v.rule = min(v.rule, v.terminal)
	}
}

func (v *verticalRows) Row(r query.Row) {
	v.shown++
	rule := fmt.Sprintf("-[ ROW %d ]", v.shown)
	v.out.WriteString(rule + strings.Repeat("-", max(0, v.rule-len(rule))) + "\n")
	for i, c := range v.columns {
		for n, line := range v.lines(cellText(r, r.Values[i], c.Type)) {
			name := v.names[i]
			if n > 0 {
				name = strings.Repeat(" ", cells.Width(name))
			}
			v.out.WriteString(strings.TrimRight(name+" | "+line, " ") + "\n")
		}
	}
}

// lines returns the lines of a value: as many as it needs beside the names, or one
// that is cut, as the settings say.
func (v *verticalRows) lines(text string) []string {
	const leastRoom = 10
	if v.terminal == 0 {
		return []string{text}
	}
	room := max(v.terminal-v.indent, leastRoom)
	parts := cells.Pieces(text, room)
	if v.settings.Wrap || len(parts) == 1 {
		return parts
	}
	return []string{cells.Clipped(parts, room)}
}

func (v *verticalRows) Idle() {}
func (v *verticalRows) End()  {}
