package kafka

import (
	"cmp"
	"context"
	"slices"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// described is a topic as a broker describes it at this moment. Package kadm
// would answer from a cache, which is too old right after a topic was made.
type described struct {
	broker.Topic
	id  [16]byte
	err error
}

// metadata asks for the named topics, all for nil, or none for an empty list.
func metadata(ctx context.Context, client *kgo.Client, names []string) (*kmsg.MetadataResponse, error) {
	q := kmsg.NewPtrMetadataRequest()
	if names != nil {
		q.Topics = make([]kmsg.MetadataRequestTopic, len(names))
	}
	for i := range names {
		q.Topics[i] = kmsg.NewMetadataRequestTopic()
		q.Topics[i].Topic = &names[i]
	}
	return q.RequestWith(ctx, client)
}

// describe asks about topics and returns them in the order of their names.
func describe(ctx context.Context, client *kgo.Client, names []string) ([]described, error) {
	response, err := metadata(ctx, client, names)
	if err != nil {
		return nil, err
	}
	topics := make([]described, len(response.Topics))
	for i, t := range response.Topics {
		topics[i] = describedOf(t)
	}
	slices.SortFunc(topics, func(a, b described) int { return cmp.Compare(a.Name, b.Name) })
	return topics, nil
}

func describedOf(t kmsg.MetadataResponseTopic) described {
	d := described{id: t.TopicID, err: kerr.ErrorForCode(t.ErrorCode)}
	d.Internal, d.ID = t.IsInternal, t.TopicID
	if t.Topic != nil {
		d.Name = *t.Topic
	}
	for _, p := range t.Partitions {
		d.Partitions = append(d.Partitions, broker.Partition{ID: p.Partition, Leader: p.Leader, Replicas: p.Replicas, InSync: p.ISR})
	}
	slices.SortFunc(d.Partitions, func(a, b broker.Partition) int { return cmp.Compare(a.ID, b.ID) })
	return d
}

// describeOne asks about one topic.
func describeOne(ctx context.Context, client *kgo.Client, name string) (described, error) {
	topics, err := describe(ctx, client, []string{name})
	switch {
	case err != nil:
		return described{}, err
	case len(topics) == 0:
		return described{}, kerr.UnknownTopicOrPartition
	}
	return topics[0], topics[0].err
}

// leaders returns the leader of each partition.
func (d described) leaders() map[int32]int32 {
	leaders := make(map[int32]int32, len(d.Partitions))
	for _, p := range d.Partitions {
		leaders[p.ID] = p.Leader
	}
	return leaders
}
