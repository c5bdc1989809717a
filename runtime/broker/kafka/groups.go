package kafka

import (
	"cmp"
	"context"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Groups implements broker.Cluster.
func (c *Cluster) Groups(ctx context.Context) ([]broker.Group, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	listed, err := c.admin.ListGroups(ctx)
	if err != nil {
		return nil, c.explain(ctx, err)
	}
	names := listed.Groups()
	if len(names) == 0 {
		return nil, nil
	}
	lags, err := c.admin.Lag(ctx, names...)
	if err != nil && len(lags) == 0 {
		return nil, c.explain(ctx, err)
	}
	groups := make([]broker.Group, 0, len(lags))
	for _, lag := range lags.Sorted() {
		if lag.Error() != nil {
			continue // gone since it was listed, or not ours to see
		}
		groups = append(groups, groupOf(lag))
	}
	return groups, nil
}

func groupOf(lag kadm.DescribedGroupLag) broker.Group {
	g := broker.Group{Name: lag.Group, State: lag.State, Members: len(lag.Members)}
	for _, partitions := range lag.Lag {
		for _, p := range partitions {
			g.Partitions = append(g.Partitions, groupPartitionOf(p))
		}
	}
	slices.SortFunc(g.Partitions, func(a, b broker.GroupPartition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return g
}

func groupPartitionOf(l kadm.GroupMemberLag) broker.GroupPartition {
	p := broker.GroupPartition{
		Topic: l.Topic, Partition: l.Partition,
		Start: l.Start.Offset, End: l.End.Offset, Committed: l.Commit.At,
		Lag: max(l.Lag, 0),
	}
	if l.Member != nil {
		p.Member = l.Member.ClientID
	}
	return p
}
