package functions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/expr/exprtest"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// runAggregate runs a script about one call of an aggregate function, under a
// property if set=(name, value) says so. The first line is the call and the columns that it reads:
//
//	SUM(x) of x INT
//	add 1            adds a record
//	undo 1           takes it back
//	session          begins another group
//	swap             changes the order of the last two groups
//	merge            merges the last two groups, the first being the earlier
//	state            shows the state of the last group
//
// Each line is printed with the result of the last group.
func runAggregate(t *testing.T, d *datadriven.TestData) string {
	first, rest, _ := strings.Cut(d.Input, "\n")
	call, columns, found := strings.Cut(first, " of ")
	if !found {
		d.Fatalf(t, "no columns in %s", first)
	}
	schema, err := exprtest.Schema(columns)
	if err != nil {
		d.Fatalf(t, "%v", err)
	}
	e := newEvaluator()
	if limit, ok := d.Arg("set"); ok {
		if e.properties, err = e.properties.With(limit.Vals[0], limit.Vals[1]); err != nil {
			d.Fatalf(t, "%v", err)
		}
	}
	a, err := e.accumulator(call, schema)
	if err != nil {
		return "error: " + strings.ReplaceAll(err.Error(), "\n", " ") + "\n"
	}
	g := &groups{evaluator: e, accumulator: a, schema: schema, states: []data.Value{a.Initial}}
	var out strings.Builder
	fmt.Fprintf(&out, "%-20s %s\n", "", a.Result)
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		fmt.Fprintf(&out, "%-20s %s\n", line, g.step(line))
	}
	return out.String()
}

// groups is what a script works on.
type groups struct {
	*evaluator
	*accumulator
	schema *types.Schema
	states []data.Value // the last is that at hand
}

// step runs a line of a script and returns what is shown of it.
func (g *groups) step(line string) string {
	command, values, _ := strings.Cut(line, " ")
	last := len(g.states) - 1
	var next data.Value
	var err error
	switch command {
	case "add", "undo":
		next, err = g.change(command, g.states[last], values)
	case "session":
		g.states, last, next = append(g.states, data.Null), last+1, g.Initial
	case "swap":
		g.states[last-1], next = g.states[last], g.states[last-1]
	case "merge":
		next, err = g.Merge(&g.frame.Env, g.states[last-1], g.states[last])
		g.states, last = g.states[:last], last-1
	case "state":
		return string(display.AppendJSON(nil, g.states[last], g.State)) + "  " + g.State.String()
	default:
		return "unknown command"
	}
	if err != nil {
		return "error: " + err.Error()
	}
	// Only what has been cloned outlives the arena.
	g.states[last] = next.Clone()
	g.frame.Arena.Reset()
	return g.show(g.states[last])
}

// change adds a record of values, or takes it back.
func (g *groups) change(command string, state data.Value, values string) (data.Value, error) {
	row, err := g.row(values, g.schema)
	if err != nil {
		return data.Null, err
	}
	args, err := g.args(&data.Record{Value: row})
	if err != nil {
		return data.Null, err
	}
	if command == "add" {
		return g.Add(&g.frame.Env, state, args)
	}
	return g.Undo(&g.frame.Env, state, args)
}

// show returns the result for a state.
func (g *groups) show(state data.Value) string {
	result, err := g.result(state)
	if err != nil {
		return "error: " + err.Error()
	}
	return string(display.AppendJSON(nil, result, g.Result))
}

// row evaluates values for the columns of a schema.
func (e *evaluator) row(values string, schema *types.Schema) (data.Row, error) {
	parsed, err := parser.ParseExpr("ROW(" + values + ")")
	if err != nil {
		return nil, err
	}
	var row data.Row
	for i, arg := range parsed.(*ast.Call).Args {
		built, err := expr.Build(arg, expr.Env{Functions: e.registry})
		if err != nil {
			return nil, err
		}
		if built, err = expr.Coerce(built, schema.Value[i].Type, expr.Lax); err != nil {
			return nil, err
		}
		program, err := eval.Compile(built, eval.Options{Functions: e.registry})
		if err != nil {
			return nil, err
		}
		v, err := program(&eval.Frame{})
		if err != nil {
			return nil, err
		}
		row = append(row, v.Clone())
	}
	return row, nil
}
