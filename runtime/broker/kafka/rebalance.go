package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
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

// Poll implements broker.GroupReader.
func (g *groupReader) Poll(ctx context.Context) ([]broker.Fetch, error) {
	g.begin()
	for {
		select {
		case <-g.failed: // also by what a rebalance was told to
			return nil, g.failure
		default:
		}
		if err := g.rebalance(ctx); err != nil {
			return nil, err
		}
		if g.fill(); len(g.out) > 0 {
			return g.out, nil
		}
		if err := g.await(ctx); err != nil {
			return nil, err
		}
	}
}

// rebalance tells of the changes there are.
func (g *groupReader) rebalance(ctx context.Context) error {
	for b := g.rebalances.first(); b != nil; b = g.rebalances.first() {
		if b.change == gained {
			if err := g.place(ctx, b.positions); err != nil {
				return err // and try again in the next Poll
			}
		}
		if err := g.apply(ctx, b); err != nil {
			g.fail(err)
			return err
		}
		g.rebalances.done()
	}
	return nil
}

// place gives positions to partitions of which nothing was committed.
func (g *groupReader) place(ctx context.Context, positions []broker.Position) error {
	for tries := 1; ; tries++ {
		err := g.lookUp(ctx, positions)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, kerr.TopicAuthorizationFailed), errors.Is(err, kerr.UnknownTopicOrPartition), g.cluster.refused(err):
			err = g.cluster.aboutGroup(ctx, g.options.Group, err)
			g.fail(err)
			return err
		}
		select {
		case <-g.closed:
			return g.closedError()
		default:
		}
		if err := pause(ctx, g.cluster.settings.retryBackoff(tries)); err != nil {
			return err
		}
	}
}

// lookUp asks for the offsets that Earliest and Latest stand for. A partition
// that the topic has got since the group was opened begins with its first
// record wherever Default is.
func (g *groupReader) lookUp(ctx context.Context, positions []broker.Position) error {
	for i := range positions {
		p := &positions[i]
		if p.Offset >= 0 {
			continue
		}
		r := g.topics[p.Topic]
		at := broker.OffsetQuery{Time: r.options.Default, Isolation: r.options.Isolation}
		if p.Partition >= g.opened[p.Topic] {
			at.Time = broker.Earliest
		}
		offsets, err := listOffsets(ctx, r.admin, p.Topic, at)
		if err != nil {
			return err
		}
		p.Offset = offsets[p.Partition].Offset
	}
	return nil
}

// apply lets a change take effect and tells of it.
func (g *groupReader) apply(ctx context.Context, b *rebalance) error {
	// The time limit is the group's, not the one of this Poll.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rebalanceTimeout)
	defer cancel()
	switch b.change {
	case joined:
		return g.join(b.member)
	case gained:
		for _, p := range b.positions {
			g.owned[p.TopicPartition] = true
		}
		g.Seek(b.positions...)
		return call(ctx, g.options.Gained, b.positions)
	case revoked, lost:
	}
	return g.giveUp(ctx, b)
}

// join notes under which id the member is in the group. Another one than before
// means that it was thrown out: what it has kept may have been others' meanwhile.
func (g *groupReader) join(member string) error {
	if member != g.member && len(g.owned) > 0 {
		return fmt.Errorf("consumer group %s: %w", g.options.Group, broker.ErrRebalanced)
	}
	g.member = member
	return nil
}

// giveUp tells of partitions that are taken away and reads them no longer.
func (g *groupReader) giveUp(ctx context.Context, b *rebalance) error {
	// Some may be taken away before they were gained.
	partitions := slices.DeleteFunc(b.partitions, func(p broker.TopicPartition) bool { return !g.owned[p] })
	if len(partitions) == 0 {
		return nil
	}
	tell := g.options.Revoked
	if b.change == lost {
		tell = g.options.Lost
	}
	err := call(ctx, tell, partitions)
	for _, p := range partitions {
		delete(g.owned, p)
		g.topics[p.Topic].Remove(p.Partition)
	}
	return err
}

// call calls a function of the options, if there is one.
func call[T any](ctx context.Context, fn func(context.Context, []T) error, list []T) error {
	if fn == nil {
		return nil
	}
	return fn(ctx, list)
}
