package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// OpenReader starts to read a topic.
func (m *Memory) OpenReader(_ context.Context, options broker.ReadOptions) (broker.Reader, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.topics[options.Topic]
	if !ok {
		return nil, fmt.Errorf("topic %s: %w", options.Topic, broker.ErrUnknownTopic)
	}
	r := &memoryReader{
		cluster: m, topic: options.Topic, positions: map[int32]int64{}, paused: map[int32]bool{}, closed: make(chan struct{}),
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
func (t *memoryTopic) position(s broker.Start) int64 {
	switch s.Offset {
	case broker.Latest:
		return int64(len(t.logs[s.Partition]))
	case broker.Earliest:
		return 0
	}
	return s.Offset
}

// memoryReader reads partitions of a topic in memory.
type memoryReader struct {
	cluster *Memory
	topic   string
	once    sync.Once
	closed  chan struct{}

	positions map[int32]int64 // guarded by the cluster's mutex, as paused is
	paused    map[int32]bool
}

var _ broker.Reader = (*memoryReader)(nil)

// Poll waits for messages.
func (r *memoryReader) Poll(ctx context.Context) ([]broker.Fetch, error) {
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
func (r *memoryReader) fetch() ([]broker.Fetch, <-chan struct{}, error) {
	m := r.cluster
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.topics[r.topic]
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
	return fetches, m.moved, nil
}

// Recycle does nothing.
func (*memoryReader) Recycle([]broker.Message) {}

// Add starts reading partitions, or moves them.
func (r *memoryReader) Add(starts ...broker.Start) {
	r.change(func(t *memoryTopic) {
		for _, s := range starts {
			r.positions[s.Partition] = t.position(s)
		}
	})
}

// Pause stops partitions.
func (r *memoryReader) Pause(partitions ...int32) {
	r.change(func(*memoryTopic) {
		for _, p := range partitions {
			r.paused[p] = true
		}
	})
}

// Resume goes on with partitions.
func (r *memoryReader) Resume(partitions ...int32) {
	r.change(func(*memoryTopic) {
		for _, p := range partitions {
			delete(r.paused, p)
		}
	})
}

// Remove stops reading partitions.
func (r *memoryReader) Remove(partitions ...int32) {
	r.change(func(*memoryTopic) {
		for _, p := range partitions {
			delete(r.positions, p)
		}
	})
}

// change changes what is read, unless the topic is gone, and wakes a Poll.
func (r *memoryReader) change(f func(*memoryTopic)) {
	m := r.cluster
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.topics[r.topic]; ok {
		f(t)
	}
	m.wake()
}

// Close ends reading.
func (r *memoryReader) Close() { r.once.Do(func() { close(r.closed) }) }
