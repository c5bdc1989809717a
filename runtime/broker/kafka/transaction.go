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

// This file ends transactions. franz-go's own session of a transactional group
// commits what it fetched; here positions are the caller's, so they are sent with
// plain requests, the way KIP-447 has it: the coordinator of the group compares
// the member's generation with its own, and so refuses a member that was
// thrown out.

// explain is Cluster.explain with the errors about the transactional id.
func (p *producer) explain(ctx context.Context, err error) error {
	sentinel := coordinatorSentinel(err)
	switch {
	case sentinel == nil:
		return p.cluster.explain(ctx, err)
	case errors.Is(sentinel, broker.ErrFenced) && p.expired():
		sentinel = broker.ErrTransactionExpired
	}
	return fmt.Errorf("transactional id %s: %w", p.options.TransactionalID, sentinel)
}

// expired reports whether the last transaction has had all its time: brokers
// answer then as if it belonged to another producer. Time counts in which the
// machine was asleep.
func (p *producer) expired() bool {
	return p.options.Now().Round(0).Sub(p.begun.Round(0)) >= p.options.TransactionTimeout
}

// over reports whether an error means that the id cannot be used any longer.
func over(err error) bool {
	return errors.Is(err, broker.ErrFenced) || errors.Is(err, broker.ErrTransactionExpired)
}

// CommitTransaction implements broker.Producer.
func (p *producer) CommitTransaction(ctx context.Context, group broker.GroupReader, positions []broker.Position) error {
	if !p.transactional() {
		return fmt.Errorf("committing without a transactional id: %w", broker.ErrInvalid)
	}
	err := p.Flush(ctx)
	switch {
	case err != nil: // to be aborted below
	case !p.open && len(positions) == 0:
		return nil
	case !p.open: // nothing was written that the positions would have to go with
		return group.Commit(ctx, positions)
	default:
		err = p.commit(ctx, group, positions)
	}
	if err == nil {
		p.open = false
		return nil
	}
	if over(err) {
		return p.fail(err)
	}
	_ = p.abort(ctx) // an error of this stays, and the next call returns it
	return err
}

// commit sends the positions and ends the transaction.
func (p *producer) commit(ctx context.Context, group broker.GroupReader, positions []broker.Position) error {
	if len(positions) > 0 {
		if err := p.sendPositions(ctx, group, positions); err != nil {
			return err
		}
	}
	err := p.settle(ctx)
	if err == nil {
		err = p.client.EndTransaction(ctx, kgo.TryCommit)
	}
	if err != nil {
		return p.explain(ctx, err)
	}
	return nil
}

// settle waits until the client knows of all partitions that it has written to. When it
// hears of a topic, it first writes what waits for that, and then notes the partitions;
// an EndTransaction in between finds none, says that all is well and commits nothing.
// Both happen under a lock that AbortBufferedRecords takes, and after a
// Flush there is nothing that this would drop.
func (p *producer) settle(ctx context.Context) error {
	return p.client.AbortBufferedRecords(ctx)
}

// AbortTransaction implements broker.Producer.
func (p *producer) AbortTransaction(ctx context.Context) error {
	if err := p.err(); over(err) || errors.Is(err, broker.ErrClosed) {
		return err
	}
	return p.abort(ctx)
}

// abort drops what was written and makes the producer ready for the next
// transaction. It works though the context that made it necessary is done.
func (p *producer) abort(ctx context.Context) error {
	ctx, cancel := p.cluster.bounded(context.WithoutCancel(ctx))
	defer cancel()
	err := p.client.AbortBufferedRecords(ctx)
	if err == nil {
		err = p.client.EndTransaction(ctx, kgo.TryAbort)
	}
	p.open = false
	if err != nil {
		return p.fail(p.explain(ctx, err))
	}
	p.failure.Store(nil)
	return nil
}

// sendPositions makes a group's positions part of the transaction.
func (p *producer) sendPositions(ctx context.Context, group broker.GroupReader, positions []broker.Position) error {
	id, epoch, err := p.client.ProducerID(ctx)
	if err != nil {
		return p.explain(ctx, err)
	}
	member, err := group.Membership()
	if err != nil {
		return err
	}
	add := kmsg.NewPtrAddOffsetsToTxnRequest()
	add.TransactionalID, add.ProducerID, add.ProducerEpoch = p.options.TransactionalID, id, epoch
	add.Group = member.Group
	err = p.cluster.insist(ctx, func() error {
		r, err := add.RequestWith(ctx, p.client)
		if err != nil {
			return err
		}
		return kerr.ErrorForCode(r.ErrorCode)
	})
	if err != nil {
		return p.explain(ctx, err)
	}
	commit := kmsg.NewPtrTxnOffsetCommitRequest()
	commit.TransactionalID, commit.ProducerID, commit.ProducerEpoch = p.options.TransactionalID, id, epoch
	commit.Topics = positionTopics(positions)
	return p.cluster.asMember(ctx, group, func(m broker.Membership) error {
		commit.Group, commit.MemberID, commit.Generation = m.Group, m.MemberID, m.Generation
		if m.InstanceID != "" {
			commit.InstanceID = &m.InstanceID
		}
		r, err := commit.RequestWith(ctx, p.client)
		if err != nil {
			return err
		}
		return positionError(r)
	})
}

// positionTopics are positions as a request has them.
func positionTopics(positions []broker.Position) []kmsg.TxnOffsetCommitRequestTopic {
	var topics []kmsg.TxnOffsetCommitRequestTopic
	for topic, list := range byTopic(positions) {
		t := kmsg.NewTxnOffsetCommitRequestTopic()
		t.Topic = topic
		for _, position := range list {
			p := kmsg.NewTxnOffsetCommitRequestTopicPartition()
			p.Partition, p.Offset, p.Metadata = position.Partition, position.Offset, &position.Metadata
			t.Partitions = append(t.Partitions, p)
		}
		topics = append(topics, t)
	}
	return topics
}

// positionError returns the first error of a partition.
func positionError(r *kmsg.TxnOffsetCommitResponse) error {
	for _, t := range r.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return err
			}
		}
	}
	return nil
}
