package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// fakeRows are rows that are there from the beginning. When they are used up
// the query ends as end says; Running means that it waits until it is stopped.
type fakeRows struct {
	columns []types.Column
	key     []types.Column
	rows    []query.Row
	end     query.End
	err     error

	at      int
	stopped bool
}

func (f *fakeRows) ID() string              { return "transient_S_1" }
func (f *fakeRows) Columns() []types.Column { return f.columns }
func (f *fakeRows) Key() []types.Column     { return f.key }
func (f *fakeRows) Row() query.Row          { return f.rows[f.at-1] }
func (f *fakeRows) Lag() int64              { return 0 }
func (f *fakeRows) Err() error              { return f.err }
func (f *fakeRows) Analyze() []string       { return nil }
func (f *fakeRows) Close()                  { f.stopped = f.stopped || f.end == query.Running }

func (f *fakeRows) Next(ctx context.Context) bool {
	if f.at < len(f.rows) {
		f.at++
		return true
	}
	if f.end == query.Running {
		<-ctx.Done()
		f.stopped = true
	}
	return false
}

func (f *fakeRows) End() query.End {
	if f.stopped {
		return query.Stopped
	}
	return f.end
}

// parseRows reads a line "NAME TYPE [KEY], NAME TYPE" and a row a line, its values
// separated by |. ∅ is NULL; a row that begins with - is a tombstone; \n, \x1b
// and the like are as in Go.
func parseRows(t *testing.T, text string) *fakeRows {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	rows := &fakeRows{end: query.Completed}
	if lines[0] != "" {
		for declaration := range strings.SplitSeq(lines[0], ", ") {
			name, typ, _ := strings.Cut(declaration, " ")
			typ, key := strings.CutSuffix(typ, " KEY")
			column := types.Column{Name: name, Type: parseType(t, typ)}
			rows.columns = append(rows.columns, column)
			if key { // the first ones are
				rows.key = append(rows.key, column)
			}
		}
	}
	for _, line := range lines[1:] {
		line, deleted := strings.CutPrefix(line, "- ")
		row := query.Row{Tombstone: deleted}
		for i, field := range strings.Split(line, "|") {
			row.Values = append(row.Values, parseValue(t, strings.TrimSpace(field), rows.columns[i].Type))
		}
		row.Key = row.Values[:len(rows.key)]
		rows.rows = append(rows.rows, row)
	}
	return rows
}

func parseType(t *testing.T, name string) *types.Type {
	t.Helper()
	simple := []*types.Type{types.Boolean, types.Int, types.Bigint, types.Double, types.String, types.Timestamp}
	for _, typ := range simple {
		if typ.String() == name {
			return typ
		}
	}
	if elem, ok := strings.CutPrefix(name, "ARRAY:"); ok {
		return types.ArrayOf(parseType(t, elem))
	}
	t.Fatalf("no type %s", name)
	return nil
}

