package eval_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/expr/exprtest"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// bench is a schema and a record on which expressions are tried.
type bench struct {
	schema  *types.Schema
	record  data.Record
	options eval.Options
}

func newBench() *bench {
	return &bench{schema: &types.Schema{}, options: eval.Options{Functions: functions.New()}}
}

// compile builds and compiles an expression over the schema.
func (b *bench) compile(text string) (expr.Expr, eval.Program, error) {
	parsed, err := parser.ParseExpr(text)
	if err != nil {
		return nil, nil, err
	}
	e, err := expr.Build(parsed, expr.Env{
		Scope:     &expr.SourceScope{Name: "S", Schema: b.schema, Windowed: true},
		Functions: b.options.Functions,
	})
	if err != nil {
		return nil, nil, source.In(text, err)
	}
	p, err := eval.Compile(e, b.options)
	return e, p, err
}

// set gives a column of the record the value of an expression.
func (b *bench) set(name, text string) error {
	parsed, err := parser.ParseExpr(text)
	if err != nil {
		return err
	}
	e, err := expr.Build(parsed, expr.Env{Functions: b.options.Functions})
	if err != nil {
		return err
	}
	ref, typ, ok := b.schema.Find(name)
	if !ok {
		return fmt.Errorf("no column %s", name)
	}
	if _, constant := e.(*expr.Literal); constant || typ.Kind().Nested() {
		if e, err = expr.Coerce(e, typ, expr.Lax); err != nil {
			return err
		}
	}
	p, err := eval.Compile(e, b.options)
	if err != nil {
		return err
	}
	v, err := p(&eval.Frame{Env: functions.Env{Arena: &data.Arena{}}})
	if ref.Place == types.InKey {
		b.record.Key[ref.Index] = v
	} else {
		b.record.Value[ref.Index] = v
	}
	return err
}

// run evaluates an expression and prints its value, or its error.
func (b *bench) run(text string) string {
	e, p, err := b.compile(text)
	if err != nil {
		return "refused: " + err.Error()
	}
	var out strings.Builder
	frame := &eval.Frame{
		Env:  functions.Env{Arena: &data.Arena{}, Record: &b.record},
		Warn: func(err error) { fmt.Fprintf(&out, "(%s) ", err) },
	}
	v, err := p(frame)
	switch {
	case err != nil:
		out.WriteString("error: " + err.Error())
	case v.IsNull():
		out.WriteString("NULL")
	case e.Type().Kind() != v.Kind():
		fmt.Fprintf(&out, "a %s instead of a %s", v.Kind(), e.Type())
	default:
		out.Write(data.AppendText(nil, v, e.Type()))
	}
	return out.String()
}

// TestEval evaluates expressions.
//
//	columns            the schema
//	row [time=MS]      a record: a line NAME = expression for every column that is not NULL
//	norecord           a record without key and value
//	where              a line for every condition: whether it holds
//	eval [strict]      a line for every expression; what made a part NULL stands in brackets
func TestEval(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		t.Parallel()
		b := newBench()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "columns":
				var err error
				if b.schema, err = exprtest.Schema(d.Input); err != nil {
					t.Fatal(err)
				}
				b.record = data.Record{Key: make(data.Row, len(b.schema.Key)), Value: make(data.Row, len(b.schema.Value))}
			case "row":
				b.row(t, d)
			case "norecord":
				b.record.Key, b.record.Value = nil, nil
			case "eval":
				b.options.NestedErrorsFail = d.HasArg("strict")
				return lines(d.Input, b.run)
			case "where":
				return lines(d.Input, b.where)
			default:
				t.Fatalf("unknown command %s", d.Cmd)
			}
			return ""
		})
	})
}

func (b *bench) row(t *testing.T, d *datadriven.TestData) {
	b.record = data.Record{Key: make(data.Row, len(b.schema.Key)), Value: make(data.Row, len(b.schema.Value))}
	b.record.Partition, b.record.Offset = 3, 42
	d.MaybeScanArgs(t, "time", &b.record.Time)
	for line := range strings.Lines(d.Input) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), " = ")
		if err := b.set(name, text); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
}

func lines(input string, run func(string) string) string {
	var out strings.Builder
	for line := range strings.Lines(input) {
		line = strings.TrimSpace(line)
		out.WriteString(line + "  ->  " + run(line) + "\n")
	}
	return out.String()
}

// where decides a condition.
func (b *bench) where(text string) string {
	e, _, err := b.compile(text)
	if err != nil {
		return "refused: " + err.Error()
	}
	holds, err := eval.CompilePredicate(e, b.options)
	if err != nil {
		return "refused: " + err.Error()
	}
	truth, err := holds(&eval.Frame{Env: functions.Env{Arena: &data.Arena{}, Record: &b.record}})
	if err != nil {
		return "error: " + err.Error()
	}
	return strconv.FormatBool(truth)
}
