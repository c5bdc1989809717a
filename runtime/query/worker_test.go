package query

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// polled is a group of which Poll is a function.
type polled struct {
	broker.GroupReader
	poll   func(context.Context) ([]broker.Fetch, error)
	paused []broker.TopicPartition
}

func (*polled) Recycle([]broker.Message) {}

func (p *polled) Pause(partitions ...broker.TopicPartition) {
	p.paused = append(p.paused, partitions...)
}

func (p *polled) Poll(ctx context.Context) ([]broker.Fetch, error) { return p.poll(ctx) }

// What the group says at the moment when the wait for records ends is not lost: after
// ErrRebalanced nothing may be committed.
func TestErrorsAtTheEndOfAWait(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ err, want error }{
		"the wait is over":   {context.Canceled, nil},
		"the member was out": {broker.ErrRebalanced, broker.ErrRebalanced},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &worker{query: &Persistent{options: PersistentOptions{CommitInterval: time.Hour}}, owner: (*state.Memory)(nil).NewOwner(), wake: func() {}}
			w.group = &polled{poll: func(context.Context) ([]broker.Fetch, error) {
				w.wake()
				return nil, test.err
			}}
			if err := w.turn(t.Context(), t.Context()); !errors.Is(err, test.want) {
				t.Errorf("the turn ends with %v", err)
			}
		})
	}
}

// So it is while stores are filled.
func TestErrorsWhileShowing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := &worker{group: &polled{poll: func(context.Context) ([]broker.Fetch, error) {
		cancel()
		return nil, broker.ErrRebalanced
	}}}
	if err := w.show(ctx); !errors.Is(err, broker.ErrRebalanced) {
		t.Errorf("showing up ends with %v", err)
	}
}

// A task stays as long as any of its partitions is read.
func TestTasksStayWhileTheyAreFed(t *testing.T) {
	t.Parallel()
	a, b := broker.TopicPartition{Topic: "a"}, broker.TopicPartition{Topic: "b"}
	joined := &Topology{stages: []*stage{{stateful: true}}, readers: map[string][]int{"a": {0}, "b": {0}}}
	w := &worker{
		query:    &Persistent{topology: joined, runtime: Runtime{Now: time.Now}},
		stations: map[place]*station{{}: {task: &Task{measures: &Measures{}}}},
		assigned: map[broker.TopicPartition]int64{a: 0, b: 0}, read: map[broker.TopicPartition]int64{},
	}
	fetch := broker.Fetch{Topic: "b", Next: 1}
	w.forget([]broker.TopicPartition{a})
	if err := w.consume(t.Context(), fetch); err != nil {
		t.Errorf("while b is read: %v", err)
	}
	w.forget([]broker.TopicPartition{b})
	if err := w.consume(t.Context(), fetch); !errors.Is(err, errNoTask) {
		t.Errorf("once nothing is read: %v", err)
	}
}

// bounds is a cluster all partitions of which can be read up to an offset.
type bounds struct {
	broker.Cluster
	readable, written int64
}

func (b *bounds) Offsets(_ context.Context, _ string, at broker.OffsetQuery) ([]int64, error) {
	if at == broker.EndOffset() {
		return []int64{b.written}, nil
	}
	return []int64{b.readable}, nil
}

// meetingWorker returns a worker that the group has given partition 0 of some topics, which meet.
func meetingWorker(t *testing.T, cluster broker.Cluster, topics ...string) *worker {
	t.Helper()
	place := map[string]int{}
	w := &worker{
		assigned: map[broker.TopicPartition]int64{}, read: map[broker.TopicPartition]int64{},
		meetings: map[meetingPlace]*meeting{}, owner: (*state.Memory)(nil).NewOwner(), wake: func() {},
	}
	for _, topic := range topics {
		place[logical("q", topic)] = 0
		w.assigned[broker.TopicPartition{Topic: topic}] = 0
	}
	w.query = &Persistent{
		runtime: Runtime{Now: time.Now}, options: PersistentOptions{Cluster: cluster, Group: "q", CommitInterval: time.Hour},
		topology: &Topology{stages: []*stage{{root: &plan.Source{Source: &catalog.Source{}}}}, meets: meetings{topics: place}},
	}
	w.group = &polled{poll: func(context.Context) ([]broker.Fetch, error) { return nil, nil }}
	return w
}

// What waits for a partition that is taken away goes on without it.
func TestPartitionsThatAreWaitedForLeave(t *testing.T) {
	t.Parallel()
	a, b := broker.TopicPartition{Topic: "a"}, broker.TopicPartition{Topic: "b"}
	w := meetingWorker(t, &bounds{readable: 1}, "a", "b")
	if err := w.meet(t.Context(), []broker.TopicPartition{a, b}); err != nil {
		t.Fatal(err)
	}
	if err := w.process(t.Context(), broker.Fetch{Topic: "a", Messages: make([]broker.Message, 1), Next: 1, End: 1}); err != nil {
		t.Fatal(err)
	}
	if len(w.read) > 0 {
		t.Fatal("a is read before b is known")
	}
	w.forget([]broker.TopicPartition{b})
	if err := w.turn(t.Context(), t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.read[a] != 1 {
		t.Errorf("read is %v, want one record of a", w.read)
	}
}

// Nobody waits for a partition that was taken away while its task was made.
func TestPartitionsTakenAwayBeforeTheyMeet(t *testing.T) {
	t.Parallel()
	a, b := broker.TopicPartition{Topic: "a"}, broker.TopicPartition{Topic: "b"}
	w := meetingWorker(t, &bounds{readable: 1}, "a")
	w.fresh = []broker.TopicPartition{a} // given once more
	if err := w.meet(t.Context(), []broker.TopicPartition{a, b}); err != nil {
		t.Fatal(err)
	}
	for _, m := range w.meetings {
		t.Errorf("there are %d lanes", len(m.lanes))
	}
}

// What a transaction has written is waited for although a fetch from before it was to be read
// everywhere comes after the commit.
func TestCommittedRecordsAreWaitedFor(t *testing.T) {
	t.Parallel()
	const between = "q-between-repartition"
	a, b := broker.TopicPartition{Topic: "a"}, broker.TopicPartition{Topic: between}
	w := meetingWorker(t, &bounds{readable: 1, written: 3}, "a", between)
	if err := w.meet(t.Context(), []broker.TopicPartition{a, b}); err != nil {
		t.Fatal(err)
	}
	for _, f := range []broker.Fetch{
		{Topic: between, Messages: []broker.Message{{Time: 1}}, Next: 1, End: 1},
		{Topic: "a", Messages: []broker.Message{{Time: 5}}, Next: 1, End: 1},
	} {
		if err := w.process(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if w.read[b] != 1 || w.read[a] != 0 {
		t.Errorf("read is %v, want nothing of a", w.read)
	}
}

// Messages with nothing in them take memory too: not more of them wait than of others.
func TestEmptyMessagesThatWait(t *testing.T) {
	t.Parallel()
	a, b := broker.TopicPartition{Topic: "a"}, broker.TopicPartition{Topic: "b"}
	w := meetingWorker(t, &bounds{readable: 1}, "a", "b")
	if err := w.meet(t.Context(), []broker.TopicPartition{a, b}); err != nil {
		t.Fatal(err)
	}
	const many = 100_000
	if err := w.process(t.Context(), broker.Fetch{Topic: "a", Messages: make([]broker.Message, many), Next: many, End: many}); err != nil {
		t.Fatal(err)
	}
	if paused := w.group.(*polled).paused; !slices.Equal(paused, []broker.TopicPartition{a}) {
		t.Errorf("paused are %v, want a", paused)
	}
}
