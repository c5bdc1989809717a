package query

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// polled is a group of which Poll is a function.
type polled struct {
	broker.GroupReader
	poll func(context.Context) ([]broker.Fetch, error)
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
