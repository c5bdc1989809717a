package memory

import (
	"slices"

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
	return int32(murmur2(message.Key)&0x7fffffff) % int32(partitions)
}

// murmur2 is the hash of Java's Kafka client.
func murmur2(key []byte) uint32 {
	const seed, m, r = uint32(0x9747b28c), uint32(0x5bd1e995), 24
	h := seed ^ uint32(len(key))
	rest := key
	for ; len(rest) >= 4; rest = rest[4:] {
		k := uint32(rest[0]) | uint32(rest[1])<<8 | uint32(rest[2])<<16 | uint32(rest[3])<<24
		k *= m
		k ^= k >> r
		h = h*m ^ k*m
	}
	for i, b := range slices.Backward(rest) {
		h ^= uint32(b) << (8 * i)
	}
	if len(rest) > 0 {
		h *= m
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}
