package kafka

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// dead is Kafka's word for the state of a group that does not exist.
const dead = "Dead"

// Groups implements broker.Cluster.
func (c *Cluster) Groups(ctx context.Context, names ...string) ([]broker.Group, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	named := len(names) > 0
	lags, err := c.describeGroups(ctx, names)
	if err != nil {
		return nil, c.explain(ctx, err)
	}
	groups := make([]broker.Group, 0, len(lags))
	for _, lag := range lags.Sorted() {
		err := lag.Error()
		if err == nil && lag.State == dead {
			err = kerr.GroupIDNotFound
		}
		switch {
		case err == nil:
			groups = append(groups, groupOf(lag))
		case named: // else gone since it was listed, or not ours to see
			return nil, c.aboutGroup(ctx, opDescribe, lag.Group, err)
		}
	}
	return groups, nil
}

// describeGroups asks for the named groups, or all for none.
func (c *Cluster) describeGroups(ctx context.Context, names []string) (lags kadm.DescribedGroupLags, err error) {
	if len(names) == 0 {
		listed, err := c.admin.ListGroups(ctx)
		if names = listed.Groups(); err != nil || len(names) == 0 {
			return nil, err
		}
	}
	err = c.insist(ctx, func() error {
		lags, err = c.admin.Lag(ctx, names...)
		return err
	})
	if len(lags) > 0 { // of some; those that failed say so themselves
		return lags, nil
	}
	return nil, err
}

func groupOf(lag kadm.DescribedGroupLag) broker.Group {
	g := broker.Group{Name: lag.Group, State: lag.State}
	for _, m := range lag.Members {
		g.Members = append(g.Members, memberOf(m))
	}
	for _, partitions := range lag.Lag {
		for _, p := range partitions {
			if codeOf(p.Err) == kerr.UnknownTopicOrPartition.Code {
				continue // gone, unlike its offset
			}
			g.Partitions = append(g.Partitions, groupPartitionOf(p))
		}
	}
	slices.SortFunc(g.Members, func(a, b broker.GroupMember) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(g.Partitions, func(a, b broker.GroupPartition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return g
}

func memberOf(m kadm.DescribedGroupMember) broker.GroupMember {
	member := broker.GroupMember{ID: m.MemberID, ClientID: m.ClientID, Host: m.ClientHost}
	if m.InstanceID != nil {
		member.InstanceID = *m.InstanceID
	}
	return member
}

func groupPartitionOf(l kadm.GroupMemberLag) broker.GroupPartition {
	p := broker.GroupPartition{
		Topic: l.Topic, Partition: l.Partition,
		Start: l.Start.Offset, End: l.End.Offset, Committed: l.Commit.At, Metadata: l.Commit.Metadata,
		Lag: max(l.Lag, 0),
	}
	if l.Member != nil {
		p.Member = l.Member.ClientID
	}
	return p
}

// DeleteGroup implements broker.Cluster.
func (c *Cluster) DeleteGroup(ctx context.Context, name string) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	err := c.insist(ctx, func() error {
		_, err := c.admin.DeleteGroup(ctx, name)
		return err
	})
	return c.aboutGroup(ctx, opDelete, name, err)
}

// RemoveMember implements broker.Cluster.
func (c *Cluster) RemoveMember(ctx context.Context, group, instanceID string) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	return c.removeMember(ctx, group, instanceID, "")
}

// removeMember takes a static member out of a group; with a member's id only if it
// is that member.
func (c *Cluster) removeMember(ctx context.Context, group, instanceID, memberID string) error {
	m := kmsg.NewLeaveGroupRequestMember()
	m.MemberID, m.InstanceID = memberID, &instanceID
	q := kmsg.NewPtrLeaveGroupRequest()
	q.Group, q.Members = group, []kmsg.LeaveGroupRequestMember{m}
	_, err := q.RequestWith(ctx, c.client) // what is said of the member alone is that it is not there
	return c.aboutGroup(ctx, opRead, group, err)
}

// ResetGroup implements broker.Cluster.
func (c *Cluster) ResetGroup(ctx context.Context, name string, positions []broker.Position) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	offsets := make(kadm.Offsets)
	for _, p := range positions {
		offsets.Add(kadm.Offset{Topic: p.Topic, Partition: p.Partition, At: p.Offset, LeaderEpoch: -1, Metadata: p.Metadata})
	}
	err := c.insist(ctx, func() error { return c.admin.CommitAllOffsets(ctx, name, offsets) })
	if codeOf(err) == kerr.UnknownMemberID.Code {
		err = kerr.NonEmptyGroup // which accepts no commit of a stranger
	}
	return c.aboutGroup(ctx, opRead, name, err)
}

// aboutGroup is explain for a request that named a group and needs an operation on it.
func (c *Cluster) aboutGroup(ctx context.Context, operation, group string, err error) error {
	if codeOf(err) == kerr.GroupAuthorizationFailed.Code {
		return fmt.Errorf("consumer group %s: %w", group, c.denied(operation, "Group", group))
	}
	if sentinel := coordinatorSentinel(err); sentinel != nil {
		return fmt.Errorf("consumer group %s: %w", group, sentinel)
	}
	return c.explain(ctx, err)
}

// coordinatorSentinel maps what a coordinator of groups or transactions says, nil
// for anything else.
func coordinatorSentinel(err error) error {
	switch code := codeOf(err); code {
	case kerr.GroupIDNotFound.Code:
		return broker.ErrUnknownGroup
	case kerr.NonEmptyGroup.Code:
		return broker.ErrGroupInUse
	case kerr.UnknownMemberID.Code, kerr.IllegalGeneration.Code, kerr.RebalanceInProgress.Code:
		return broker.ErrRebalanced
	case kerr.FencedInstanceID.Code, kerr.ProducerFenced.Code, kerr.InvalidProducerEpoch.Code,
		kerr.InvalidTxnState.Code: // the transaction that a record is for is gone: the id's next user has ended it
		return broker.ErrFenced
	case kerr.InvalidGroupID.Code, kerr.InvalidSessionTimeout.Code, kerr.InconsistentGroupProtocol.Code,
		kerr.InvalidCommitOffsetSize.Code, kerr.OffsetMetadataTooLarge.Code:
		return broker.ErrInvalid
	}
	return topicSentinel(err)
}
