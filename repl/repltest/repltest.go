// Package repltest has made-up rows and a made-up session of an engine, for tests of what shows
// them.
package repltest

import (
	"context"
	"errors"
	"iter"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// Rows are the rows of a query that are there from the beginning.
type Rows struct {
	// Cols are the columns, Keys those of them that are the key; nil for a stream.
	Cols, Keys []types.Column
	All        []query.Row
	// Ending is how the query ends when the rows are used up; Running means that it
	// waits until it is stopped.
	Ending query.End
	// Unanswered says that no broker answers.
	Unanswered bool
	failure    error

	at      int
	stopped bool
}

// ID implements query.Rows.
func (f *Rows) ID() string { return "transient_S_1" }

// Columns implements query.Rows.
func (f *Rows) Columns() []types.Column { return f.Cols }

// Key implements query.Rows.
func (f *Rows) Key() []types.Column { return f.Keys }

// Row implements query.Rows.
func (f *Rows) Row() query.Row { return f.All[f.at-1] }

// Lag implements query.Rows.
func (f *Rows) Lag() int64 {
	if f.Unanswered {
		return -1
	}
	return 0
}

// Read implements query.Rows.
func (f *Rows) Read() int64 { return int64(f.at) }

// Err implements query.Rows.
func (f *Rows) Err() error { return f.failure }

// Analyze implements query.Rows.
func (f *Rows) Analyze() []string { return nil }

// Close implements query.Rows.
func (f *Rows) Close() { f.stopped = f.stopped || f.Ending == query.Running }

// Next implements query.Rows.
func (f *Rows) Next(ctx context.Context) bool {
	if f.at < len(f.All) {
		f.at++
		return true
	}
	if f.Ending == query.Running {
		<-ctx.Done()
		f.stopped = true
	}
	return false
}

// End implements query.Rows.
func (f *Rows) End() query.End {
	if f.stopped {
		return query.Stopped
	}
	return f.Ending
}

// ParseRows reads a line "NAME TYPE [KEY], NAME TYPE" and a row a line, its values
// separated by |. ∅ is NULL; a row that begins with - is a tombstone; \n, \x1b
// and the like are as in Go.
func ParseRows(t *testing.T, text string) *Rows {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	rows := &Rows{Ending: query.Completed}
	if lines[0] != "" {
		for declaration := range strings.SplitSeq(lines[0], ", ") {
			name, typ, _ := strings.Cut(declaration, " ")
			typ, key := strings.CutSuffix(typ, " KEY")
			column := types.Column{Name: name, Type: parseType(t, typ)}
			rows.Cols = append(rows.Cols, column)
			if key { // the first ones are
				rows.Keys = append(rows.Keys, column)
			}
		}
	}
	for _, line := range lines[1:] {
		line, deleted := strings.CutPrefix(line, "- ")
		row := query.Row{Tombstone: deleted}
		for i, field := range strings.Split(line, "|") {
			row.Values = append(row.Values, parseValue(t, strings.TrimSpace(field), rows.Cols[i].Type))
		}
		row.Key = row.Values[:len(rows.Keys)]
		rows.All = append(rows.All, row)
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

// Entity is an answer made of blocks.
type Entity struct {
	exec.Head
	Layout []exec.Block `json:"-"`
}

// Blocks implements exec.Entity.
func (e *Entity) Blocks() []exec.Block { return e.Layout }

// Backend answers statements by their first word: CREATE, SELECT, HANG, WAIT,
// FAIL, PANIC, LIMIT, LOST.
type Backend struct {
	// Statements are what it was asked to run.
	Statements []string
	// Running, if not nil, gets a value when HANG has begun.
	Running chan struct{}
}

// Run implements show.Runnable.
func (f *Backend) Run(ctx context.Context, text string) iter.Seq2[*exec.Result, error] {
	return func(yield func(*exec.Result, error) bool) {
		for i, part := range parser.Split(text).Parts {
			statement := part.Text
			f.Statements = append(f.Statements, statement)
			result, err := f.answer(statement)
			if e, ok := errors.AsType[*source.Error](err); ok {
				err = e.Within(text, part.Start)
			}
			if !yield(result, err) || err != nil {
				return
			}
			if rest := parser.Split(text).Parts[i+1:]; ctx.Err() != nil && len(rest) > 0 {
				yield(nil, &exec.LeftOutError{Count: len(rest), First: rest[0].Text, Err: context.Cause(ctx)})
				return
			}
		}
	}
}

// TakeCommands implements show.Runnable.
func (*Backend) TakeCommands(func(string) func() error) {}

// Names implements repl.Backend.
func (f *Backend) Names() *exec.Names {
	return &exec.Names{Functions: []string{"ABS"}, Topics: func(context.Context) ([]string, error) { return nil, nil }}
}

// RunFile implements show.Runnable.
func (f *Backend) RunFile(ctx context.Context, path string) iter.Seq2[*exec.Result, error] {
	text, err := os.ReadFile(path)
	if err != nil {
		return func(yield func(*exec.Result, error) bool) { yield(nil, err) }
	}
	return f.Run(ctx, string(text))
}

func (f *Backend) answer(statement string) (*exec.Result, error) {
	result := &exec.Result{Statement: strings.TrimSuffix(statement, ";")}
	column := []types.Column{{Name: "ID", Type: types.Int}}
	rows := []query.Row{{Values: data.Row{data.Int(1)}}, {Values: data.Row{data.Int(2)}}}
	word, _, _ := strings.Cut(strings.TrimSuffix(statement, ";"), " ")
	switch strings.ToUpper(word) {
	case "CREATE":
		result.Entity = &exec.Status{Status: exec.CommandStatus{Message: "Stream created"}}
	case "SELECT":
		result.Rows = &Rows{Cols: column, All: rows, Ending: query.Completed}
	case "LIMIT":
		result.Rows = &Rows{Cols: column, All: rows, Ending: query.LimitReached}
	case "WAIT":
		result.Rows = &Rows{Cols: column}
	case "LOST":
		result.Rows = &Rows{Cols: column, Unanswered: true}
	case "HANG":
		result.Rows = &Rows{Cols: column, All: rows[:1]}
		if f.Running != nil {
			f.Running <- struct{}{}
		}
	case "BREAK":
		result.Rows = &Rows{Cols: column, All: rows[:1], Ending: query.Completed, failure: errors.New("the topic is gone")}
	case "PANIC":
		panic("out of order")
	case "INSERT":
	default:
		return nil, source.Errorf(source.Span{End: len(word)}, "Unknown statement '%s'", word)
	}
	return result, nil
}
