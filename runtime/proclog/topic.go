package proclog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

const (
	// mostWaiting and mostBytes bound what waits to be written.
	mostWaiting = 10_000
	mostBytes   = 8 << 20
	// closing is how long Close waits for what is not written yet.
	closing = 5 * time.Second
)

// Topic is a Log that writes the events to a topic, in ksqlDB's form. Report never
// waits: what comes faster than the cluster takes it is dropped, counted and told.
// Its methods may be called by several goroutines.
type Topic struct {
	name    string
	cluster broker.Cluster
	told    Log
	clock   func() time.Time
	wake    chan struct{} // of size 1: there is something to be done
	cancel  context.CancelFunc
	done    chan struct{} // closed when run has returned

	mu      sync.Mutex
	waiting []broker.Message
	bytes   int             // of what is waiting
	dropped int             // since it was last told
	note    *broker.Message // of what was lost
	closed  bool
}

var _ Log = (*Topic)(nil)

// NewTopic returns a log that writes to a topic, which is there, until it is
// closed. Told is given an event for what could not be written.
func NewTopic(cluster broker.Cluster, name string, told Log, clock func() time.Time) *Topic {
	ctx, cancel := context.WithCancel(context.Background())
	t := &Topic{
		name: name, cluster: cluster, told: told, clock: clock,
		wake: make(chan struct{}, 1), cancel: cancel, done: make(chan struct{}),
	}
	go t.run(ctx)
	return t
}

// Name is the name of the topic.
func (t *Topic) Name() string { return t.name }

// Report takes an event in. After Close it does nothing.
func (t *Topic) Report(e Event) {
	record := e.record()
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return
	case len(t.waiting) == mostWaiting, t.bytes+len(record.Value) > mostBytes && len(t.waiting) > 0:
		t.dropped++
		return
	}
	t.waiting, t.bytes = append(t.waiting, record), t.bytes+len(record.Value)
	t.rouse()
}

func (t *Topic) rouse() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Close writes what is waiting, but not for longer than a few seconds, and waits
// until nothing of the log is left running. It may be called again.
func (t *Topic) Close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.rouse()
	patience := time.AfterFunc(closing, t.cancel)
	<-t.done
	patience.Stop()
	t.cancel()
}

// run writes until the log is closed and empty.
func (t *Topic) run(ctx context.Context) {
	defer close(t.done)
	for range t.wake {
		some, dropped, closed := t.take()
		if len(some) > 0 {
			if err := t.cluster.Produce(ctx, t.name, some); err != nil {
				t.lost(len(some), err)
			}
		}
		if t.lost(dropped, errTooFast); closed {
			return
		}
	}
}

var errTooFast = errors.New("they came faster than they could be written")

// take takes all that waits, and the count of what was dropped. After closed
// nothing more comes.
func (t *Topic) take() (some []broker.Message, dropped int, closed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	some, dropped = t.waiting, t.dropped
	t.waiting, t.bytes, t.dropped = nil, 0, 0
	if t.note != nil && len(some) > 0 {
		some, t.note = append([]broker.Message{*t.note}, some...), nil
	}
	return some, dropped, t.closed
}

// lost tells of events that are not in the topic. The next ones to be written have
// a note of it before them; it is not written by itself, as that may fail for ever.
func (t *Topic) lost(n int, why error) {
	if n == 0 {
		return
	}
	e := Event{
		Logger: "processing.log", Kind: Production, Time: t.clock().UnixMilli(), Topic: t.name, Partition: -1, Offset: -1,
		Err: fmt.Errorf("records of the processing log that are not in topic %s: %d (%w)", t.name, n, why),
	}
	t.told.Report(e)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.note = new(e.record())
}
