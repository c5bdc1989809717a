// Package memory is a Kafka of one process without network, groups or files: logs in memory. A
// thousand of them cost what one broker of the real protocol does, so that each test can have one
// of its own. What persistent queries do is not its business: whoever drives them reads the logs
// and appends what they write.
package memory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Cluster is a Kafka in memory. Its methods are safe for concurrent use. The zero value is
// not ready: New makes one.
type Cluster struct {
	// single sends every record to partition 0, whatever the topic has.
	single bool

	mu     sync.Mutex
	topics map[string]*topicLog
	// moved is closed, and made anew, whenever a log grows or a topic goes.
	moved chan struct{}
}

var _ broker.Cluster = (*Cluster)(nil)

// topicLog is what there is of a topic.
type topicLog struct {
	replicas int16
	configs  map[string]string
	logs     [][]broker.Message
	// order is all messages as they came, over all partitions.
	order []broker.Message
}

// New returns a cluster without topics. With single, all records of a topic
// go to its first partition.
func New(single bool) *Cluster {
	return &Cluster{single: single, topics: map[string]*topicLog{}, moved: make(chan struct{})}
}

// Log returns all messages of a topic in the order in which they were written, and
// whether there is such a topic. The caller must not change them.
func (c *Cluster) Log(topic string) ([]broker.Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.topics[topic]
	if !ok {
		return nil, false
	}
	return slices.Clip(t.order), true
}

// Identify returns a made-up identity.
func (*Cluster) Identify(context.Context) (broker.Identity, error) {
	return broker.Identity{ID: "memory", Addresses: []string{"memory:0"}}, nil
}

// Topics describes topics.
func (c *Cluster) Topics(_ context.Context, names ...string) ([]broker.Topic, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(c.topics))
	}
	described := make([]broker.Topic, 0, len(names))
	for _, name := range names {
		t, ok := c.topics[name]
		if !ok {
			return nil, fmt.Errorf("topic %s: %w", name, broker.ErrUnknownTopic)
		}
		described = append(described, t.describe(name))
	}
	return described, nil
}

func (t *topicLog) describe(name string) broker.Topic {
	topic := broker.Topic{Name: name}
	brokers := make([]int32, t.replicas)
	for i := range brokers {
		brokers[i] = int32(i)
	}
	for i := range t.logs {
		topic.Partitions = append(topic.Partitions, broker.Partition{ID: int32(i), Replicas: brokers, InSync: brokers})
	}
	return topic
}

// CreateTopic makes a topic.
func (c *Cluster) CreateTopic(_ context.Context, topic broker.NewTopic) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.topics[topic.Name]; ok {
		return fmt.Errorf("topic %s: %w", topic.Name, broker.ErrTopicExists)
	}
	configs := map[string]string{"cleanup.policy": "delete", "retention.ms": "604800000"}
	maps.Copy(configs, topic.Configs)
	c.topics[topic.Name] = &topicLog{
		replicas: max(topic.Replicas, 1), configs: configs, logs: make([][]broker.Message, max(topic.Partitions, 1)),
	}
	return nil
}

// DeleteTopic deletes a topic.
func (c *Cluster) DeleteTopic(_ context.Context, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.topics[name]; !ok {
		return fmt.Errorf("topic %s: %w", name, broker.ErrUnknownTopic)
	}
	delete(c.topics, name)
	c.wake()
	return nil
}

// wake lets all who wait look again. The caller holds mu.
func (c *Cluster) wake() {
	close(c.moved)
	c.moved = make(chan struct{})
}

// TopicConfigs returns what the topic was made with.
func (c *Cluster) TopicConfigs(_ context.Context, name string) (map[string]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.topics[name]
	if !ok {
		return nil, fmt.Errorf("topic %s: %w", name, broker.ErrUnknownTopic)
	}
	return maps.Clone(t.configs), nil
}

// Offsets looks up an offset of each partition.
func (c *Cluster) Offsets(_ context.Context, topic string, at broker.OffsetQuery) ([]int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.topics[topic]
	if !ok {
		return nil, fmt.Errorf("topic %s: %w", topic, broker.ErrUnknownTopic)
	}
	offsets := make([]int64, len(t.logs))
	for i, log := range t.logs {
		offsets[i] = offsetIn(log, at.Time)
	}
	return offsets, nil
}

func offsetIn(log []broker.Message, at int64) int64 {
	switch at {
	case broker.Earliest:
		return 0
	case broker.Latest:
		return int64(len(log))
	}
	for i, m := range log {
		if m.Time >= at {
			return int64(i)
		}
	}
	return int64(len(log))
}

// Groups returns none.
func (*Cluster) Groups(context.Context, ...string) ([]broker.Group, error) { return nil, nil }

// DeleteGroup deletes nothing: there are no groups.
func (*Cluster) DeleteGroup(_ context.Context, name string) error {
	return fmt.Errorf("group %s: %w", name, broker.ErrUnknownGroup)
}

// DeleteRecords keeps everything: no case asks for it.
func (*Cluster) DeleteRecords(context.Context, []broker.Position) error { return nil }

// RemoveMember removes nobody: there are no groups.
func (*Cluster) RemoveMember(context.Context, string, string) error { return nil }

// ResetGroup forgets the positions: there are no groups.
func (*Cluster) ResetGroup(context.Context, string, []broker.Position) error { return nil }

// errPassive: whoever makes a cluster in memory moves its records himself.
var errPassive = errors.New("queries are driven from outside here")

// OpenGroup refuses: queries are driven from outside.
func (*Cluster) OpenGroup(context.Context, broker.GroupOptions) (broker.GroupReader, error) {
	return nil, errPassive
}

// OpenProducer refuses: what queries write is appended by whoever drives them.
func (*Cluster) OpenProducer(context.Context, broker.ProducerOptions) (broker.Producer, error) {
	return nil, errPassive
}

// Produce appends messages. It copies their keys and values.
func (c *Cluster) Produce(_ context.Context, topic string, messages []broker.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.topics[topic]
	if !ok {
		return fmt.Errorf("topic %s: %w", topic, broker.ErrUnknownTopic)
	}
	for i := range messages {
		message := &messages[i]
		message.Partition = c.partition(message, len(t.logs))
		message.Offset = int64(len(t.logs[message.Partition]))
		kept := *message
		kept.Key, kept.Value = slices.Clone(message.Key), slices.Clone(message.Value)
		t.logs[message.Partition] = append(t.logs[message.Partition], kept)
		t.order = append(t.order, kept)
	}
	c.wake()
	return nil
}

// Close does nothing.
func (*Cluster) Close() {}

// MetadataAge implements broker.Cluster. Nothing here waits for topics.
func (*Cluster) MetadataAge() time.Duration { return time.Hour }

// Answers implements broker.Cluster.
func (*Cluster) Answers() bool { return true }
