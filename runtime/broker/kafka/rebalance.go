package kafka

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file carries changes of a member's assignment from franz-go's goroutine,
// which manages the membership, to the one that polls. What takes partitions
// away waits there until Poll has told of it: while it waits, the group gives
// them to nobody else.

// change is what happens to partitions of a member.
type change int8

const (
	joined change = iota + 1 // a round has ended in which there may be no other change
	gained
	revoked
	lost
)

// rebalance is a change that Poll has to tell.
type rebalance struct {
	change     change
	partitions []broker.TopicPartition
	positions  []broker.Position // of gained ones
	member     string            // of joined ones
	told       chan struct{}     // closed then
}

// rebalances are those not told yet, in their order. It is safe for concurrent
// use.
type rebalances struct {
	mu      sync.Mutex
	pending []*rebalance
	// metadata are the texts committed with the offsets fetched last.
	metadata map[broker.TopicPartition]string
}

func (r *rebalances) add(b *rebalance) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = append(r.pending, b)
}

// first returns the one to be told next, nil for none.
func (r *rebalances) first() *rebalance {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.pending) == 0 {
		return nil
	}
	return r.pending[0]
}

// done drops the first one and lets the group go on.
func (r *rebalances) done() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.pending[0].told)
	r.pending = r.pending[1:]
}

// losing reports whether partitions were lost and Poll has not told it yet.
func (r *rebalances) losing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.pending, func(b *rebalance) bool { return b.change == lost })
}

// give is franz-go's callback for partitions that are taken away.
func (g *groupReader) give(c change) func(context.Context, *kgo.Client, map[string][]int32) {
	return func(_ context.Context, _ *kgo.Client, taken map[string][]int32) {
		b := &rebalance{change: c, told: make(chan struct{})}
		for topic, ids := range taken {
			for _, id := range ids {
				b.partitions = append(b.partitions, broker.TopicPartition{Topic: topic, Partition: id})
			}
		}
		if len(b.partitions) == 0 {
			return
		}
		slices.SortFunc(b.partitions, comparePartitions)
		g.rebalances.add(b)
		signal(g.events)
		select {
		case <-b.told:
		case <-g.failed:
		case <-g.closed:
		}
	}
}

func comparePartitions(a, b broker.TopicPartition) int {
	return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
}

// assigned is franz-go's callback for the end of each round.
func (g *groupReader) assigned(_ context.Context, client *kgo.Client, _ map[string][]int32) {
	id, _ := client.GroupMetadata()
	g.rebalances.add(&rebalance{change: joined, member: id, told: make(chan struct{})})
	signal(g.events)
}

// fetched is franz-go's callback with what the group has committed for
// partitions that were gained. It keeps the texts for fetchNothing, which is
// called next and knows only the offsets.
func (g *groupReader) fetched(_ context.Context, _ *kgo.Client, response *kmsg.OffsetFetchResponse) error {
	g.rebalances.mu.Lock()
	defer g.rebalances.mu.Unlock()
	g.rebalances.metadata = make(map[broker.TopicPartition]string)
	for _, group := range response.Groups {
		for _, t := range group.Topics {
			for _, p := range t.Partitions {
				if p.Metadata != nil {
					g.rebalances.metadata[broker.TopicPartition{Topic: t.Topic, Partition: p.Partition}] = *p.Metadata
				}
			}
		}
	}
	return nil
}

// fetchNothing is franz-go's callback for where to begin to fetch partitions
// that were gained. Poll is told instead, and franz-go fetches none of them.
func (g *groupReader) fetchNothing(_ context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	b := &rebalance{change: gained, told: make(chan struct{})}
	for topic, list := range offsets {
		for id, offset := range list {
			p := broker.Position{Offset: offset.EpochOffset().Offset}
			p.Topic, p.Partition = topic, id
			p.Metadata = g.rebalances.metadata[p.TopicPartition]
			b.positions = append(b.positions, p)
		}
	}
	slices.SortFunc(b.positions, func(x, y broker.Position) int { return comparePartitions(x.TopicPartition, y.TopicPartition) })
	g.rebalances.add(b)
	signal(g.events)
	return nil, nil
}
