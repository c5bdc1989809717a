package render

import (
	"bufio"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// separatedRows writes CSV or TSV: a header with the names of the columns, if it is
// wanted, and then the rows, as RFC 4180 has it but with \n at the end of a line.
// NULL is an empty field, an empty text is "", so the two can be told apart.
type separatedRows struct {
	out *bufio.Writer
	// separator stands between two fields.
	separator byte
	header    bool
	// terminal escapes what could drive it; a file gets the values as they are.
	terminal bool
	columns  []types.Column
	text     []byte
}

func newSeparatedRows(settings Settings, on Paper) *separatedRows {
	return &separatedRows{separator: settings.Format.separator(), header: settings.Header, terminal: on.Terminal}
}

func (c *separatedRows) Begin(out *bufio.Writer, _ string, columns []types.Column) {
	c.out, c.columns = out, columns
	if !c.header {
		return
	}
	names := make([]string, len(columns))
	for i, col := range columns {
		names[i] = col.Name
	}
	c.line(names)
}

func (c *separatedRows) Row(r query.Row) {
	for i, col := range c.columns {
		if i > 0 {
			c.out.WriteByte(c.separator)
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

func (c *separatedRows) Idle() {}
func (c *separatedRows) End()  {}

// line writes fields of text, none of which is NULL.
func (c *separatedRows) line(fields []string) {
	for i, f := range fields {
		if i > 0 {
			c.out.WriteByte(c.separator)
		}
		c.field(f)
	}
	c.out.WriteByte('\n')
}

// field writes a text, in quotes if a reader could take it for something else.
func (c *separatedRows) field(text string) {
	if c.terminal {
		text = cells.Escaped(text)
	}
	if text != "" && strings.IndexByte(text, c.separator) < 0 && !strings.ContainsAny(text, "\"\r\n") && text[0] != ' ' && text[len(text)-1] != ' ' {
		c.out.WriteString(text)
		return
	}
	c.out.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
}

// blocks writes an entity as rows: tables with their header, labels as two fields, statements and text
// with a title as one. It returns what is no row: words for people, and labels that say what a table is about.
func (c *separatedRows) blocks(blocks []exec.Block) (beside []exec.Block) {
	tables := 0
	for _, b := range blocks {
		if b.Table != nil {
			tables++
		}
	}
	for _, b := range blocks {
		switch {
		case b.Table != nil:
			c.table(b.Table)
		case b.Labels != nil && tables != 1:
			for _, l := range b.Labels {
				c.line([]string{l.Name, l.Value})
			}
		case b.Labels == nil && (b.Verbatim || b.Title != ""):
			for _, text := range b.Text {
				if text != "" {
					c.line([]string{text})
				}
			}
		case strings.Join(b.Text, "") != "" || b.Labels != nil:
			beside = append(beside, b)
		}
	}
	return beside
}

// table writes a table without the empty rows that part others for people.
func (c *separatedRows) table(t *exec.Table) {
	if c.header {
		c.line(t.Header)
	}
	for _, row := range t.Rows {
		if strings.Join(row, "") != "" {
			c.line(row)
		}
	}
}
