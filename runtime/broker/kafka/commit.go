package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Membership implements broker.GroupReader.
func (g *groupReader) Membership() (broker.Membership, error) {
	id, generation := g.client.GroupMetadata()
	if id == "" || generation < 0 || g.rebalances.losing() {
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
	if err := g.check(positions); err != nil {
		return err
	}
	for tries := 1; ; tries++ {
		err := g.commit(ctx, positions)
		if !errors.Is(err, kerr.RebalanceInProgress) || tries == commitTries {
			return g.cluster.aboutGroup(ctx, g.options.Group, err)
		}
		// The group has begun a round that this member has not joined yet.
		if err := pause(ctx, g.cluster.settings.retryBackoff(tries)); err != nil {
			return err
		}
	}
}

// commitTries is how often a commit is tried while a rebalance begins.
const commitTries = 10

// check refuses positions of partitions that are not this member's.
func (g *groupReader) check(positions []broker.Position) error {
	if _, err := g.Membership(); err != nil {
		return err
	}
	for _, p := range positions {
		if !g.owned[p.TopicPartition] {
			return fmt.Errorf("consumer group %s: topic %s partition %d: %w", g.options.Group, p.Topic, p.Partition, broker.ErrRebalanced)
		}
	}
	return nil
}

// commit has franz-go commit, which waits for the end of a round that this
// member is joining.
func (g *groupReader) commit(ctx context.Context, positions []broker.Position) error {
	offsets := make(map[string]map[int32]kgo.EpochOffset)
	metadata := make(map[broker.TopicPartition]string)
	for _, p := range positions {
		if offsets[p.Topic] == nil {
			offsets[p.Topic] = make(map[int32]kgo.EpochOffset)
		}
		offsets[p.Topic][p.Partition] = kgo.EpochOffset{Epoch: -1, Offset: p.Offset}
		metadata[p.TopicPartition] = p.Metadata
	}
	ctx = kgo.PreCommitFnContext(ctx, func(q *kmsg.OffsetCommitRequest) error {
		setMetadata(q, metadata)
		return nil
	})
	var failed error
	g.client.CommitOffsetsSync(ctx, offsets, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, r *kmsg.OffsetCommitResponse, err error) {
		if failed = err; err == nil {
			failed = commitError(r)
		}
	})
	return failed
}

// setMetadata replaces the texts franz-go commits with offsets.
func setMetadata(q *kmsg.OffsetCommitRequest, metadata map[broker.TopicPartition]string) {
	for i := range q.Topics {
		t := &q.Topics[i]
		for j := range t.Partitions {
			text := metadata[broker.TopicPartition{Topic: t.Topic, Partition: t.Partitions[j].Partition}]
			t.Partitions[j].Metadata = &text
		}
	}
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
