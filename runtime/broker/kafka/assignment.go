package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file is the side of Poll: it tells of changes of the assignment and reads
// what is assigned.

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
			err = g.cluster.aboutGroup(ctx, opRead, g.options.Group, err)
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
