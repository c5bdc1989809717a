package functions_test

import (
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/planner/expr/exprtest"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// accumulate returns the aggregation of a call over a column X.
func accumulate(t *testing.T, call, column string) *accumulator {
	t.Helper()
	schema, err := exprtest.Schema(column)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newEvaluator().accumulator(call, schema)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// added returns the state with values added, which outlives the arena.
func (a *accumulator) added(t *testing.T, state data.Value, values ...data.Value) data.Value {
	t.Helper()
	for i, v := range values {
		var err error
		if state, err = a.Add(&a.frame.Env, state, []data.Value{v}); err != nil {
			t.Fatal(err)
		}
		if i%64 == 0 || i == len(values)-1 {
			state = state.Clone()
			a.frame.Arena.Reset()
		}
	}
	return state
}

// merged returns both states as one, and its result.
func (a *accumulator) merged(t *testing.T, x, y data.Value) (data.Value, data.Value) {
	t.Helper()
	state, err := a.Merge(&a.frame.Env, x, y)
	if err != nil {
		t.Fatal(err)
	}
	result, err := a.result(state)
	if err != nil {
		t.Fatal(err)
	}
	return state, result
}

// TestCountDistinctEstimates counts many values, as two groups that overlap and are merged.
func TestCountDistinctEstimates(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{2, 255, 256, 257, 300, 1000, 10_000, 30_000, 60_000, 100_000} {
		a := accumulate(t, "COUNT_DISTINCT(X)", "X BIGINT")
		values := make([]data.Value, n)
		for i := range values {
			values[i] = data.Bigint(int64(i))
		}
		low, high := a.added(t, a.Initial, values[:n*3/4]...), a.added(t, a.Initial, values[n/4:]...)
		state, result := a.merged(t, low, high)
		other, _ := a.merged(t, high, low)
		if !data.Equal(state, other) {
			t.Errorf("of %d values the order of merging tells", n)
		}
		off := math.Abs(float64(result.Int64()-n)) / float64(n)
		if off > 0.02 || n <= 256 && off > 0 {
			t.Errorf("%d values are estimated as %d", n, result.Int64())
		}
	}
}

// TestHistogramIsBounded counts more texts than a HISTOGRAM tells apart.
func TestHistogramIsBounded(t *testing.T) {
	t.Parallel()
	a := accumulate(t, "HISTOGRAM(X)", "X STRING")
	state := a.Initial
	for i := range 1001 {
		state = a.added(t, state, data.String(strconv.Itoa(i)))
	}
	state = a.added(t, state, data.String("0"))
	other := a.added(t, a.Initial, data.String("1"), data.String("new"))
	merged, _ := a.merged(t, state, other)
	for text, want := range map[string]data.Value{"0": data.Bigint(2), "1": data.Bigint(2), "999": data.Bigint(1), "1000": data.Null, "new": data.Null} {
		if got := merged.Lookup(data.String(text)); !data.Equal(got, want) {
			t.Errorf("%s is counted as %v, want %v", text, got, want)
		}
	}
	if merged.Len() != 1000 {
		t.Errorf("%d texts, want 1000", merged.Len())
	}
}

// TestOrderOutlivesRestarts merges what was kept before a restart with what
// came after it, in an aggregation that knows nothing of the first.
func TestOrderOutlivesRestarts(t *testing.T) {
	t.Parallel()
	started := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	run := func(values ...data.Value) (*accumulator, data.Value) {
		a := accumulate(t, "LATEST_BY_OFFSET(X)", "X INT")
		a.frame.Now = func() time.Time { return started }
		started = started.Add(time.Minute)
		return a, a.added(t, a.Initial, values...)
	}
	_, before := run(data.Int(1), data.Int(2), data.Int(3))
	a, after := run(data.Int(4))
	if _, result := a.merged(t, after, before); result.Int64() != 4 {
		t.Errorf("the latest value is %d, want 4", result.Int64())
	}
}
