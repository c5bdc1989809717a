package op_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// deletions is a store that counts what is deleted.
type deletions struct {
	state.Store
	n int
}

func (d *deletions) Delete(key []byte) error {
	d.n++
	return d.Store.Delete(key)
}

// A record that makes a large leap in time deletes no more than others do at most; the rest
// goes with those that come after it.
func TestLeapsInTimeAreNotDear(t *testing.T) {
	t.Parallel()
	const many, leap = 30_000, 1 << 40
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: new(data.Arena)}}}
	key := data.NewCodec(types.Bigint)
	windows := op.Windows{Size: 10, Advance: 10, Retention: many, Grace: many}
	for name, open := range map[string]func(store state.Store) (op.Input, error){
		"windows": func(store state.Store) (op.Input, error) {
			return op.NewAggregateWindows(ctx, op.Groups{Accumulator: op.NewAccumulator(ctx, nil), Store: store, Key: key}, windows, &nowhere{})
		},
		"sessions": func(store state.Store) (op.Input, error) {
			return op.NewAggregateSessions(ctx, op.Groups{Accumulator: op.NewAccumulator(ctx, nil), Store: store, Key: key}, windows, &nowhere{})
		},
		"join": func(store state.Store) (op.Input, error) {
			sides := [2]op.Side{{Store: store, Row: key}, {Store: state.NewOrdered(), Row: key}}
			join, err := op.NewJoinStreams(ctx, op.Streams{Key: op.RowKey{Codec: key}, Sides: sides}, op.Within{Before: many}, &nowhere{})
			return join.Left(), err
		},
	} {
		store := &deletions{Store: state.NewOrdered()}
		made, err := open(store)
		if err != nil {
			t.Fatal(err)
		}
		for i := range int64(many) {
			push(t, made, at(i, i%10))
		}
		before := store.n
		push(t, made, at(0, leap))
		if n := store.n - before; n == 0 || n > many/3 {
			t.Errorf("%s: %d of %d keys are deleted at once", name, n, many)
		}
		for range 20 {
			push(t, made, at(0, leap))
		}
		if n := store.Len(); n > 100 {
			t.Errorf("%s: %d keys are left", name, n)
		}
	}
}

// What is over is told once, though it is not deleted at once, and after a restart too.
func TestFinalResultsAreToldOnce(t *testing.T) {
	t.Parallel()
	const many = 30_000
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: new(data.Arena)}}}
	key := data.NewCodec(types.Bigint)
	store := &deletions{Store: state.NewOrdered()}
	var told nowhere
	open := func() *op.Final {
		final, err := op.NewFinal(ctx, store, op.Layout{Key: key, Value: key}, op.Windows{Size: 10, Advance: 10, Retention: 1 << 40, Grace: 5}, &told)
		if err != nil {
			t.Fatal(err)
		}
		return final
	}
	final := open()
	for i := range int64(many) {
		record := at(i, 1)
		record.Window = data.Window{End: 10}
		push(t, final, record)
	}
	for time := range int64(40) {
		if time%3 == 0 {
			if err := final.Save(); err != nil {
				t.Fatal(err)
			}
			final = open()
		}
		before := store.n
		record := at(time, time)
		record.Window = data.Window{Start: 10, End: 20}
		if time < 25 {
			push(t, final, record)
		}
		if err := final.Advance(time); err != nil {
			t.Fatal(err)
		}
		want := 0
		if time >= 15 {
			want = many
		}
		if time >= 25 {
			want += 25
		}
		if told.records != want {
			t.Fatalf("at %d %d results are told, want %d", time, told.records, want)
		}
		if n := store.n - before; n > many/3 && time > 15 {
			t.Errorf("at %d %d keys are deleted at once", time, n)
		}
	}
	if n := store.Len(); n > 1 {
		t.Errorf("%d keys are left", n)
	}
}
