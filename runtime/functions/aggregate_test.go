package functions_test

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// group is records to aggregate.
type group struct {
	schema  *types.Schema
	records []data.Record
}

// newGroup reads columns such as x = 1, NULL, 2; y = 'a', 'b', 'c'.
func (e *evaluator) newGroup(text string) (*group, error) {
	g := &group{schema: &types.Schema{}}
	for column := range strings.SplitSeq(text, "; ") {
		name, elems, _ := strings.Cut(column, " = ")
		values, typ, err := e.eval("ARRAY[" + elems + "]")
		if err != nil {
			return nil, err
		}
		g.schema.Value = append(g.schema.Value, types.Column{Name: strings.ToUpper(name), Type: typ.Elem()})
		for i, v := range values.Elems() {
			if i == len(g.records) {
				g.records = append(g.records, data.Record{Time: int64(i)})
			}
			g.records[i].Value = append(g.records[i].Value, v)
		}
	}
	return g, nil
}

// accumulator is an aggregate function at work: its aggregation, and the programs of its arguments.
type accumulator struct {
	functions.Aggregation
	inputs []eval.Program
	frame  *eval.Frame
}

// accumulator returns that of a call over records of a schema.
func (e *evaluator) accumulator(text string, schema *types.Schema) (*accumulator, error) {
	parsed, err := parser.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	built, err := expr.Build(parsed, expr.Env{Functions: e.registry, Aggregates: true, Scope: &expr.SourceScope{Schema: schema}})
	if err != nil {
		return nil, source.In(text, err)
	}
	call := built.(*expr.Call)
	a := &accumulator{frame: &eval.Frame{Env: functions.Env{Arena: &data.Arena{}}, Warn: func(err error) { e.warning = err }}}
	binding := functions.Binding{Result: call.Type(), Properties: e.properties}
	for _, input := range call.Inputs() {
		program, err := eval.Compile(input, eval.Options{Functions: e.registry})
		if err != nil {
			return nil, err
		}
		a.inputs, binding.Args = append(a.inputs, program), append(binding.Args, input.Type())
	}
	var constants []data.Value
	for _, c := range call.Constants() {
		constants = append(constants, eval.Literal(c))
	}
	a.Aggregation, err = e.registry.Lookup(call.Function.Name).Overloads[call.Overload].BindAggregate(binding, constants)
	return a, err
}

// args computes the arguments that a record gives.
func (a *accumulator) args(record *data.Record) ([]data.Value, error) {
	a.frame.Record = record
	values := make([]data.Value, len(a.inputs))
	for i, input := range a.inputs {
		var err error
		if values[i], err = input(a.frame); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// result returns the result for a state.
func (a *accumulator) result(state data.Value) (data.Value, error) {
	if a.Map == nil {
		return state, nil
	}
	return a.Map(&a.frame.Env, state)
}

// overGroup evaluates the call of an aggregate function over a group.
func (e *evaluator) overGroup(call, columns string) (data.Value, *types.Type, error) {
	g, err := e.newGroup(columns)
	if err != nil {
		return data.Null, nil, err
	}
	a, err := e.accumulator(call, g.schema)
	if err != nil {
		return data.Null, nil, err
	}
	state := a.Initial
	for i := range g.records {
		args, err := a.args(&g.records[i])
		if err == nil {
			state, err = a.Add(&a.frame.Env, state, args)
		}
		if err != nil {
			return data.Null, nil, err
		}
	}
	value, err := a.result(state)
	return value, a.Result, err
}
