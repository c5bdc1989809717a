package hub_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// TestSeek reads within random bounds records whose times come in no order, and compares what of
// it lies in them with all that does.
func TestSeek(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	random := rand.New(rand.NewPCG(7, 7))
	times := make([]int64, 400)
	for n := range times {
		times[n] = 1_000_000 + int64(n) + random.Int64N(50)
		put1(t, c, n, times[n])
	}
	h := hub.New(c, serde.New())
	for range 60 {
		b := plan.Unbounded
		if random.IntN(2) == 0 {
			b.Time.First = 1_000_000 - 20 + random.Int64N(500)
		}
		if random.IntN(2) == 0 {
			b.Offset = plan.Range{First: random.Int64N(130) - 10, Last: random.Int64N(130)}
		}
		if random.IntN(2) == 0 {
			b.Partition.First = random.Int64N(6) - 1
			b.Partition.Last = b.Partition.First + random.Int64N(3)
		}
		in := func(n int) bool {
			return b.Time.Has(times[n]) && b.Offset.Has(int64(n/4)) && b.Partition.Has(int64(n%4))
		}
		var want []int64
		for n := range times {
			if in(n) {
				want = append(want, int64(n))
			}
		}
		s := subscribe(t, h, hub.Request{Source: numbers(), Bounded: true, Bounds: &b})
		all := read(t, s, math.MaxInt)
		s.Close()
		got := slices.DeleteFunc(slices.Clone(all), func(n int64) bool { return !in(int(n)) })
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%s: got %v, want %v", b, got, want)
		}
		for _, n := range all {
			if !b.Partition.Has(n%4) || !b.Offset.Has(n/4) {
				t.Fatalf("%s: %d was read", b, n)
			}
		}
	}
}

// put1 produces one number with a time; its partition is the number modulo 4.
func put1(t *testing.T, c broker.Cluster, n int, at int64) {
	t.Helper()
	m := broker.Message{Value: fmt.Appendf(nil, `{"N":%d}`, n), Partition: int32(n % 4), Time: at}
	if err := c.Produce(t.Context(), "numbers", []broker.Message{m}); err != nil {
		t.Fatal(err)
	}
}

// A push query that is limited ends where nothing more can come, but only if that is certain.
func TestEnds(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	put(t, c, 0, 40)
	h := hub.New(c, serde.New())
	b := plan.Unbounded
	b.Partition = plan.Range{First: 1, Last: 1}
	b.Offset.Last = 12
	s := subscribe(t, h, hub.Request{Source: numbers(), Bounds: &b, Ends: true})
	defer s.Close()
	got := read(t, s, 10)
	put(t, c, 40, 80)
	got = append(got, read(t, s, math.MaxInt)...)
	slices.Sort(got)
	if want := []int64{1, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// What comes after a subscription has begun at a time is read, whatever time it is of.
func TestSince(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	for n := range 40 {
		put1(t, c, n, 1000+int64(n))
	}
	h := hub.New(c, serde.New())
	s := subscribe(t, h, hub.Request{Source: numbers(), Since: 1030})
	defer s.Close()
	late := subscribe(t, h, hub.Request{Source: numbers(), Since: 5000})
	defer late.Close()
	put1(t, c, 40, 7)
	expect(t, read(t, s, 11), 30, 41)
	expect(t, read(t, late, 1), 40, 41)
}
