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
// wanted, and then the rows, each on a line that ends with \n.
type separatedRows struct {
	out *bufio.Writer
	dialect
	header bool
	// terminal escapes what could drive it; a file gets the values as they are.
	terminal bool
	columns  []types.Column
	text     []byte
}

// dialect is how fields are written, so that a reader tells NULL from every text.
type dialect struct {
	// separator stands between two fields.
	separator byte
	null      string
	// field is a text as a field, which is never null.
	field func(text string) string
}

// dialect returns that of a form with fields, of others nothing.
func (f Format) dialect() dialect {
	switch f {
	case CSV:
		return dialect{separator: ',', null: "", field: quotedField}
	case TSV:
		return dialect{separator: '\t', null: `\N`, field: unbroken.Replace}
	default:
		return dialect{}
	}
}

// quotedField is a text as RFC 4180 has it: in quotes if a reader could take it for something
// else. Empty texts are quoted, NULL is not.
func quotedField(text string) string {
	if text != "" && !strings.ContainsAny(text, ",\"\r\n") && text[0] != ' ' && text[len(text)-1] != ' ' {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// unbroken writes what would end a field of TSV with a backslash, as the readers of databases expect it, and
// a backslash too.
var unbroken = strings.NewReplacer("\t", `\t`, "\n", `\n`, "\r", `\r`, `\`, `\\`)

func newSeparatedRows(settings Settings, on Paper) *separatedRows {
	return &separatedRows{dialect: settings.Format.dialect(), header: settings.Header, terminal: on.Terminal}
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
			c.write(string(c.text))
		case r.Tombstone:
			c.out.WriteString(tombstone)
		default:
			c.out.WriteString(c.null)
		}
	}
	c.out.WriteByte('\n')
}

func (c *separatedRows) Idle() {}
func (c *separatedRows) End()  {}

// line writes fields of text, none of which is NULL.
func (c *separatedRows) line(fields []string) {
	for i := range fields {
		c.next(i, &fields[i])
	}
	c.out.WriteByte('\n')
}

// next writes the i-th field of a line; nil is NULL.
func (c *separatedRows) next(i int, field *string) {
	if i > 0 {
		c.out.WriteByte(c.separator)
	}
	if field == nil {
		c.out.WriteString(c.null)
		return
	}
	c.write(*field)
}

// write writes a text as a field.
func (c *separatedRows) write(text string) {
	field := c.field(text)
	if c.terminal {
		field = cells.Escaped(field)
	}
	c.out.WriteString(field)
}

// entity writes the answer of a statement as rows, and returns what is no row.
func (c *separatedRows) entity(e exec.Entity) (beside []exec.Block) {
	if fielder, ok := e.(exec.Fielder); ok {
		table, beside := fielder.Fields()
		c.fields(table)
		return beside
	}
	return c.blocks(e.Blocks())
}

func (c *separatedRows) fields(t *exec.Fields) {
	if c.header {
		c.line(t.Header)
	}
	for _, row := range t.Rows {
		for i, field := range row {
			c.next(i, field)
		}
		c.out.WriteByte('\n')
	}
}

// blocks writes the layout of an entity as rows: tables with their header, labels as two fields, statements and text
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

// table writes a table without the empty rows that part others for people. In it an empty cell is NULL.
func (c *separatedRows) table(t *exec.Table) {
	if c.header {
		c.line(t.Header)
	}
	for _, row := range t.Rows {
		if strings.Join(row, "") == "" {
			continue
		}
		for i := range row {
			if row[i] == "" {
				c.next(i, nil)
			} else {
				c.next(i, &row[i])
			}
		}
		c.out.WriteByte('\n')
	}
}
