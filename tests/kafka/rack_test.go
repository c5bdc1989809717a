package kafka_test

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// racked makes a broker of a rack, which sends clients to a replica in theirs.
func racked(rack string) apache.Options {
	return apache.Options{Properties: map[string]string{
		"broker.rack": rack, "replica.selector.class": "org.apache.kafka.common.replica.RackAwareReplicaSelector",
	}}
}

// With client.rack records come from the replica in that rack, and from the leader where there is none, or none any more.
func TestRecordsComeFromTheRack(t *testing.T) {
	t.Parallel()
	leader := apache.Run(t, racked("east"))
	joining := racked("west")
	joining.Joins = leader
	follower := apache.Run(t, joining)
	c := newCluster(t, leader.Addr(apache.Plaintext))
	const topic, size, count = "both", 64 << 10, 32
	c.replicate(t, topic, leader, follower)
	write := func() {
		random := rand.NewChaCha8([32]byte{}) // nothing that shrinks
		for range count {
			value := make([]byte, size)
			_, _ = random.Read(value)
			c.produce(t, &kgo.Record{Topic: topic, Value: value})
		}
	}
	write()
	var reader broker.Reader
	for rack, wanted := range map[string]*apache.Server{"": leader, "north": leader, "east": leader, "west": follower} {
		traffic := &traffic{from: map[string]int64{}}
		opened := traffic.open(t, c.address, rack, topic)
		readTo(t, opened, count)
		for _, s := range []*apache.Server{leader, follower} {
			switch bytes := traffic.of(s); {
			case s == wanted && bytes < count*size:
				t.Errorf("rack %q: %d bytes alone came from where they should", rack, bytes)
			case s != wanted && bytes > size:
				t.Errorf("rack %q: %d bytes came from elsewhere", rack, bytes)
			}
		}
		if rack == "west" {
			reader = opened
		}
	}
	if err := follower.Stop(); err != nil {
		t.Fatal(err)
	}
	write()
	readTo(t, reader, 2*count)
}

// replicate makes a topic of one partition with replicas on servers, of which the first one leads.
func (c *cluster) replicate(t *testing.T, name string, servers ...*apache.Server) {
	t.Helper()
	assignment := kmsg.NewCreateTopicsRequestTopicReplicaAssignment()
	for _, s := range servers {
		assignment.Replicas = append(assignment.Replicas, int32(s.Node()))
	}
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = name, -1, -1
	topic.ReplicaAssignment = append(topic.ReplicaAssignment, assignment)
	request := kmsg.NewPtrCreateTopicsRequest()
	request.Topics = append(request.Topics, topic)
	response, err := request.RequestWith(t.Context(), c.client)
	if err == nil {
		err = kerr.ErrorForCode(response.Topics[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// traffic counts the bytes that connections have brought, by address.
type traffic struct {
	mu   sync.Mutex
	from map[string]int64
}

// of returns how many bytes a server has sent.
func (f *traffic) of(s *apache.Server) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.from[s.Addr(apache.Plaintext)]
}

// open reads a topic from its beginning as a client in a rack.
func (f *traffic) open(t *testing.T, address, rack, topic string) broker.Reader {
	t.Helper()
	cluster, err := kafka.Open(t.Context(), kafka.Config{
		Properties: map[string]string{"bootstrap.servers": address, "client.rack": rack},
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return counted{conn, address, f}, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	reader, err := cluster.OpenReader(t.Context(), broker.ReadOptions{Topic: topic})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reader.Close)
	return reader
}

// counted is a connection whose bytes count.
type counted struct {
	net.Conn
	address string
	traffic *traffic
}

// Read implements net.Conn.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.traffic.mu.Lock()
	defer c.traffic.mu.Unlock()
	c.traffic.from[c.address] += int64(n)
	return n, err
}

// readTo reads up to an offset.
func readTo(t *testing.T, reader broker.Reader, end int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for next := int64(0); next < end; {
		fetches, err := reader.Poll(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fetches {
			if f.Err != nil {
				t.Fatal(f.Err)
			}
			next = max(next, f.Next)
		}
	}
}
