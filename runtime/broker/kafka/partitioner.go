package kafka

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// partitioner takes the partition a message asks for and otherwise does what
// Java's producer does: murmur2 over the key, and without a key one partition
// until a batch is full.
type partitioner struct{ byKey kgo.Partitioner }

var (
	_ kgo.Partitioner                = partitioner{}
	_ kgo.TopicPartitionerOnNewBatch = topicPartitioner{}
)

// ForTopic implements kgo.Partitioner.
func (p partitioner) ForTopic(topic string) kgo.TopicPartitioner {
	return topicPartitioner{p.byKey.ForTopic(topic)}
}

type topicPartitioner struct{ byKey kgo.TopicPartitioner }

// RequiresConsistency implements kgo.TopicPartitioner: a record that asks for
// a partition waits for it even while it has no leader.
func (p topicPartitioner) RequiresConsistency(r *kgo.Record) bool {
	return r.Partition != broker.AnyPartition || p.byKey.RequiresConsistency(r)
}

// Partition implements kgo.TopicPartitioner.
func (p topicPartitioner) Partition(r *kgo.Record, partitions int) int {
	if r.Partition != broker.AnyPartition {
		return int(r.Partition)
	}
	return p.byKey.Partition(r, partitions)
}

// OnNewBatch implements kgo.TopicPartitionerOnNewBatch.
func (p topicPartitioner) OnNewBatch() {
	if next, ok := p.byKey.(kgo.TopicPartitionerOnNewBatch); ok {
		next.OnNewBatch()
	}
}
