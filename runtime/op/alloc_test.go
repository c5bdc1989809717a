//go:build !race

package op_test

import (
	"math/rand/v2"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
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

// Nor do these for each record, whatever they make of it; of messages many share a piece of memory.
func TestAllocsOfRecords(t *testing.T) {
	var arena data.Arena
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: &arena}}}
	codec := data.NewCodec(types.Bigint)
	row := data.Row{data.Bigint(1)}
	batch := &data.Batch{Records: []data.Record{{Key: row, Value: row, Old: row}}}
	array := data.Array([]data.Value{data.Bigint(1), data.Bigint(2)})
	windowed := op.RowKey{Codec: data.NewCodec(types.Bigint, types.Bigint), Windows: op.StartAlone, Size: 10}
	rows := op.NewRows(state.NewHash(), windowed.Codec, codec, &arena)
	discard := func(broker.Message) error { return nil }
	for name, input := range map[string]op.Input{
		"forward": op.NewForward(ctx, op.Layout{Key: codec, Value: codec}, op.Routing{}, discard),
		"explode": op.NewFlatMap(ctx, []eval.Program{func(*eval.Frame) (data.Value, error) { return array, nil }}, &nowhere{}),
		"table":   op.NewMaterialize(ctx, windowed, rows, &nowhere{}),
	} {
		run := func() {
			arena.Reset()
			if err := input.Push(batch); err != nil {
				t.Fatal(err)
			}
		}
		run()
		if allocs := testing.AllocsPerRun(1000, run); allocs > 0 {
			t.Errorf("%s: %v allocations for a record", name, allocs)
		}
	}
}
