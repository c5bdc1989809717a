package hub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// staged is a cluster of one topic whose reader fetches what a test hands it,
// when the test hands it over.
type staged struct {
	broker.Cluster // none: what is not here is not called
	opening        func(ctx context.Context, topic string) error

	mu      sync.Mutex
	starts  []int64
	ends    []int64
	readers []*stagedReader
}

func (c *staged) Offsets(_ context.Context, _ string, at broker.OffsetQuery) ([]int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.Time == broker.Earliest {
		return slices.Clone(c.starts), nil
	}
	return slices.Clone(c.ends), nil
}

func (c *staged) OpenReader(ctx context.Context, o broker.ReadOptions) (broker.Reader, error) {
	if c.opening != nil {
		if err := c.opening(ctx, o.Topic); err != nil {
			return nil, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := &stagedReader{fetches: make(chan broker.Fetch), paused: map[int32]chan struct{}{}}
	c.readers = append(c.readers, r)
	return r, nil
}

// addPartition adds an empty partition.
func (c *staged) addPartition() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.starts, c.ends = append(c.starts, 0), append(c.ends, 0)
}

// reader returns the first reader that was opened.
func (c *staged) reader() *stagedReader {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.readers[0]
}

type stagedReader struct {
	broker.Reader
	fetches chan broker.Fetch
	added   []broker.Start

	mu     sync.Mutex
	paused map[int32]chan struct{} // closed when the partition is resumed
}

func (r *stagedReader) Poll(ctx context.Context) ([]broker.Fetch, error) {
	select {
	case f := <-r.fetches:
		return []broker.Fetch{f}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *stagedReader) Add(starts ...broker.Start) { r.added = append(r.added, starts...) }

func (r *stagedReader) Pause(partitions ...int32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range partitions {
		r.paused[id] = make(chan struct{})
	}
}

func (r *stagedReader) Resume(partitions ...int32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range partitions {
		close(r.paused[id])
		delete(r.paused, id)
	}
}

// awaitResumed waits until a partition is not paused.
func (r *stagedReader) awaitResumed(t *testing.T, id int32) {
	t.Helper()
	r.mu.Lock()
	resumed := r.paused[id]
	r.mu.Unlock()
	if resumed == nil {
		return
	}
	select {
	case <-resumed:
	case <-time.After(limit):
		t.Fatalf("partition %d is paused for ever", id)
	}
}

func (r *stagedReader) Recycle([]broker.Message) {}
func (r *stagedReader) Close()                   {}

// limit is how long a test waits for what must not hang.
const limit = 20 * time.Second

// give hands over a chunk of partition 0: the numbers from (inclusive) to
// (exclusive), at the offsets that are the same, each of so many bytes.
func (r *stagedReader) give(t *testing.T, from, to int64, bytes int) {
	t.Helper()
	f := broker.Fetch{Next: to}
	for n := from; n < to; n++ {
		text := fmt.Sprintf(`{"N":%d}`, n)
		f.Messages = append(f.Messages, broker.Message{Offset: n, Value: []byte(text + strings.Repeat(" ", max(0, bytes-len(text))))})
	}
	r.hand(t, f)
}

func (r *stagedReader) hand(t *testing.T, f broker.Fetch) {
	t.Helper()
	r.awaitResumed(t, f.Partition)
	select {
	case r.fetches <- f:
	case <-time.After(limit):
		t.Fatal("nothing more is fetched")
	}
}

// stage returns a hub over a topic with so many records in its one partition.
func stage(end int64) (*staged, *hub.Hub) {
	c := &staged{starts: []int64{0}, ends: []int64{end}}
	return c, hub.New(c, serde.New())
}

// Whoever leaves one topic does not wait for a broker that lets another wait.
func TestOpeningHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	c, h := stage(0)
	s := subscribe(t, h, hub.Request{Source: numbers()})
	asked := make(chan struct{})
	c.opening = func(ctx context.Context, _ string) error {
		close(asked)
		<-ctx.Done()
		return ctx.Err()
	}
	ctx, cancel := context.WithCancel(t.Context())
	opened := make(chan error)
	other := numbers()
	other.Topic = "other"
	go func() {
		_, err := h.Subscribe(ctx, hub.Request{Source: other, Wanted: hub.Wanted{Value: []bool{true}}})
		opened <- err
	}()
	<-asked
	s.Close()
	late, stop := context.WithCancel(t.Context())
	stop()
	if _, err := h.Subscribe(late, hub.Request{Source: other, Wanted: hub.Wanted{Value: []bool{true}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("who waits for another's reader and is cancelled gets %v", err)
	}
	cancel()
	if err := <-opened; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if n := h.Sources(); n != 0 {
		t.Errorf("decoders of %d sources are left", n)
	}
}

// One that has waited for records and then lost interest is as slow as any other.
func TestPausedReaderIsLetGo(t *testing.T) {
	t.Parallel()
	c, h := stage(0)
	source := numbers()
	paused := subscribe(t, h, hub.Request{Source: source})
	defer paused.Close()
	s := subscribe(t, h, hub.Request{Source: source})
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := paused.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	c.reader().give(t, 0, 10, 1<<20)
	expect(t, read(t, s, 10), 0, 10)
	c.reader().give(t, 10, 20, 1<<20)
	expect(t, read(t, s, 10), 10, 20)
}

// What a slow one still holds must not count for ever, however large it is.
func TestHeldChunkHoldsUpNobody(t *testing.T) {
	t.Parallel()
	for name, partitions := range map[string]int{"alone": 1, "beside an idle partition": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, h := stage(0)
			for range partitions - 1 {
				c.addPartition()
			}
			holdOne(t, c, h)
		})
	}
}

func holdOne(t *testing.T, c *staged, h *hub.Hub) {
	t.Helper()
	source := numbers()
	holder := subscribe(t, h, hub.Request{Source: source})
	defer holder.Close()
	s := subscribe(t, h, hub.Request{Source: source})
	defer s.Close()
	c.reader().give(t, 0, 10, 1<<20)
	expect(t, read(t, holder, 10), 0, 10)
	expect(t, read(t, s, 10), 0, 10)
	for n := int64(10); n < 40; n += 10 {
		c.reader().give(t, n, n+10, 1<<20)
		expect(t, read(t, s, 10), int(n), int(n+10))
	}
}

// A partition may be added between the look at the topic and its reader.
func TestPartitionAddedMeanwhile(t *testing.T) {
	t.Parallel()
	c, h := stage(0)
	c.opening = func(context.Context, string) error { c.addPartition(); return nil }
	s := subscribe(t, h, hub.Request{Source: numbers()})
	defer s.Close()
	if want := []broker.Start{{Partition: 1, Offset: 0}}; !slices.Equal(c.reader().added, want) {
		t.Errorf("added %v, want %v", c.reader().added, want)
	}
	c.reader().hand(t, broker.Fetch{Partition: 1, Next: 1, Messages: []broker.Message{{Partition: 1, Value: []byte(`{"N":7}`)}}})
	if got := read(t, s, 1); !slices.Equal(got, []int64{7}) {
		t.Errorf("got %v", got)
	}
}

// After a partition has lost its log, what is bounded ends, and the rest begins anew.
func TestOffsetsBeginAnew(t *testing.T) {
	t.Parallel()
	c, h := stage(100)
	source := numbers()
	var notices int
	notice := func(error) { notices++ }
	s := subscribe(t, h, hub.Request{Source: source, Notice: notice})
	defer s.Close()
	bounded := subscribe(t, h, hub.Request{Source: source, Bounded: true, Notice: notice})
	defer bounded.Close()
	c.reader().give(t, 0, 10, 0)
	expect(t, read(t, s, 10), 0, 10)
	expect(t, read(t, bounded, 10), 0, 10)
	c.reader().hand(t, broker.Fetch{Err: errors.New("offset 10 is out of range")})
	if _, err := bounded.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("the bounded one goes on: %v", err)
	}
	c.reader().give(t, 0, 5, 0)
	expect(t, read(t, s, 5), 0, 5)
	if notices != 2 {
		t.Errorf("%d notices, want one for each", notices)
	}
}

