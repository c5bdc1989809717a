package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// OpenReader starts to read a topic.
func (c *Cluster) OpenReader(_ context.Context, options broker.ReadOptions) (broker.Reader, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.topics[options.Topic]
	if !ok {
		return nil, fmt.Errorf("topic %s: %w", options.Topic, broker.ErrUnknownTopic)
	}
	r := &reader{
		cluster: c, topic: options.Topic, positions: map[int32]int64{}, paused: map[int32]bool{}, closed: make(chan struct{}),
	}
	starts := options.Starts
	if starts == nil {
		for i := range t.logs {
			starts = append(starts, broker.Start{Partition: int32(i), Offset: options.Default})
		}
	}
	for _, s := range starts {
		r.positions[s.Partition] = t.position(s)
	}
	return r, nil
}

// position resolves where a reader begins.
func (t *topicLog) position(s broker.Start) int64 {
	switch s.Offset {
	case broker.Latest:
		return int64(len(t.logs[s.Partition]))
	case broker.Earliest:
		return 0
	}
	return s.Offset
}

// reader reads partitions of a topic in memory.
type reader struct {
	cluster *Cluster
	topic   string
	once    sync.Once
	closed  chan struct{}

	positions map[int32]int64 // guarded by the cluster's mutex, as paused is
	paused    map[int32]bool
}

var _ broker.Reader = (*reader)(nil)

// Poll waits for messages.
func (r *reader) Poll(ctx context.Context) ([]broker.Fetch, error) {
	for {
		fetches, moved, err := r.fetch()
		if err != nil || len(fetches) > 0 {
			return fetches, err
		}
		select {
		case <-moved:
		case <-r.closed:
			return nil, broker.ErrClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// fetch returns what there is at the moment, and a channel that is closed when
// there may be more.
func (r *reader) fetch() ([]broker.Fetch, <-chan struct{}, error) {
	c := r.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.topics[r.topic]
	if !ok {
		return nil, nil, fmt.Errorf("topic %s: %w", r.topic, broker.ErrTopicDeleted)
	}
	var fetches []broker.Fetch
	for _, p := range slices.Sorted(maps.Keys(r.positions)) {
		at, end := r.positions[p], int64(len(t.logs[p]))
		if r.paused[p] || at >= end {
			continue
		}
		fetches = append(fetches, broker.Fetch{
			Topic: r.topic, Partition: p, Messages: slices.Clone(t.logs[p][at:]), Next: end, End: end,
		})
		r.positions[p] = end
	}
	return fetches, c.moved, nil
}

// Recycle does nothing.
func (*reader) Recycle([]broker.Message) {}

// Add starts reading partitions, or moves them.
func (r *reader) Add(starts ...broker.Start) {
	r.change(func(t *topicLog) {
		for _, s := range starts {
			r.positions[s.Partition] = t.position(s)
		}
	})
}

// Pause stops partitions.
func (r *reader) Pause(partitions ...int32) {
	r.change(func(*topicLog) {
		for _, p := range partitions {
			r.paused[p] = true
		}
	})
}

// Resume goes on with partitions.
func (r *reader) Resume(partitions ...int32) {
	r.change(func(*topicLog) {
		for _, p := range partitions {
			delete(r.paused, p)
		}
	})
}

// Remove stops reading partitions.
func (r *reader) Remove(partitions ...int32) {
	r.change(func(*topicLog) {
		for _, p := range partitions {
			delete(r.positions, p)
		}
	})
}

// change changes what is read, unless the topic is gone, and wakes a Poll.
func (r *reader) change(f func(*topicLog)) {
	c := r.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, ok := c.topics[r.topic]; ok {
		f(t)
	}
	c.wake()
}

// Close ends reading.
func (r *reader) Close() { r.once.Do(func() { close(r.closed) }) }
