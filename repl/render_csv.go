package repl

import (
	"bufio"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// csvRows writes a header with the names of the columns and then the rows, as
// RFC 4180 has it but with \n at the end of a line. NULL is an empty field, an
// empty text is "", so the two can be told apart.
type csvRows struct {
	out *bufio.Writer
	// terminal escapes what could drive it; a file gets the values as they are.
	terminal bool
	columns  []types.Column
	text     []byte
}

func (c *csvRows) begin(out *bufio.Writer, _ string, columns []types.Column) {
	c.out, c.columns = out, columns
	names := make([]string, len(columns))
	for i, col := range columns {
		names[i] = col.Name
	}
	c.line(names)
}

func (c *csvRows) row(r query.Row) {
	for i, col := range c.columns {
		if i > 0 {
			c.out.WriteByte(',')
		}
		switch v := r.Values[i]; {
		case !v.IsNull():
			c.text = display.AppendText(c.text[:0], v, col.Type)
			c.field(string(c.text))
		case r.Tombstone:
			c.out.WriteString(tombstone)
		}
	}
	c.out.WriteByte('\n')
}

func (c *csvRows) idle() {}
func (c *csvRows) end()  {}

// line writes fields of text, none of which is NULL.
func (c *csvRows) line(fields []string) {
	for i, f := range fields {
		if i > 0 {
			c.out.WriteByte(',')
		}
		c.field(f)
	}
	c.out.WriteByte('\n')
}

// field writes a text, in quotes if a reader could take it for something else.
func (c *csvRows) field(text string) {
	if c.terminal {
		text = escaped(text)
	}
	if text != "" && !strings.ContainsAny(text, ",\"\r\n") && text[0] != ' ' && text[len(text)-1] != ' ' {
		c.out.WriteString(text)
		return
	}
	c.out.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
}

// blocks writes an entity: tables with their header, labels as two fields,
// text as one.
func (c *csvRows) blocks(blocks []exec.Block) {
	for _, b := range blocks {
		switch {
		case b.Table != nil:
			c.line(b.Table.Header)
			for _, row := range b.Table.Rows {
				c.line(row)
			}
		case b.Labels != nil:
			for _, l := range b.Labels {
				c.line([]string{l.Name, l.Value})
			}
		default:
			for _, text := range b.Text {
				if text != "" {
					c.line([]string{text})
				}
			}
		}
	}
}
