package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// jsonRows writes the rows of a query as ksqlDB's shell does in JSON mode: a
// header {"queryId":…,"schema":…}, then {"columns":[…]} for each row, indented.
type jsonRows struct {
	out     *bufio.Writer
	columns []types.Column
	compact []byte
}

func (j *jsonRows) Begin(out *bufio.Writer, id string, columns []types.Column) {
	j.out, j.columns = out, columns
	schema := types.Schema{Value: columns}
	j.compact = display.AppendQuoted(append(j.compact[:0], `{"queryId":`...), id)
	j.compact = display.AppendQuoted(append(j.compact, `,"schema":`...), schema.String())
	j.write()
}

func (j *jsonRows) Row(r query.Row) {
	j.compact = append(j.compact[:0], `{"columns":[`...)
	for i, c := range j.columns {
		if i > 0 {
			j.compact = append(j.compact, ',')
		}
		j.compact = display.AppendJSON(j.compact, r.Values[i], c.Type)
	}
	j.compact = append(j.compact, ']')
	if r.Tombstone {
		j.compact = append(j.compact, `,"tombstone":true`...)
	}
	j.write()
}

// write closes the object and writes it indented.
func (j *jsonRows) write() {
	var indented bytes.Buffer
	if err := json.Indent(&indented, append(j.compact, '}'), "", "  "); err != nil {
		panic(fmt.Sprintf("a row is not JSON: %v", err))
	}
	indented.WriteByte('\n')
	j.out.Write(indented.Bytes())
}

func (j *jsonRows) Idle() {}
func (j *jsonRows) End()  {}

// jsonLines writes each row as one object of its columns. A deletion has the
// member "@tombstone", a name that no column has without quotes.
type jsonLines struct {
	out     *bufio.Writer
	columns []types.Column
	names   [][]byte // quoted names with their colon
	line    []byte
}

func (j *jsonLines) Begin(out *bufio.Writer, _ string, columns []types.Column) {
	j.out, j.columns = out, columns
	for _, c := range columns {
		j.names = append(j.names, append(display.AppendQuoted(nil, c.Name), ':'))
	}
}

func (j *jsonLines) Row(r query.Row) {
	j.line = append(j.line[:0], '{')
	for i, c := range j.columns {
		if i > 0 {
			j.line = append(j.line, ',')
		}
		j.line = append(j.line, j.names[i]...)
		j.line = display.AppendJSON(j.line, r.Values[i], c.Type)
	}
	if r.Tombstone {
		if len(j.columns) > 0 {
			j.line = append(j.line, ',')
		}
		j.line = append(j.line, `"@tombstone":true`...)
	}
	j.out.Write(append(j.line, '}', '\n'))
}

func (j *jsonLines) Idle() {}
func (j *jsonLines) End()  {}

// writeJSON writes an entity as one JSON document, indented or on one line.
func writeJSON(w io.Writer, entity any, indent string) error {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(entity); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	_, err := io.WriteString(w, cells.EscapedJSON(b.String()))
	return err
}
