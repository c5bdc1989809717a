package kafka_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

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

// With client.rack a partition is read from the replica that its leader names, and from the leader
// again when that one fails.
func TestReplicaNearby(t *testing.T) {
	t.Parallel()
	c, brokers := three(t)
	produce(t, c, "t", messages(2, 0))
	stored := fetched(t, brokers, 0)
	produce(t, c, "t", messages(1, 0))
	rack, err := kafka.Open(t.Context(), kafka.Config{Properties: map[string]string{
		"bootstrap.servers": strings.Join(brokers.ListenAddrs(), ","), "client.rack": "r1",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(rack.Close)
	var named, read, failed atomic.Int32
	brokers.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		brokers.KeepControl()
		q, _ := r.(*kmsg.FetchRequest)
		if q.Rack != "r1" || q.Topics[0].Partitions[0].Partition != 0 {
			return nil, nil, false
		}
		answer, partition := answerTo(q)
		switch {
		case brokers.CurrentNode() == 0 && named.Load() == 0:
			named.Add(1)
			partition.PreferredReadReplica = 2
		case brokers.CurrentNode() == 0:
			return nil, nil, false // what the leader has
		case q.Topics[0].Partitions[0].FetchOffset == 0:
			read.Add(1)
			partition.RecordBatches, partition.HighWatermark, partition.LastStableOffset = stored, 3, 3
		default:
			failed.Add(1)
			partition.ErrorCode = kerr.OffsetOutOfRange.Code // it has not come so far
		}
		return answer, nil, true
	})
	reader := openReader(t, rack, broker.ReadOptions{Topic: "t", Starts: []broker.Start{{Partition: 0}}})
	if got := readUntil(t, reader, []int64{3}); len(got) != 3 || string(got[0].Value) != "v0" || string(got[1].Value) != "v1" || string(got[2].Value) != "v0" {
		t.Errorf("read %v", got)
	}
	if named.Load() != 1 || read.Load() != 1 || failed.Load() == 0 {
		t.Errorf("named %d times, read %d times, failed %d times", named.Load(), read.Load(), failed.Load())
	}
}

// answerTo is an answer to a request for one partition, without records.
func answerTo(q *kmsg.FetchRequest) (*kmsg.FetchResponse, *kmsg.FetchResponseTopicPartition) {
	answer := kmsg.NewPtrFetchResponse()
	answer.Version = q.Version
	topic, partition := kmsg.NewFetchResponseTopic(), kmsg.NewFetchResponseTopicPartition()
	topic.Topic, topic.TopicID = q.Topics[0].Topic, q.Topics[0].TopicID
	partition.Partition = q.Topics[0].Partitions[0].Partition
	topic.Partitions = []kmsg.FetchResponseTopicPartition{partition}
	answer.Topics = []kmsg.FetchResponseTopic{topic}
	return answer, &answer.Topics[0].Partitions[0]
}

// fetched are the batches of a partition of the topic t, as the leader hands them out.
func fetched(t *testing.T, brokers *kfake.Cluster, id int32) []byte {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	q := kmsg.NewPtrFetchRequest()
	q.MaxWaitMillis, q.MaxBytes, q.SessionEpoch = 1000, 1<<20, -1
	topic, partition := kmsg.NewFetchRequestTopic(), kmsg.NewFetchRequestTopicPartition()
	topic.Topic, topic.TopicID = "t", brokers.TopicInfo("t").TopicID
	partition.Partition, partition.PartitionMaxBytes = id, 1<<20
	topic.Partitions = []kmsg.FetchRequestTopicPartition{partition}
	q.Topics = []kmsg.FetchRequestTopic{topic}
	answer, err := client.Broker(int(brokers.LeaderFor("t", id))).Request(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	response, _ := answer.(*kmsg.FetchResponse)
	return response.Topics[0].Partitions[0].RecordBatches
}