func parseValue(t *testing.T, text string, typ *types.Type) data.Value {
	t.Helper()
	number := func() int64 {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if text == "∅" {
		return data.Null
	}
	switch typ.Kind() {
	case types.KindBoolean:
		return data.Boolean(text == "true")
	case types.KindInt:
		return data.Int(int32(number()))
	case types.KindBigint:
		return data.Bigint(number())
	case types.KindTimestamp:
		return data.Timestamp(number())
	case types.KindDouble:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		return data.Double(f)
	case types.KindArray:
		var elems []data.Value
		for field := range strings.SplitSeq(text, ",") {
			elems = append(elems, parseValue(t, field, typ.Elem()))
		}
		return data.Array(elems)
	}
	unquoted, err := strconv.Unquote(`"` + text + `"`)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return data.String(unquoted)
}

// entity is an answer made of blocks.
type entity struct {
	exec.Head
	blocks []exec.Block
}

func (e *entity) Blocks() []exec.Block { return e.blocks }

// fakeBackend answers statements by their first word: CREATE, SELECT, HANG,
// FAIL, PANIC, LIMIT. It notes what it was asked to run.
type fakeBackend struct {
	statements []string
	running    chan struct{} // gets a value when HANG has begun, if not nil
}

func (f *fakeBackend) Run(ctx context.Context, text string) iter.Seq2[*exec.Result, error] {
	return func(yield func(*exec.Result, error) bool) {
		offset := 0
		for _, statement := range splitStatements(text) {
			f.statements = append(f.statements, statement)
			result, err := f.answer(statement)
			if e, ok := errors.AsType[*source.Error](err); ok {
				err = e.Within(text, offset+strings.Index(text[offset:], statement))
			}
			if !yield(result, err) || err != nil || ctx.Err() != nil {
				return
			}
			offset += len(statement)
		}
	}
}

func (f *fakeBackend) Names() *exec.Names {
	return &exec.Names{Functions: []string{"ABS"}, Topics: func(context.Context) ([]string, error) { return nil, nil }}
}

func (f *fakeBackend) RunFile(ctx context.Context, path string) iter.Seq2[*exec.Result, error] {
	text, err := os.ReadFile(path)
	if err != nil {
		return func(yield func(*exec.Result, error) bool) { yield(nil, err) }
	}
	return f.Run(ctx, string(text))
}

// splitStatements splits a text behind its semicolons.
func splitStatements(text string) []string {
	var statements []string
	start := 0
	for i := 0; i < len(text); {
		end, kind := token(text, i)
		if kind != comment && text[i] == ';' {
			statements = append(statements, strings.TrimSpace(text[start:end]))
			start = end
		}
		i = end
	}
	return statements
}

func (f *fakeBackend) answer(statement string) (*exec.Result, error) {
	result := &exec.Result{Statement: strings.TrimSuffix(statement, ";")}
	column := []types.Column{{Name: "ID", Type: types.Int}}
	rows := []query.Row{{Values: data.Row{data.Int(1)}}, {Values: data.Row{data.Int(2)}}}
	word, _, _ := strings.Cut(strings.TrimSuffix(statement, ";"), " ")
	switch strings.ToUpper(word) {
	case "CREATE":
		result.Entity = &exec.Status{Status: exec.CommandStatus{Message: "Stream created"}}
	case "SELECT":
		result.Rows = &fakeRows{columns: column, rows: rows, end: query.Completed}
	case "LIMIT":
		result.Rows = &fakeRows{columns: column, rows: rows, end: query.LimitReached}
	case "HANG":
		result.Rows = &fakeRows{columns: column, rows: rows[:1]}
		if f.running != nil {
			f.running <- struct{}{}
		}
	case "BREAK":
		result.Rows = &fakeRows{columns: column, rows: rows[:1], end: query.Completed, err: errors.New("the topic is gone")}
	case "PANIC":
		panic("out of order")
	case "INSERT":
	default:
		return nil, source.Errorf(source.Span{End: len(word)}, "Unknown statement '%s'", word)
	}
	return result, nil
}

// fakeEditor types the given lines. "^C" is Ctrl-C; after the last line comes Ctrl-D.
type fakeEditor struct {
	lines      []string
	remembered []string
	echo       io.Writer
}

func (f *fakeEditor) ReadLine(prompt, _ string) (string, error) {
	if len(f.lines) == 0 {
		fmt.Fprintln(f.echo, prompt+"^D")
		return "", io.EOF
	}
	line := f.lines[0]
	f.lines = f.lines[1:]
	fmt.Fprintln(f.echo, prompt+line)
	if line == "^C" {
		return "", errInterrupted
	}
	return line, nil
}

func (f *fakeEditor) Remember(entries []string) { f.remembered = slices.Clone(entries) }
func (f *fakeEditor) Prefill(text string)       { f.lines = append(strings.Split(text, "\n"), f.lines...) }
func (f *fakeEditor) Close() error              { return nil }
