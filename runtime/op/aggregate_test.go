package op_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// nowhere is the end of operators whose results nobody looks at, unless there is a next one.
type nowhere struct {
	records int
	next    op.Input
}

func (n *nowhere) Push(batch *data.Batch) error {
	n.records += len(batch.Records)
	if n.next != nil {
		return n.next.Push(batch)
	}
	return nil
}

// aggregating is an aggregation of COUNT and SUM with what it works on.
type aggregating struct {
	arena data.Arena
	store state.Store
	input op.Input
	end   nowhere
}

// newAggregating returns an aggregation; without windows if w is nil.
func newAggregating(tb testing.TB, w *op.Windows, session bool) *aggregating {
	tb.Helper()
	a := &aggregating{store: state.NewHash()}
	ctx := &op.Context{Frame: &eval.Frame{Env: functions.Env{Arena: &a.arena}}}
	ctx.Report = func(_ *data.Record, err error, _ bool) { tb.Error(err) }
	registry := functions.New()
	var list []op.Accumulated
	for _, name := range []string{"COUNT", "SUM"} {
		for i := range registry.Lookup(name).Overloads {
			overload := &registry.Lookup(name).Overloads[i]
			bound, err := overload.BindAggregate(functions.Binding{Result: types.Bigint, Args: []*types.Type{types.Bigint}}, nil)
			if err == nil && bound.State == types.Bigint {
				list = append(list, op.Accumulated{Aggregation: bound, Name: name, Args: 1})
				break
			}
		}
	}
	accumulator, key := op.NewAccumulator(ctx, list), data.NewCodec(types.Bigint)
	groups := func() op.Groups { return op.Groups{Accumulator: accumulator, Store: a.store, Key: key} }
	var err error
	switch {
	case w == nil:
		a.input = op.NewAggregate(groups(), &a.end)
	case session:
		a.store = state.NewOrdered()
		a.input, err = op.NewAggregateSessions(ctx, groups(), *w, &a.end)
	default:
		a.store = state.NewOrdered()
		a.input, err = op.NewAggregateWindows(ctx, groups(), *w, &a.end)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// push aggregates a batch.
func (a *aggregating) push(tb testing.TB, batch *data.Batch) {
	a.arena.Reset()
	if err := a.input.Push(batch); err != nil {
		tb.Fatal(err)
	}
}

// keyed returns a batch of records of random groups, of which there are so many, a
// millisecond apart.
func keyed(random *rand.Rand, groups, from int64) *data.Batch {
	batch := &data.Batch{Records: make([]data.Record, 512)}
	for i := range batch.Records {
		n := data.Bigint(random.Int64N(groups))
		batch.Records[i] = data.Record{Key: data.Row{n}, Value: data.Row{n}, Time: from + int64(i)}
	}
	return batch
}

const manyGroups = 1_000_000

// BenchmarkAggregate counts and sums over a million groups; what a plain map of Go takes
// for the same is BenchmarkMap.
func BenchmarkAggregate(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	a, batch := newAggregating(b, nil, false), keyed(random, manyGroups, 0)
	before := heap()
	b.ReportAllocs()
	for b.Loop() {
		for i := range batch.Records {
			n := data.Bigint(random.Int64N(manyGroups))
			batch.Records[i].Key[0], batch.Records[i].Value[0] = n, n
		}
		a.push(b, batch)
	}
	perRecord(b, len(batch.Records), before, a.store.Len())
	runtime.KeepAlive(a)
}

// BenchmarkMap is the least that can be done with a map.
func BenchmarkMap(b *testing.B) {
	type total struct{ count, sum, time int64 }
	random := rand.New(rand.NewPCG(1, 1))
	groups, batch := map[string]total{}, keyed(random, manyGroups, 0)
	key := data.NewCodec(types.Bigint)
	before := heap()
	b.ReportAllocs()
	for b.Loop() {
		for i := range batch.Records {
			n := data.Bigint(random.Int64N(manyGroups))
			batch.Records[i].Key[0], batch.Records[i].Value[0] = n, n
		}
		var buf []byte
		for i := range batch.Records {
			r := &batch.Records[i]
			buf = key.Append(buf[:0], r.Key)
			t := groups[string(buf)]
			groups[string(buf)] = total{t.count + 1, t.sum + r.Value[0].Int64(), max(t.time, r.Time)}
		}
	}
	perRecord(b, len(batch.Records), before, len(groups))
	runtime.KeepAlive(groups)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// perRecord reports the time of a record and the bytes of a group.
func perRecord(b *testing.B, records int, before int64, groups int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*records), "ns/record")
	b.ReportMetric(float64(heap()-before)/float64(groups), "B/group")
}

func benchmarkWindows(b *testing.B, w op.Windows, session bool) {
	random := rand.New(rand.NewPCG(1, 1))
	a, batch := newAggregating(b, &w, session), keyed(random, 100, 0)
	before := heap()
	b.ReportAllocs()
	for b.Loop() {
		for i := range batch.Records {
			batch.Records[i].Time += 512
		}
		a.push(b, batch)
	}
	perRecord(b, len(batch.Records), before, a.store.Len())
}

func BenchmarkTumbling(b *testing.B) {
	benchmarkWindows(b, op.Windows{Size: 10_000, Advance: 10_000, Retention: 60_000, Grace: 50_000}, false)
}

func BenchmarkHopping(b *testing.B) {
	benchmarkWindows(b, op.Windows{Size: 10_000, Advance: 5_000, Retention: 60_000, Grace: 50_000}, false)
}

func BenchmarkSessions(b *testing.B) {
	benchmarkWindows(b, op.Windows{Size: 300, Retention: 60_000, Grace: 50_000}, true)
}
