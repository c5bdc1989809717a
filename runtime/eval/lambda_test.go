package eval

import (
	"slices"
	"testing"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// lambdas is functions that take lambdas, for the test below.
type lambdas struct{}

var planned = map[string]*expr.Function{
	"APPLY": {Name: "APPLY", Kind: expr.Scalar, Overloads: []*expr.Signature{
		expr.MustSignature("(a ARRAY<T>, f LAMBDA(T) => R) ARRAY<R>"),
	}},
	"FOLD": {Name: "FOLD", Kind: expr.Scalar, Overloads: []*expr.Signature{
		expr.MustSignature("(a ARRAY<T>, s S, f LAMBDA(S, T) => S) S"),
	}},
}

func (lambdas) Function(name string) *expr.Function { return planned[name] }
func (lambdas) Names() []string                     { return []string{"APPLY", "FOLD"} }

func bindLambda(e *expr.Call, b functions.Binding) (functions.Func, error) {
	if e.Function.Name == "APPLY" {
		return apply(b.Lambdas[1]), nil
	}
	return fold(b.Lambdas[2]), nil
}

func apply(lambda functions.Func) functions.Func {
	return func(env *functions.Env, args []data.Value) (data.Value, error) {
		elems := slices.Clone(args[0].Elems())
		for i, e := range elems {
			var err error
			if elems[i], err = lambda(env, []data.Value{e}); err != nil {
				return data.Null, err
			}
		}
		return data.Array(elems), nil
	}
}

func fold(lambda functions.Func) functions.Func {
	return func(env *functions.Env, args []data.Value) (data.Value, error) {
		state, err := args[1], error(nil)
		for _, e := range args[0].Elems() {
			if state, err = lambda(env, []data.Value{state, e}); err != nil {
				return data.Null, err
			}
		}
		return state, nil
	}
}

func TestLambdas(t *testing.T) {
	t.Parallel()
	schema := &types.Schema{Value: []types.Column{
		{Name: "N", Type: types.Int}, {Name: "A", Type: types.ArrayOf(types.Int)}, {Name: "AA", Type: types.ArrayOf(types.ArrayOf(types.Int))},
	}}
	ints := func(list ...int32) data.Value {
		values := make([]data.Value, len(list))
		for i, n := range list {
			values[i] = data.Int(n)
		}
		return data.Array(values)
	}
	record := &data.Record{Value: data.Row{data.Int(10), ints(1, 2, 3), data.Array([]data.Value{ints(1, 2), ints(), ints(3)})}}
	for text, want := range map[string]string{
		"APPLY(A, X => X + N)":                                                      "[11, 12, 13]",
		"APPLY(A, X => X > 1)":                                                      "[false, true, true]",
		"FOLD(A, 100, (S, X) => S + X)":                                             "106",
		"APPLY(AA, X => FOLD(X, N, (S, Y) => S + Y))":                               "[13, 10, 13]",
		"APPLY(AA, X => APPLY(X, Y => X[1] * 100 + Y))":                             "[[101, 102], [], [303]]",
		"FOLD(APPLY(A, X => X * X), 0, (S, X) => S + X)":                            "14",
		"FOLD(APPLY(AA, X => FOLD(X, 0, (S, Y) => S + Y)), 0, (S, X) => S + X) + N": "16",
		"APPLY(A, X => X / (X - 2))":                                                "error: / by zero",
	} {
		if got := runLambda(t, text, schema, record); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func runLambda(t *testing.T, text string, schema *types.Schema, record *data.Record) string {
	t.Helper()
	parsed, err := parser.ParseExpr(text)
	if err != nil {
		t.Fatal(err)
	}
	e, err := expr.Build(parsed, expr.Env{Scope: &expr.SourceScope{Name: "S", Schema: schema}, Functions: lambdas{}})
	if err != nil {
		t.Fatal(err)
	}
	c := newCompiler(Options{})
	c.bind = bindLambda
	p, err := c.program(e)
	if err != nil {
		t.Fatal(err)
	}
	v, err := p(&Frame{Env: functions.Env{Arena: &data.Arena{}, Record: record}})
	if err != nil {
		return "error: " + err.Error()
	}
	return string(data.AppendText(nil, v, e.Type()))
}