// Whoever closes a query may be another than the one who still looks at its last row.
func TestRowsOutliveClose(t *testing.T) {
	t.Parallel()
	c, h := stage(0)
	source := numbers()
	s := subscribe(t, h, hub.Request{Source: source})
	other := subscribe(t, h, hub.Request{Source: source})
	defer other.Close()
	behind := subscribe(t, h, hub.Request{Source: source}) // so that other's memory is not free
	defer behind.Close()
	c.reader().give(t, 0, 1, 0)
	expect(t, read(t, other, 1), 0, 1)
	expect(t, read(t, behind, 1), 0, 1)
	batch, err := s.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	row := batch.Records[0].Value
	c.reader().give(t, 1, 2, 0)
	expect(t, read(t, other, 1), 1, 2)
	expect(t, read(t, behind, 1), 1, 2)
	s.Close()
	c.reader().give(t, 2, 3, 0)
	expect(t, read(t, other, 1), 2, 3)
	if n := row[0].Int64(); n != 0 {
		t.Errorf("the row has become %d", n)
	}
	if _, err := s.Next(t.Context()); !errors.Is(err, broker.ErrClosed) {
		t.Errorf("a closed subscription answers %v", err)
	}
}

// What a query wanted is forgotten when the last one of its source leaves.
func TestDecodersAreDropped(t *testing.T) {
	t.Parallel()
	_, h := stage(0)
	a, b := numbers(), numbers()
	first := subscribe(t, h, hub.Request{Source: a})
	second := subscribe(t, h, hub.Request{Source: a})
	third := subscribe(t, h, hub.Request{Source: b})
	for i, s := range []*hub.Subscription{first, third, second} {
		s.Close()
		s.Close()
		if want := []int{2, 1, 0}[i]; h.Sources() != want {
			t.Errorf("decoders of %d sources, want %d", h.Sources(), want)
		}
	}
}
