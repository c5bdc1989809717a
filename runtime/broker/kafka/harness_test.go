package kafka_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limit is how long a test waits for what has to come.
const limit = 20 * time.Second

// openCluster starts a private broker and connects to it with some further
// properties, given as NAME, VALUE, NAME, VALUE.
func openCluster(t testing.TB, properties ...string) (*kafka.Cluster, *embedded.Broker) {
	t.Helper()
	b, err := embedded.Open(embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return connect(t, b, properties...), b
}

func connect(t testing.TB, b *embedded.Broker, properties ...string) *kafka.Cluster {
	t.Helper()
	config := b.Config()
	for i := 0; i < len(properties); i += 2 {
		config.Properties[properties[i]] = properties[i+1]
	}
	c, err := kafka.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// client is a plain franz-go client of the broker.
func client(t testing.TB, b *embedded.Broker, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(b.Address()), kgo.Dialer(b.Dial)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func createTopic(t testing.TB, c broker.Cluster, name string, partitions int32) {
	t.Helper()
	if err := c.CreateTopic(t.Context(), broker.NewTopic{Name: name, Partitions: partitions}); err != nil {
		t.Fatal(err)
	}
}

// messages are n messages for a partition, with values v0, v1, ….
func messages(n int, partition int32) []broker.Message {
	list := make([]broker.Message, n)
	for i := range list {
		list[i] = broker.Message{Value: fmt.Appendf(nil, "v%d", i), Partition: partition, Time: int64(1000 + i)}
	}
	return list
}

func produce(t testing.TB, c broker.Cluster, topic string, list []broker.Message) {
	t.Helper()
	if err := c.Produce(t.Context(), topic, list); err != nil {
		t.Fatal(err)
	}
}

func openReader(t testing.TB, c broker.Cluster, o broker.ReadOptions) broker.Reader {
	t.Helper()
	r, err := c.OpenReader(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// poll is one Poll within the limit.
func poll(t testing.TB, r broker.Reader) []broker.Fetch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	fetches, err := r.Poll(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return fetches
}

// readUntil polls until every partition has reached its end, and returns the
// messages in the order they came.
func readUntil(t testing.TB, r broker.Reader, ends []int64) []broker.Message {
	t.Helper()
	var got []broker.Message
	open := make(map[int32]bool)
	for p, end := range ends {
		if end > 0 {
			open[int32(p)] = true
		}
	}
	for len(open) > 0 {
		for _, f := range poll(t, r) {
			if f.Err != nil {
				t.Fatal(f.Err)
			}
			got = append(got, f.Messages...)
			if f.Next >= ends[f.Partition] {
				delete(open, f.Partition)
			}
		}
	}
	return got
}

func ends(t testing.TB, c broker.Cluster, topic string) []int64 {
	t.Helper()
	offsets, err := c.Offsets(t.Context(), topic, broker.ReadableEnd(broker.DefaultIsolation))
	if err != nil {
		t.Fatal(err)
	}
	return offsets
}
