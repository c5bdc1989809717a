package eval_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/planner/expr/exprtest"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// hot are expressions that run for every record, none of which may allocate.
var hot = []string{
	"L > 2",
	"S = 'abc' AND D < 10.5 AND NOT B",
	"L * 2 + I",
	"X * 1.10 + Y",
	"D / 3E0",
	"CASE WHEN L > 5 THEN 'many' WHEN L > 2 THEN 'some' ELSE 'few' END",
	"R->G->H",
	"A[2] + A[-1]",
	"M['k']",
	"S LIKE 'a%c'",
	"S LIKE '%b_'",
	"I IN (1, 2, 3)",
	"S IN ('x', 'y', 'abc')",
	"L BETWEEN 1 AND I",
	"CAST(L AS STRING)",
	"CAST(X AS DOUBLE)",
	"CAST(I AS DECIMAL(10, 2)) < X",
	"ARRAY[I, I + 1]",
	"STRUCT(A := S, B := L)",
	"ROWTIME > '2020-01-01'",
	"COALESCE(S, 'x')",
}

// hotBench returns a bench with a record for the hot expressions.
func hotBench(t testing.TB) *bench {
	b := newBench()
	var err error
	b.schema, err = exprtest.Schema("K STRING KEY, I INT, L BIGINT, D DOUBLE, X DECIMAL(6, 2), Y DECIMAL(8, 4), B BOOLEAN, S STRING, " +
		"A ARRAY<INT>, M MAP<STRING, INT>, R STRUCT<F INT, G STRUCT<H STRING>>")
	if err != nil {
		t.Fatal(err)
	}
	b.record = data.Record{Key: make(data.Row, 1), Value: make(data.Row, len(b.schema.Value))}
	for name, text := range map[string]string{
		"K": "'k'", "I": "3", "L": "CAST(4 AS BIGINT)", "D": "1.5", "X": "12.5", "Y": "3.25", "B": "FALSE", "S": "'abc'",
		"A": "ARRAY[1, 2, 3]", "M": "MAP('k' := 1)", "R": "STRUCT(F := 1, G := STRUCT(H := 'h'))",
	} {
		if err := b.set(name, text); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestHotExpressionsDoNotAllocate(t *testing.T) {
	b := hotBench(t)
	frame := &eval.Frame{Env: functions.Env{Arena: &data.Arena{}, Record: &b.record}}
	for _, text := range hot {
		_, p, err := b.compile(text)
		if err != nil {
			t.Logf("%s: %v", text, err)
			continue
		}
		allocations := testing.AllocsPerRun(100, func() {
			frame.Arena.Reset()
			if _, err := p(frame); err != nil {
				t.Fatal(err)
			}
		})
		if allocations > 0 {
			t.Errorf("%s: %v allocations", text, allocations)
		}
	}
}

func BenchmarkExpression(b *testing.B) {
	bench := hotBench(b)
	frame := &eval.Frame{Env: functions.Env{Arena: &data.Arena{}, Record: &bench.record}}
	for _, text := range hot {
		_, p, err := bench.compile(text)
		if err != nil {
			continue
		}
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				frame.Arena.Reset()
				if _, err := p(frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFilterAndProject is a WHERE and three columns of a select list.
func BenchmarkFilterAndProject(b *testing.B) {
	bench := hotBench(b)
	frame := &eval.Frame{Env: functions.Env{Arena: &data.Arena{}, Record: &bench.record}}
	e, _, err := bench.compile("L > 2 AND S <> 'x'")
	if err != nil {
		b.Fatal(err)
	}
	where, err := eval.CompilePredicate(e, bench.options)
	if err != nil {
		b.Fatal(err)
	}
	var columns []eval.Program
	for _, text := range []string{"S", "L * 2", "R->G->H"} {
		_, p, err := bench.compile(text)
		if err != nil {
			b.Fatal(err)
		}
		columns = append(columns, p)
	}
	row := make(data.Row, len(columns))
	for b.Loop() {
		if keep, err := where(frame); err != nil || !keep {
			b.Fatal(keep, err)
		}
		for i, p := range columns {
			if row[i], err = p(frame); err != nil {
				b.Fatal(err)
			}
		}
	}
}
