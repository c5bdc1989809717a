package kafka_test

import (
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

func TestReadsAllPartitionsInOrder(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 4)
	for p := range int32(4) {
		produce(t, c, "t", messages(100, p))
	}
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	next := make([]int64, 4)
	for _, m := range readUntil(t, r, ends(t, c, "t")) {
		if m.Offset != next[m.Partition] {
			t.Fatalf("partition %d: offset %d, want %d", m.Partition, m.Offset, next[m.Partition])
		}
		next[m.Partition]++
	}
	for p, n := range next {
		if n != 100 {
			t.Errorf("partition %d: %d messages, want 100", p, n)
		}
	}
}
