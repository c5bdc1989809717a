package op_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// This file shows that what a record costs does not grow with what has come before it.

// visits is a store that counts the entries that scans visit.
type visits struct {
	state.Store
	n int
}

func newVisits() *visits { return &visits{Store: state.NewOrdered()} }

func (v *visits) Scan(from, to []byte, visit func(key, value []byte) bool) error {
	return v.Store.Scan(from, to, func(key, value []byte) bool {
		v.n++
		return visit(key, value)
	})
}

// at is a record of a key and a time.
func at(key, time int64) data.Record {
	row := data.Row{data.Bigint(key)}
	return data.Record{Key: row, Value: row, Time: time}
}

// joining is a join of streams and its stores.
type joining struct {
	arena   data.Arena
	stores  [3]*visits // left, right, waiting
	within  op.Within
	kept    [2]bool
	join    *op.JoinStreams
	results told
}

func newJoining(t *testing.T, within op.Within, kept [2]bool) *joining {
	t.Helper()
	j := &joining{stores: [3]*visits{newVisits(), newVisits(), newVisits()}, within: within, kept: kept}
	j.open(t)
	return j
}

// open makes the join, as after a restart if there was one.
func (j *joining) open(t *testing.T) {
	t.Helper()
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: &j.arena}}}
	codec := data.NewCodec(types.Bigint)
	streams := op.Streams{Key: op.RowKey{Codec: codec}, Waiting: j.stores[2]}
	for i := range streams.Sides {
		streams.Sides[i] = op.Side{Store: j.stores[i], Row: codec, Kept: j.kept[i]}
	}
	var err error
	if j.join, err = op.NewJoinStreams(ctx, streams, j.within, &j.results); err != nil {
		t.Fatal(err)
	}
}

func (j *joining) visited() int { return j.stores[0].n + j.stores[1].n + j.stores[2].n }

const manyRecords = 500

// Records that wait are not looked through for each that comes, whichever side waits for longer.
func TestWaitingRecordsAreNotVisited(t *testing.T) {
	t.Parallel()
	for _, within := range []op.Within{{After: 1 << 40}, {Before: 1 << 40}, {Before: 1 << 40, After: 1 << 40}} {
		for _, kept := range [][2]bool{{true, false}, {false, true}, {true, true}} {
			j := newJoining(t, within, kept)
			for i := range int64(manyRecords) {
				push(t, j.join.Left(), at(2*i, i))
				push(t, j.join.Right(), at(2*i+1, i))
			}
			if n := j.visited(); n > 3*manyRecords {
				t.Errorf("%+v, kept %v: %d entries visited for %d records", within, kept, n, 2*manyRecords)
			}
		}
	}
}

// Nor are records of the same key and time.
func TestRecordsOfTheSameTimeAreNotVisited(t *testing.T) {
	t.Parallel()
	j := newJoining(t, op.Within{Before: 10, After: 10}, [2]bool{true, true})
	for range manyRecords {
		push(t, j.join.Left(), at(1, 5))
	}
	if n := j.visited(); n > 3*manyRecords {
		t.Errorf("%d entries visited for %d records", n, manyRecords)
	}
}

// Records of the same key and time stay apart after a restart too.
func TestNumbersOfRecordsGoOn(t *testing.T) {
	t.Parallel()
	j := newJoining(t, op.Within{Before: 10, After: 10}, [2]bool{true, false})
	for range 2 {
		push(t, j.join.Left(), at(1, 5))
		if err := j.join.Save(); err != nil {
			t.Fatal(err)
		}
		j.open(t)
	}
	push(t, j.join.Left(), at(2, 40))
	push(t, j.join.Left(), at(2, 45))
	push(t, j.join.Right(), at(2, 41))
	const want = "@5 1 1 -\n@5 1 1 -\n@41 2 2 2\n@45 2 2 2\n"
	if j.results.String() != want {
		t.Errorf("told:\n%swant:\n%s", j.results.String(), want)
	}
}

