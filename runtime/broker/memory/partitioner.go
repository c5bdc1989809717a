package memory

import (
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// partition says where a message goes, as Java's partitioner does.
func (c *Cluster) partition(message *broker.Message, partitions int) int32 {
	switch {
	case c.single || message.Key == nil && message.Partition == broker.AnyPartition:
		return 0
	case message.Partition != broker.AnyPartition:
		return message.Partition
	}
	return broker.PartitionOf(message.Key, int32(partitions))
}

// Spread returns over how many partitions the records of a topic are spread.
func (c *Cluster) Spread(topic string) int32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.topics[topic]; t != nil && !c.single {
		return int32(len(t.logs))
	}
	return 1
}
