package functions_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/planner/expr/exprtest"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// addition is a call of an aggregate function and a record to add.
type addition struct {
	call, columns, values string
}

// additions allocate nothing.
var additions = []addition{
	{"COUNT(*)", "X INT", "1"},
	{"COUNT(X)", "X STRING", "'a'"},
	{"SUM(X)", "X INT", "1"},
	{"SUM(X)", "X BIGINT", "1"},
	{"SUM(X)", "X DOUBLE", "1"},
	{"SUM(X)", "X DECIMAL(10, 2)", "1"},
	{"SUM_LIST(X)", "X ARRAY<INT>", "ARRAY[1, 2]"},
	{"AVG(X)", "X INT", "1"},
	{"AVG(X)", "X DOUBLE", "1"},
	{"MIN(X)", "X BIGINT", "1"},
	{"MAX(X)", "X STRING", "'a'"},
	{"STDDEV_SAMPLE(X)", "X DOUBLE", "1"},
	{"CORRELATION(X, Y)", "X DOUBLE, Y DOUBLE", "1, 2"},
	{"COLLECT_LIST(X)", "X STRING", "'a'"},
	{"COLLECT_SET(X)", "X STRING", "'a'"},
	{"COUNT_DISTINCT(X)", "X STRING", "'a'"},
	{"ATTR(X)", "X STRING", "'a'"},
	{"HISTOGRAM(X)", "X STRING", "'a'"},
	{"TOPK(X, 3)", "X INT", "1"},
	{"TOPK(X, Y, 3)", "X INT, Y INT", "1, 2"},
	{"EARLIEST_BY_OFFSET(X)", "X INT", "1"},
	{"LATEST_BY_OFFSET(X)", "X INT", "1"},
	{"LATEST_BY_OFFSET(X, 3)", "X INT", "1"},
}

// bind makes the call ready.
func (c addition) bind(tb testing.TB) (*accumulator, []data.Value) {
	tb.Helper()
	schema, err := exprtest.Schema(c.columns)
	if err != nil {
		tb.Fatal(err)
	}
	e := newEvaluator()
	a, err := e.accumulator(c.call, schema)
	if err != nil {
		tb.Fatal(err)
	}
	row, err := e.row(c.values, schema)
	if err != nil {
		tb.Fatal(err)
	}
	args, err := a.args(&data.Record{Value: row})
	if err != nil {
		tb.Fatal(err)
	}
	return a, args
}

// BenchmarkAdd adds a record to a state that has ten.
func BenchmarkAdd(b *testing.B) {
	for _, c := range additions {
		b.Run(c.call+" "+c.columns, func(b *testing.B) {
			a, args := c.bind(b)
			state := a.Initial
			for range 10 {
				var err error
				if state, err = a.Add(&a.frame.Env, state, args); err != nil {
					b.Fatal(err)
				}
			}
			state = state.Clone()
			b.ReportAllocs()
			for b.Loop() {
				a.frame.Arena.Reset()
				if _, err := a.Add(&a.frame.Env, state, args); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
