package hub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// numbers is a stream of {"N": …} over a topic of four partitions.
func numbers() *catalog.Source {
	return &catalog.Source{
		Name: "NUMBERS", Kind: catalog.Stream, Topic: "numbers",
		Schema: &types.Schema{Value: []types.Column{{Name: "N", Type: types.Bigint}}},
		Key:    catalog.Format{Name: "KAFKA"}, Value: catalog.Format{Name: "JSON"},
	}
}

func cluster(t *testing.T) broker.Cluster {
	t.Helper()
	b, err := embedded.Open(embedded.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	c, err := b.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.CreateTopic(t.Context(), broker.NewTopic{Name: "numbers", Partitions: 4}); err != nil {
		t.Fatal(err)
	}
	return c
}

// put produces the numbers from (inclusive) to (exclusive).
func put(t *testing.T, c broker.Cluster, from, to int) {
	t.Helper()
	messages := make([]broker.Message, 0, to-from)
	for n := from; n < to; n++ {
		messages = append(messages, broker.Message{Value: fmt.Appendf(nil, `{"N":%d}`, n), Partition: int32(n % 4)})
	}
	if err := c.Produce(t.Context(), "numbers", messages); err != nil {
		t.Fatal(err)
	}
}

func subscribe(t *testing.T, h *hub.Hub, request hub.Request) *hub.Subscription {
	t.Helper()
	if request.Wanted.Value == nil {
		request.Wanted.Value = []bool{true}
	}
	s, err := h.Subscribe(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// read returns the next n numbers, fewer if the subscription ends.
func read(t *testing.T, s *hub.Subscription, n int) (got []int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for len(got) < n {
		batch, err := s.Next(ctx)
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Errorf("after %d numbers: %v", len(got), err)
			return got
		}
		for _, r := range batch.Records {
			got = append(got, r.Value[0].Int64())
		}
	}
	return got
}

// expect checks that got is the numbers from (inclusive) to (exclusive), in any order.
func expect(t *testing.T, got []int64, from, to int) {
	t.Helper()
	slices.Sort(got)
	if len(got) != to-from {
		t.Fatalf("got %d numbers, want %d", len(got), to-from)
	}
	for i, n := range got {
		if n != int64(from+i) {
			t.Fatalf("number %d is %d, want %d", i, n, from+i)
		}
	}
}

func TestBoundedReadEndsAtItsEnd(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	source := numbers()
	put(t, c, 0, 5000)
	s := subscribe(t, hub.New(c, serde.New()), hub.Request{Source: source, Bounded: true})
	defer s.Close()
	put(t, c, 5000, 5100) // too late to count
	expect(t, read(t, s, 1<<30), 0, 5000)
}

func TestBoundedReadOfNothing(t *testing.T) {
	t.Parallel()
	s := subscribe(t, hub.New(cluster(t), serde.New()), hub.Request{Source: numbers(), Bounded: true})
	defer s.Close()
	expect(t, read(t, s, 1), 0, 0)
}

func TestLatestSeesWhatComes(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	put(t, c, 0, 100)
	s := subscribe(t, hub.New(c, serde.New()), hub.Request{Source: numbers(), Latest: true})
	defer s.Close()
	put(t, c, 100, 300)
	expect(t, read(t, s, 200), 100, 300)
}

func TestManyReadTogether(t *testing.T) {
	t.Parallel()
	c, source := cluster(t), numbers()
	h := hub.New(c, serde.New())
	put(t, c, 0, 20_000)
	var wg sync.WaitGroup
	for range 20 {
		s := subscribe(t, h, hub.Request{Source: source, Bounded: true})
		wg.Go(func() {
			defer s.Close()
			expect(t, read(t, s, 1<<30), 0, 20_000)
		})
	}
	wg.Wait()
}

// A subscription that stands still neither stops the others nor loses anything.
func TestSlowReaderIsLetGo(t *testing.T) {
	t.Parallel()
	c, source := cluster(t), numbers()
	h := hub.New(c, serde.New())
	const n = 200_000 // more than a reader fetches ahead
	for from := 0; from < n; from += 20_000 {
		put(t, c, from, from+20_000)
	}
	slow := subscribe(t, h, hub.Request{Source: source, Bounded: true})
	defer slow.Close()
	first := read(t, slow, 1)
	fast := subscribe(t, h, hub.Request{Source: source, Bounded: true})
	defer fast.Close()
	expect(t, read(t, fast, 1<<30), 0, n)
	expect(t, append(first, read(t, slow, 1<<30)...), 0, n)
}

func TestFaultsAreToldAndSkipped(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	put(t, c, 0, 8)
	if err := c.Produce(t.Context(), "numbers", []broker.Message{{Value: []byte(`{"N":"x"}`), Partition: 1}}); err != nil {
		t.Fatal(err)
	}
	var faults []string
	s := subscribe(t, hub.New(c, serde.New()), hub.Request{Source: numbers(), Bounded: true, Fault: func(f hub.Fault) {
		faults = append(faults, fmt.Sprintf("%d/%d", f.Message.Partition, f.Message.Offset))
	}})
	defer s.Close()
	expect(t, read(t, s, 1<<30), 0, 8)
	if !slices.Equal(faults, []string{"1/2"}) {
		t.Errorf("faults at %v, want 1/2", faults)
	}
}

// TestBadFieldsAreEachQuerysOwn reads one topic side by side, with NULL for bad fields
// and without.
func TestBadFieldsAreEachQuerysOwn(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	put(t, c, 0, 8)
	if err := c.Produce(t.Context(), "numbers", []broker.Message{{Value: []byte(`{"N":"x"}`), Partition: 1}}); err != nil {
		t.Fatal(err)
	}
	h, source := hub.New(c, serde.New()), numbers()
	kept := map[bool][]bool{}
	open := func(nullFields bool) *hub.Subscription {
		return subscribe(t, h, hub.Request{Source: source, Bounded: true, NullFields: nullFields, Fault: func(f hub.Fault) {
			kept[nullFields] = append(kept[nullFields], f.Kept)
		}})
	}
	strictly, forgiving := open(false), open(true)
	defer strictly.Close()
	defer forgiving.Close()
	for range 5 {
		batch, err := forgiving.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if last := batch.Records[len(batch.Records)-1]; last.Partition == 1 && !last.Value[0].IsNull() {
			t.Errorf("the bad field is %v", last.Value[0])
		}
	}
	expect(t, read(t, strictly, 1<<30), 0, 8)
	if !slices.Equal(kept[true], []bool{true}) || !slices.Equal(kept[false], []bool{false}) {
		t.Errorf("faults are kept: %v", kept)
	}
}

func TestDeletedTopicIsReported(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	s := subscribe(t, hub.New(c, serde.New()), hub.Request{Source: numbers()})
	defer s.Close()
	if err := c.DeleteTopic(t.Context(), "numbers"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Next(t.Context()); !errors.Is(err, broker.ErrTopicDeleted) {
		t.Errorf("got %v, want %v", err, broker.ErrTopicDeleted)
	}
}

func TestCloseEndsTheReader(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	h := hub.New(c, serde.New())
	for range 50 {
		s := subscribe(t, h, hub.Request{Source: numbers(), Latest: true})
		s.Close()
		s.Close()
	}
}

// counted counts the readers that are opened.
type counted struct {
	broker.Cluster
	opened atomic.Int32
}

func (c *counted) OpenReader(ctx context.Context, options broker.ReadOptions) (broker.Reader, error) {
	c.opened.Add(1)
	return c.Cluster.OpenReader(ctx, options)
}

func TestQueriesThatKeepPaceShareOneReader(t *testing.T) {
	t.Parallel()
	c, source := &counted{Cluster: cluster(t)}, numbers()
	h := hub.New(c, serde.New())
	subs := make([]*hub.Subscription, 100)
	for i := range subs {
		subs[i] = subscribe(t, h, hub.Request{Source: source, Latest: true})
	}
	put(t, c, 0, 2000)
	var wg sync.WaitGroup
	for _, s := range subs {
		wg.Go(func() {
			defer s.Close()
			expect(t, read(t, s, 2000), 0, 2000)
		})
	}
	wg.Wait()
	if n := c.opened.Load(); n != 1 {
		t.Errorf("%d readers were opened for queries that read the same", n)
	}
}

// A subscription that wants more columns than those before it gets them.
func TestColumnsAreDecodedForAll(t *testing.T) {
	t.Parallel()
	c, source := cluster(t), numbers()
	h := hub.New(c, serde.New())
	put(t, c, 0, 100)
	none := subscribe(t, h, hub.Request{Source: source, Bounded: true, Wanted: hub.Wanted{Value: []bool{false}}})
	defer none.Close()
	all := subscribe(t, h, hub.Request{Source: source, Bounded: true})
	defer all.Close()
	if _, err := none.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect(t, read(t, all, 1<<30), 0, 100)
}

// TestLag holds that a subscription knows how far it is behind, and that it is not once it
// has read everything, also of what came meanwhile.
func TestLag(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	h := hub.New(c, serde.New())
	const total = 10_000
	put(t, c, 0, total)
	s := subscribe(t, h, hub.Request{Source: numbers()})
	defer s.Close()
	if lag := s.Lag(); lag != total {
		t.Errorf("behind by %d before the first record", lag)
	}
	got := read(t, s, 1)
	if lag := s.Lag(); lag <= 0 || lag >= total {
		t.Errorf("behind by %d at first", lag)
	}
	if read(t, s, total-len(got)); s.Lag() != 0 {
		t.Errorf("behind by %d when everything was read", s.Lag())
	}
	put(t, c, total, total+4)
	read(t, s, 4)
	if lag := s.Lag(); lag != 0 {
		t.Errorf("behind by %d at last", lag)
	}
}

// Who reads nothing stops nobody, although others wait for partitions in which nothing is.
func TestStuckOneIsLetGoBesideIdlePartitions(t *testing.T) {
	t.Parallel()
	c := cluster(t)
	source := numbers()
	const records = 24
	messages := make([]broker.Message, records)
	for n := range messages {
		text := fmt.Sprintf(`{"N":%d}`, n)
		messages[n].Value = []byte(text + strings.Repeat(" ", 900_000))
	}
	h := hub.New(c, serde.New())
	stuck := subscribe(t, h, hub.Request{Source: source})
	defer stuck.Close()
	s := subscribe(t, h, hub.Request{Source: source})
	defer s.Close()
	for _, m := range messages {
		if err := c.Produce(t.Context(), source.Topic, []broker.Message{m}); err != nil {
			t.Fatal(err)
		}
	}
	expect(t, read(t, s, records), 0, records)
	expect(t, read(t, stuck, records), 0, records)
}
