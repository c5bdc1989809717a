package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Topics implements broker.Cluster.
func (c *Cluster) Topics(ctx context.Context, names ...string) ([]broker.Topic, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	found, err := describe(ctx, c.client, names)
	if err != nil {
		return nil, c.explain(ctx, err)
	}
	topics := make([]broker.Topic, 0, len(found))
	for _, d := range found {
		switch {
		case d.err == nil:
			topics = append(topics, d.Topic)
		case len(names) > 0: // else deleted since it was listed, or not ours to see
			return nil, c.aboutTopic(ctx, opDescribe, d.Name, d.err)
		}
	}
	return topics, nil
}

// CreateTopic implements broker.Cluster.
func (c *Cluster) CreateTopic(ctx context.Context, topic broker.NewTopic) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	configs := make(map[string]*string, len(topic.Configs))
	for name, value := range topic.Configs {
		configs[name] = &value
	}
	partitions, replicas := cmp.Or(topic.Partitions, -1), cmp.Or(topic.Replicas, -1)
	created, err := c.admin.CreateTopic(ctx, partitions, replicas, configs, topic.Name)
	if err != nil {
		sentinel := topicSentinel(err)
		if created.ErrMessage != "" && errors.Is(sentinel, broker.ErrInvalid) {
			return fmt.Errorf("topic %s: %w: %s", topic.Name, sentinel, strings.TrimSuffix(created.ErrMessage, "."))
		}
		return c.aboutTopic(ctx, opCreate, topic.Name, err)
	}
	return c.awaitTopic(ctx, topic.Name)
}

// awaitTopic waits until every partition of a new topic has a leader: Apache
// Kafka answers the request to create it before that.
func (c *Cluster) awaitTopic(ctx context.Context, name string) error {
	for tries := 1; ; tries++ {
		topics, err := c.Topics(ctx, name)
		switch {
		case err == nil && led(topics[0]):
			return nil
		case err != nil && !errors.Is(err, broker.ErrUnknownTopic):
			return err
		}
		if err := pause(ctx, backoff(time.Millisecond, 100*time.Millisecond, tries)); err != nil {
			return fmt.Errorf("topic %s was created, but has no leader yet: %w", name, err)
		}
	}
}

// led reports whether all partitions have a leader.
func led(t broker.Topic) bool {
	return len(t.Partitions) > 0 &&
		!slices.ContainsFunc(t.Partitions, func(p broker.Partition) bool { return p.Leader < 0 })
}

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// DeleteTopic implements broker.Cluster.
func (c *Cluster) DeleteTopic(ctx context.Context, name string) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	if _, err := c.admin.DeleteTopic(ctx, name); err != nil {
		return c.aboutTopic(ctx, opDelete, name, err)
	}
	c.client.PurgeTopicsFromProducing(name) // the next topic of that name may have other partitions
	return c.awaitGone(ctx, name)
}

// awaitGone waits until nobody is told of a deleted topic any more: Apache Kafka
// answers the request to delete it before that.
func (c *Cluster) awaitGone(ctx context.Context, name string) error {
	for tries := 1; ; tries++ {
		switch _, err := c.Topics(ctx, name); {
		case errors.Is(err, broker.ErrUnknownTopic):
			return nil
		case err != nil:
			return err
		}
		if err := pause(ctx, backoff(time.Millisecond, 100*time.Millisecond, tries)); err != nil {
			return fmt.Errorf("topic %s was deleted, but is still there: %w", name, err)
		}
	}
}

// TopicConfigs implements broker.Cluster.
func (c *Cluster) TopicConfigs(ctx context.Context, name string) (map[string]string, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	resources, err := c.admin.DescribeTopicConfigs(ctx, name)
	if err != nil {
		return nil, c.explain(ctx, err)
	}
	resource, err := resources.On(name, nil)
	if err == nil {
		err = resource.Err
	}
	if err != nil {
		return nil, c.aboutTopic(ctx, opDescribeConfigs, name, err)
	}
	configs := make(map[string]string, len(resource.Configs))
	for _, config := range resource.Configs {
		configs[config.Key] = config.MaybeValue()
	}
	return configs, nil
}

// Offsets implements broker.Cluster.
func (c *Cluster) Offsets(ctx context.Context, topic string, at broker.OffsetQuery) ([]int64, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	listed, err := listOffsets(ctx, c.admin, topic, c.resolve(at))
	if err != nil {
		return nil, c.aboutTopic(ctx, opDescribe, topic, err)
	}
	offsets := make([]int64, len(listed))
	for p, o := range listed {
		if int(p) >= len(offsets) {
			return nil, fmt.Errorf("topic %s: partition %d is missing", topic, len(offsets)-1)
		}
		offsets[p] = o.Offset
	}
	return offsets, nil
}

// DeleteRecords implements broker.Cluster.
func (c *Cluster) DeleteRecords(ctx context.Context, before []broker.Position) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	offsets := make(kadm.Offsets)
	for _, p := range before {
		offsets.Add(kadm.Offset{Topic: p.Topic, Partition: p.Partition, At: p.Offset})
	}
	answers, err := c.admin.DeleteRecords(ctx, offsets)
	if shards, ok := errors.AsType[*kadm.ShardErrors](err); ok {
		err = shards.Errs[0].Err // of which each broker has its own
	}
	if err != nil && len(before) > 0 {
		return c.aboutTopic(ctx, opDelete, before[0].Topic, err)
	}
	for topic, partitions := range answers {
		for _, p := range partitions {
			if p.Err != nil && !errors.Is(p.Err, kerr.OffsetOutOfRange) {
				return c.aboutTopic(ctx, opDelete, topic, p.Err)
			}
		}
	}
	return nil
}

// resolve fills in the cluster's own isolation level.
func (c *Cluster) resolve(at broker.OffsetQuery) broker.OffsetQuery {
	at.Isolation = c.isolation(at.Isolation)
	return at
}

func (c *Cluster) isolation(wanted broker.Isolation) broker.Isolation {
	if wanted == broker.DefaultIsolation {
		return c.settings.isolation
	}
	return wanted
}

// listOffsets looks up an offset of every partition.
func listOffsets(ctx context.Context, admin *kadm.Client, topic string, at broker.OffsetQuery) (map[int32]kadm.ListedOffset, error) {
	var listed kadm.ListedOffsets
	var err error
	switch {
	case at.Time == broker.Earliest:
		listed, err = admin.ListStartOffsets(ctx, topic)
	case at.Time != broker.Latest:
		listed, err = admin.ListOffsetsAfterMilli(ctx, at.Time, topic)
	case at.Isolation == broker.ReadCommitted:
		listed, err = admin.ListCommittedOffsets(ctx, topic)
	default:
		listed, err = admin.ListEndOffsets(ctx, topic)
	}
	if err != nil {
		return nil, err
	}
	return listed[topic], listed.Error()
}

// Answers implements broker.Cluster.
func (c *Cluster) Answers() bool { return c.silences.Load() == 0 }

// MetadataAge implements broker.Cluster.
func (c *Cluster) MetadataAge() time.Duration {
	return max(c.settings.metadataMaxAge, 10*time.Millisecond)
}
