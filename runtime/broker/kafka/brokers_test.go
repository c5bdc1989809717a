package kafka_test

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// three starts a cluster of three brokers with a topic t of three partitions,
// and connects to it.
func three(t *testing.T) (*kafka.Cluster, *kfake.Cluster) {
	t.Helper()
	brokers, err := kfake.NewCluster(kfake.NumBrokers(3), kfake.SeedTopics(3, "t"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(brokers.Close)
	for p := range int32(3) {
		if err := brokers.MoveTopicPartition("t", p, p); err != nil {
			t.Fatal(err)
		}
	}
	c, err := kafka.Open(t.Context(), kafka.Config{Properties: map[string]string{
		"bootstrap.servers": strings.Join(brokers.ListenAddrs(), ","),
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, brokers
}

// Partitions are read from the brokers that lead them, also after those
// changed.
func TestLeadersMove(t *testing.T) {
	t.Parallel()
	c, brokers := three(t)
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	for round := range int64(4) {
		for p := range int32(3) {
			produce(t, c, "t", messages(10, p))
		}
		end := 10 * (round + 1)
		if got := readUntil(t, r, []int64{end, end, end}); len(got) != 30 {
			t.Fatalf("round %d: read %d messages, want 30", round, len(got))
		}
		for p := range int32(3) {
			if err := brokers.MoveTopicPartition("t", p, (p+int32(round)+1)%3); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A broker that leaves takes its partitions to others, and the reader follows.
func TestBrokerLeaves(t *testing.T) {
	t.Parallel()
	c, brokers := three(t)
	r := openReader(t, c, broker.ReadOptions{Topic: "t"})
	if err := brokers.MoveTopicPartition("t", 2, 0); err != nil {
		t.Fatal(err)
	}
	if err := brokers.RemoveNode(2); err != nil {
		t.Fatal(err)
	}
	for p := range int32(3) {
		produce(t, c, "t", messages(10, p))
	}
	if got := readUntil(t, r, []int64{10, 10, 10}); len(got) != 30 {
		t.Fatalf("read %d messages, want 30", len(got))
	}
}