// A record that comes late does not look through the sessions after its own.
func TestLaterSessionsAreNotVisited(t *testing.T) {
	t.Parallel()
	store := newVisits()
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: new(data.Arena)}}}
	groups := op.Groups{Accumulator: op.NewAccumulator(ctx, nil), Store: store, Key: data.NewCodec(types.Bigint)}
	sessions, err := op.NewAggregateSessions(ctx, groups, op.Windows{Size: 10, Retention: 1 << 40, Grace: 1 << 40}, &nowhere{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(manyRecords) {
		push(t, sessions, at(1, 100*i))
	}
	before := store.n
	push(t, sessions, at(1, 50))
	if n := store.n - before; n > 3 {
		t.Errorf("%d of %d sessions visited", n, manyRecords)
	}
}

// largest is the end of operators that keeps how many records came at once at most.
type largest struct{ records, most int }

func (l *largest) Push(batch *data.Batch) error {
	l.records, l.most = l.records+len(batch.Records), max(l.most, len(batch.Records))
	return nil
}

// Whatever makes many records of one pushes them in parts, between which the query can be stopped.
func TestManyRecordsComeInParts(t *testing.T) {
	t.Parallel()
	const many = 10_000
	errStop := errors.New("stop")
	pauses := 0
	var arena data.Arena
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: &arena}}}
	ctx.Pause = func(since data.Mark) error {
		arena.Rewind(since)
		if pauses--; pauses < 0 {
			return errStop
		}
		return nil
	}
	elements := make([]data.Value, many)
	explode := func(*eval.Frame) (data.Value, error) { return data.Array(elements), nil }
	key := data.NewCodec(types.Bigint)
	long := op.Windows{Size: many, Advance: 1, Retention: 1 << 40, Grace: 10}
	for name, run := range map[string]func(next op.Input) error{
		"windows": func(next op.Input) error {
			groups := op.Groups{Accumulator: op.NewAccumulator(ctx, nil), Store: state.NewOrdered(), Key: key}
			windows, err := op.NewAggregateWindows(ctx, groups, long, next)
			return errors.Join(err, windows.Push(batchOf(at(1, 1<<30))))
		},
		"final": func(next op.Input) error {
			final, err := op.NewFinal(ctx, state.NewOrdered(), op.Layout{Key: key, Value: key}, long, next)
			for i := range int64(many) {
				record := at(i, 0)
				record.Window = data.Window{End: many}
				err = errors.Join(err, final.Push(batchOf(record)))
			}
			return errors.Join(err, final.Advance(2*many))
		},
		"explode": func(next op.Input) error {
			return op.NewFlatMap(ctx, []eval.Program{explode}, next).Push(batchOf(at(1, 1)))
		},
		"matches": func(next op.Input) error {
			sides := [2]op.Side{{Store: state.NewOrdered(), Row: key}, {Store: state.NewOrdered(), Row: key}}
			join, err := op.NewJoinStreams(ctx, op.Streams{Key: op.RowKey{Codec: key}, Sides: sides}, op.Within{After: 10}, next)
			for range many {
				err = errors.Join(err, join.Left().Push(batchOf(at(1, 1))))
			}
			return errors.Join(err, join.Right().Push(batchOf(at(1, 1))))
		},
		"waiting": func(next op.Input) error {
			sides := [2]op.Side{{Store: state.NewOrdered(), Row: key, Kept: true}, {Store: state.NewOrdered(), Row: key}}
			streams := op.Streams{Key: op.RowKey{Codec: key}, Sides: sides, Waiting: state.NewOrdered()}
			join, err := op.NewJoinStreams(ctx, streams, op.Within{}, next)
			for range many {
				err = errors.Join(err, join.Left().Push(batchOf(at(1, 1))))
			}
			return errors.Join(err, join.Right().Push(batchOf(at(2, 2))))
		},
	} {
		var all, some largest
		pauses = many
		if err := run(&all); err != nil || all.records != many || all.most > 512 {
			t.Errorf("%s: %d records, up to %d at once, %v", name, all.records, all.most, err)
		}
		pauses = 2
		if err := run(&some); !errors.Is(err, errStop) || some.records >= many {
			t.Errorf("%s goes on: %d records, %v", name, some.records, err)
		}
	}
}

func batchOf(records ...data.Record) *data.Batch { return &data.Batch{Records: records} }

// An array that is the result of a function, and so lies in the arena, is still there for
// the parts that come later.
func TestExplodedArraysStay(t *testing.T) {
	t.Parallel()
	const many = 2000
	var arena data.Arena
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: &arena}}}
	ctx.Pause = func(since data.Mark) error {
		arena.Rewind(since)
		return nil
	}
	explode := func(*eval.Frame) (data.Value, error) {
		elements := arena.Values(many)
		for i := range elements {
			elements[i] = data.Bigint(int64(i))
		}
		return data.Array(elements), nil
	}
	var out told
	push(t, op.NewFlatMap(ctx, []eval.Program{explode}, &out), at(1, 1))
	var want strings.Builder
	for i := range many {
		fmt.Fprintf(&want, "@1 1 1 %d\n", i)
	}
	if out.String() != want.String() {
		t.Error("the elements are not what they were")
	}
}
