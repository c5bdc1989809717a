//go:build !race

package op_test

import (
	"math/rand/v2"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// Filter and projection of a batch allocate nothing once they have seen one.
func TestAllocsOfFilterAndCollect(t *testing.T) {
	batch := &data.Batch{Records: make([]data.Record, 512)}
	for i := range batch.Records {
		batch.Records[i].Value = data.Row{data.Bigint(int64(i))}
	}
	ctx := &op.Context{Frame: &eval.Frame{}}
	column := func(f *eval.Frame) (data.Value, error) { return f.Record.Value[0], nil }
	odd := func(f *eval.Frame) (bool, error) { return f.Record.Value[0].Int64()%2 == 1, nil }
	collect := op.NewCollect(ctx, []eval.Program{column, column}, false)
	filter := op.NewFilter(ctx, odd, collect)
	rows := 0
	allocs := testing.AllocsPerRun(100, func() {
		collect.Reset(-1)
		if err := filter.Push(batch); err != nil {
			t.Fatal(err)
		}
		rows = collect.Len()
	})
	if allocs != 0 || rows != 256 {
		t.Errorf("%v allocations for a batch that gives %d rows, want 0 and 256", allocs, rows)
	}
}

// An aggregation allocates nothing for records of groups that it knows.
func TestAllocsOfAggregate(t *testing.T) {
	batch := keyed(rand.New(rand.NewPCG(1, 1)), 100, 0)
	for i := range batch.Records {
		batch.Records[i].Value = data.Row{data.Bigint(0)} // a sum would need more room now and then
	}
	for name, a := range map[string]*aggregating{
		"plain":  newAggregating(t, nil, false),
		"window": newAggregating(t, &op.Windows{Size: 1000, Advance: 1000, Retention: 5000, Grace: 1000}, false),
	} {
		for range 50 {
			a.push(t, batch)
		}
		if allocs := testing.AllocsPerRun(100, func() { a.push(t, batch) }); allocs > 0 {
			t.Errorf("%s: %v allocations for a batch of %d records, want none", name, allocs, len(batch.Records))
		}
	}
}
