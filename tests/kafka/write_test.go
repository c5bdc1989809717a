package kafka_test

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file runs the commands that write records, on both clusters.

// records reads the next n records of a topic.
func (c *cluster) records(t *testing.T, topic string, n int) []*kgo.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := c.connect(t, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	var records []*kgo.Record
	for len(records) < n {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("record %d of %s: %v", len(records), topic, err)
		}
		records = append(records, fetches.Records()...)
	}
	return records
}

// feed runs a program with lines on its standard input.
func feed(t *testing.T, lines, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	c.Stdin = strings.NewReader(lines)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, args, err, out)
	}
}

// partitionsOf returns where the records of each key lie.
func partitionsOf(records []*kgo.Record) map[string]int32 {
	at := map[string]int32{}
	for _, r := range records {
		at[string(r.Key)] = r.Partition
	}
	return at
}

// TestProduce holds that lines become the records that a plain client expects, and that
// keys lie where other programs put them: librdkafka, told to do as Java's producer, if
// it is there.
func TestProduce(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		const keys = 200
		var lines strings.Builder
		want := map[string]int32{}
		for i := range keys {
			key := fmt.Sprintf("key-%d-é", i)
			fmt.Fprintf(&lines, "%s|%d\n", key, i)
			want[key] = broker.PartitionOf([]byte(key), 7)
		}
		topic := topicName(t)
		other := topic + ".kcat"
		t.Cleanup(func() { c.deleteTopics(t, topic, other) })
		feed(t, lines.String(), program(t), "produce", topic, "--bootstrap-server", c.address, "--partitions", "7", "--key-separator", "|")
		if got := partitionsOf(c.records(t, topic, keys)); !maps.Equal(got, want) {
			t.Errorf("keys lie in %v, not in %v", got, want)
		}
		kcat, err := exec.LookPath("kcat")
		if err != nil {
			t.Skip("kcat is not installed")
		}
		c.createTopic(t, other, 7, nil)
		feed(t, lines.String(), kcat, "-P", "-b", c.address, "-t", other, "-K", "|", "-X", "topic.partitioner=murmur2_random")
		if got := partitionsOf(c.records(t, other, keys)); !maps.Equal(got, want) {
			t.Errorf("librdkafka's keys lie in %v, not in %v", got, want)
		}
	})
}

// TestDatagen holds that made-up records arrive, in the partitions of their keys.
func TestDatagen(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		const count = 5000
		topic := topicName(t)
		t.Cleanup(func() { c.deleteTopics(t, topic) })
		feed(t, "", program(t), "datagen", "users", "--topic", topic, "--count", "5000", "--bootstrap-server", c.address, "--partitions", "3")
		for _, r := range c.records(t, topic, count) {
			if r.Partition != broker.PartitionOf(r.Key, 3) || !strings.Contains(string(r.Value), `"userid":"`+string(r.Key)+`"`) {
				t.Fatalf("key %s in partition %d: %s", r.Key, r.Partition, r.Value)
			}
		}
	})
}
