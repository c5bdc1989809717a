package summary

import (
	"math"
	"slices"
)

// Topic is what is known of the records of topics, as they are on the cluster.
type Topic struct {
	// Records counts them all; NullKeys are those without a key, Tombstones those without a value.
	Records, NullKeys, Tombstones int64
	// KeyBytes and ValueBytes are their sizes, uncompressed; Largest is that of the largest
	// record, key and value.
	KeyBytes, ValueBytes, Largest int64
	// Partitions are in the order in which they were added.
	Partitions []*Partition
	// First and Last are the earliest and the latest event time, in ms since the epoch. They
	// mean nothing without Timed, how many records have a time.
	First, Last, Timed int64
	// Late counts the records that come behind a later one of their partition, Lateness is by how
	// many ms at most.
	Late, Lateness int64

	keys, values *top
}

// Partition is what is known of a partition.
type Partition struct {
	Topic string
	ID    int32
	// Start is the first offset that it still has, End where it ended when reading began.
	Start, End     int64
	Records, Bytes int64

	newest int64 // event time so far
}

// NewTopic returns a topic of which nothing is known yet.
func NewTopic() *Topic { return &Topic{keys: newTop(), values: newTop()} }

// AddPartition adds a partition whose records are to come.
func (t *Topic) AddPartition(topic string, id int32, start, end int64) *Partition {
	p := &Partition{Topic: topic, ID: id, Start: start, End: end, newest: math.MinInt64}
	t.Partitions = append(t.Partitions, p)
	return p
}

// Add counts a record of a partition; nil is null.
func (t *Topic) Add(p *Partition, key, value []byte) {
	size := int64(len(key) + len(value))
	t.Records++
	t.KeyBytes += int64(len(key))
	t.ValueBytes += int64(len(value))
	t.Largest = max(t.Largest, size)
	p.Records++
	p.Bytes += size
	if key == nil {
		t.NullKeys++
	}
	if value == nil {
		t.Tombstones++
	}
}

// AddKinds counts what the key and the value of a record are encoded as. The texts may be
// overwritten afterwards.
func (t *Topic) AddKinds(key, value []byte) {
	t.keys.add(key)
	t.values.add(value)
}

// AddTime counts the event time of a partition's next record, in ms since the epoch.
func (t *Topic) AddTime(p *Partition, at int64) {
	if t.Timed == 0 {
		t.First, t.Last = at, at
	}
	t.Timed++
	t.First, t.Last = min(t.First, at), max(t.Last, at)
	if at < p.newest {
		t.Late++
		t.Lateness = max(t.Lateness, p.newest-at)
	}
	p.newest = max(p.newest, at)
}

// Kinds returns the n kinds of keys and of values that come most often.
func (t *Topic) Kinds(n int) (keys, values []Frequent) { return t.keys.first(n), t.values.first(n) }

// Skew returns how much the largest partition is larger than it would be if all had the same number
// of records: 1 for even partitions. It is 0 without records.
func (t *Topic) Skew() float64 {
	if t.Records == 0 {
		return 0
	}
	most := slices.MaxFunc(t.Partitions, func(a, b *Partition) int { return int(min(max(a.Records-b.Records, -1), 1)) })
	return float64(most.Records) * float64(len(t.Partitions)) / float64(t.Records)
}
