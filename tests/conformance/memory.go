package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Memory is a Kafka of one process: logs in memory, no network and no groups. A
// thousand of them cost what one broker of the real protocol does.
type Memory struct {
	// single sends every record to partition 0, whatever the topic has.
	single bool

	mu     sync.Mutex
	topics map[string]*memoryTopic
	// moved is closed, and made anew, whenever a log grows or a topic goes.
	moved chan struct{}
}

var _ broker.Cluster = (*Memory)(nil)

type memoryTopic struct {
	replicas int16
	configs  map[string]string
	logs     [][]broker.Message
	// order is all messages as they came, over all partitions.
	order []broker.Message
}

// NewMemory returns a cluster without topics. With single, all records of a topic
// go to its first partition.
func NewMemory(single bool) *Memory {
	return &Memory{single: single, topics: map[string]*memoryTopic{}, moved: make(chan struct{})}
}

// Log returns all messages of a topic in the order in which they were written, and
// whether there is such a topic.
func (m *Memory) Log(topic string) ([]broker.Message, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.topics[topic]
	if !ok {
		return nil, false
	}
	return slices.Clone(t.order), true
}

// Identify returns a made-up identity.
func (*Memory) Identify(context.Context) (broker.Identity, error) {
	return broker.Identity{ID: "conformance", Addresses: []string{"memory:0"}}, nil
}

// Topics describes topics.
func (m *Memory) Topics(_ context.Context, names ...string) ([]broker.Topic, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(m.topics))
	}
	described := make([]broker.Topic, 0, len(names))
	for _, name := range names {
		t, ok := m.topics[name]
		if !ok {
			return nil, fmt.Errorf("topic %s: %w", name, broker.ErrUnknownTopic)
		}
		described = append(described, t.describe(name))
	}
	return described, nil
}

func (t *memoryTopic) describe(name string) broker.Topic {
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
func (m *Memory) CreateTopic(_ context.Context, topic broker.NewTopic) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.topics[topic.Name]; ok {
		return fmt.Errorf("topic %s: %w", topic.Name, broker.ErrTopicExists)
	}
	configs := map[string]string{"cleanup.policy": "delete", "retention.ms": "604800000"}
	maps.Copy(configs, topic.Configs)
	m.topics[topic.Name] = &memoryTopic{
		replicas: max(topic.Replicas, 1), configs: configs, logs: make([][]broker.Message, max(topic.Partitions, 1)),
	}
	return nil
}

// DeleteTopic deletes a topic.
func (m *Memory) DeleteTopic(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.topics[name]; !ok {
		return fmt.Errorf("topic %s: %w", name, broker.ErrUnknownTopic)
	}
	delete(m.topics, name)
	m.wake()
	return nil
}

// wake lets all who wait look again. The caller holds mu.
func (m *Memory) wake() {
	close(m.moved)
	m.moved = make(chan struct{})
}

// TopicConfigs returns what the topic was made with.
func (m *Memory) TopicConfigs(_ context.Context, name string) (map[string]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.topics[name]
	if !ok {
		return nil, fmt.Errorf("topic %s: %w", name, broker.ErrUnknownTopic)
	}
	return maps.Clone(t.configs), nil
}

// Offsets looks up an offset of each partition.
func (m *Memory) Offsets(_ context.Context, topic string, at broker.OffsetQuery) ([]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.topics[topic]
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
func (*Memory) Groups(context.Context, ...string) ([]broker.Group, error) { return nil, nil }

// DeleteGroup deletes nothing: there are no groups.
func (*Memory) DeleteGroup(_ context.Context, name string) error {
	return fmt.Errorf("group %s: %w", name, broker.ErrUnknownGroup)
}

// DeleteRecords keeps everything: no case asks for it.
func (*Memory) DeleteRecords(context.Context, []broker.Position) error { return nil }

// RemoveMember removes nobody: there are no groups.
func (*Memory) RemoveMember(context.Context, string, string) error { return nil }

// ResetGroup forgets the positions: there are no groups.
func (*Memory) ResetGroup(context.Context, string, []broker.Position) error { return nil }

// errPassive: whoever runs a case moves its records himself.
var errPassive = errors.New("queries are driven from outside here")

// OpenGroup refuses: queries are driven from outside.
func (*Memory) OpenGroup(context.Context, broker.GroupOptions) (broker.GroupReader, error) {
	return nil, errPassive
}

// OpenProducer refuses: what queries write is appended by whoever drives them.
func (*Memory) OpenProducer(context.Context, broker.ProducerOptions) (broker.Producer, error) {
	return nil, errPassive
}

// Produce appends messages. It keeps the slices that they alias.
func (m *Memory) Produce(_ context.Context, topic string, messages []broker.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.topics[topic]
	if !ok {
		return fmt.Errorf("topic %s: %w", topic, broker.ErrUnknownTopic)
	}
	for i := range messages {
		message := &messages[i]
		message.Partition = m.partition(message, len(t.logs))
		message.Offset = int64(len(t.logs[message.Partition]))
		kept := *message
		kept.Key, kept.Value = slices.Clone(message.Key), slices.Clone(message.Value)
		t.logs[message.Partition] = append(t.logs[message.Partition], kept)
		t.order = append(t.order, kept)
	}
	m.wake()
	return nil
}

// partition says where a message goes, as Java's partitioner does.
func (m *Memory) partition(message *broker.Message, partitions int) int32 {
	switch {
	case m.single || message.Key == nil && message.Partition == broker.AnyPartition:
		return 0
	case message.Partition != broker.AnyPartition:
		return message.Partition
	}
	return broker.PartitionOf(message.Key, int32(partitions))
}

// Close does nothing.
func (*Memory) Close() {}

// partitions returns over how many partitions the records of a topic are spread.
func (m *Memory) partitions(topic string) int32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t := m.topics[topic]; t != nil && !m.single {
		return int32(len(t.logs))
	}
	return 1
}
