package broker

import (
	"encoding/binary"
	"slices"
)

// PartitionOf returns the partition of a key as Java's producers choose it, and so
// those of ksqlDB: records with equal keys lie together, and those of two topics with
// as many partitions in partitions of the same number.
func PartitionOf(key []byte, partitions int32) int32 {
	return int32(murmur2(key)&0x7fffffff) % partitions
}

// murmur2 is the hash of Java's Kafka client: MurmurHash2 with a fixed seed.
func murmur2(key []byte) uint32 {
	const (
		seed  = 0x9747b28c
		mix   = 0x5bd1e995
		shift = 24
	)
	h := seed ^ uint32(len(key))
	for ; len(key) >= 4; key = key[4:] {
		k := binary.LittleEndian.Uint32(key) * mix
		h = h*mix ^ (k^k>>shift)*mix
	}
	for i, b := range slices.Backward(key) {
		h ^= uint32(b) << (8 * i)
		if i == 0 {
			h *= mix
		}
	}
	h = (h ^ h>>13) * mix
	return h ^ h>>15
}
