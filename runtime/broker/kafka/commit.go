package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file commits positions with plain requests, like transaction.go. franz-go
// would answer a refusal by joining anew without telling that the partitions
// were lost meanwhile.

// Membership implements broker.GroupReader.
func (g *groupReader) Membership() (broker.Membership, error) {
	id, generation := g.client.GroupMetadata()
	// An id that is not the one under which the partitions were gained means
	// that the group has thrown the member out since, though it may be back.
	if id == "" || generation < 0 || id != g.member || g.rebalances.losing() {
		return broker.Membership{}, fmt.Errorf("consumer group %s: %w", g.options.Group, broker.ErrRebalanced)
	}
	return broker.Membership{
		Group: g.options.Group, MemberID: id, InstanceID: g.options.InstanceID, Generation: generation,
	}, nil
}

// Commit implements broker.GroupReader.
func (g *groupReader) Commit(ctx context.Context, positions []broker.Position) error {
	if len(positions) == 0 {
		return nil
	}
	for _, p := range positions {
		if !g.owned[p.TopicPartition] {
			return fmt.Errorf("consumer group %s: topic %s partition %d: %w", g.options.Group, p.Topic, p.Partition, broker.ErrRebalanced)
		}
	}
	return g.cluster.asMember(ctx, g, func(m broker.Membership) error {
		r, err := g.commitRequest(m, positions).RequestWith(ctx, g.client)
		if err != nil {
			return err
		}
		return commitError(r)
	})
}

// commitTries is how often a commit is tried during a rebalance.
const commitTries = 10

// asMember has something done as the act of a member of a group. A rebalance
// that the member takes part in, and in which it keeps its partitions, is waited
// for.
func (c *Cluster) asMember(ctx context.Context, group broker.GroupReader, act func(broker.Membership) error) error {
	for tries := 1; ; tries++ {
		member, err := group.Membership()
		if err != nil {
			return err
		}
		err = c.insist(ctx, func() error { return act(member) })
		behind := errors.Is(err, kerr.IllegalGeneration) || errors.Is(err, kerr.RebalanceInProgress)
		if !behind || tries == commitTries || pause(ctx, c.settings.retryBackoff(tries)) != nil {
			return c.aboutGroup(ctx, opRead, member.Group, err)
		}
	}
}

func (g *groupReader) commitRequest(m broker.Membership, positions []broker.Position) *kmsg.OffsetCommitRequest {
	q := kmsg.NewPtrOffsetCommitRequest()
	q.Group, q.MemberID, q.Generation = m.Group, m.MemberID, m.Generation
	if m.InstanceID != "" {
		q.InstanceID = &m.InstanceID
	}
	for topic, list := range byTopic(positions) {
		t := kmsg.NewOffsetCommitRequestTopic()
		// Up to version 9 the name is sent, from 10 on the id.
		t.Topic, t.TopicID = topic, g.topics[topic].topicID
		for _, position := range list {
			p := kmsg.NewOffsetCommitRequestTopicPartition()
			p.Partition, p.Offset, p.Metadata = position.Partition, position.Offset, &position.Metadata
			t.Partitions = append(t.Partitions, p)
		}
		q.Topics = append(q.Topics, t)
	}
	return q
}

func byTopic(positions []broker.Position) map[string][]broker.Position {
	topics := make(map[string][]broker.Position)
	for _, p := range positions {
		topics[p.Topic] = append(topics[p.Topic], p)
	}
	return topics
}

// commitError returns the first error of a partition.
func commitError(r *kmsg.OffsetCommitResponse) error {
	for _, t := range r.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return err
			}
		}
	}
	return nil
}
