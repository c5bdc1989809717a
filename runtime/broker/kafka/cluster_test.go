package kafka_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

func TestTopics(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "b", 3)
	err := c.CreateTopic(t.Context(), broker.NewTopic{Name: "a", Configs: map[string]string{"cleanup.policy": "compact"}})
	if err != nil {
		t.Fatal(err)
	}
	topics, err := c.Topics(t.Context())
	if err != nil || len(topics) != 2 || topics[0].Name != "a" || topics[1].Name != "b" || len(topics[1].Partitions) != 3 {
		t.Fatalf("topics %+v, error %v", topics, err)
	}
	if p := topics[1].Partitions[2]; p.ID != 2 || p.Leader != 0 || !slices.Equal(p.Replicas, []int32{0}) || !slices.Equal(p.InSync, []int32{0}) {
		t.Errorf("partition %+v", p)
	}
	configs, err := c.TopicConfigs(t.Context(), "a")
	if err != nil || configs["cleanup.policy"] != "compact" {
		t.Errorf("configs %v, error %v", configs, err)
	}
	if err := c.CreateTopic(t.Context(), broker.NewTopic{Name: "a"}); !errors.Is(err, broker.ErrTopicExists) || err.Error() != "topic a: topic already exists" {
		t.Errorf("creating it twice: %v", err)
	}
	if err := c.DeleteTopic(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"describing": second(c.Topics(t.Context(), "a")),
		"deleting":   c.DeleteTopic(t.Context(), "a"),
		"configs":    second(c.TopicConfigs(t.Context(), "a")),
		"offsets":    second(c.Offsets(t.Context(), "a", broker.EndOffset())),
		"reading":    second(c.OpenReader(t.Context(), broker.ReadOptions{Topic: "a"})),
		"writing":    c.Produce(t.Context(), "a", []broker.Message{{Value: []byte("v")}}),
	} {
		if !errors.Is(err, broker.ErrUnknownTopic) || !strings.Contains(err.Error(), "topic a: unknown topic") {
			t.Errorf("%s a topic that is gone: %v", what, err)
		}
	}
}

// A topic may be deleted and made again, here or elsewhere, under a client that
// has written to it.
func TestTopicMadeAgain(t *testing.T) {
	t.Parallel()
	c, b := openCluster(t)
	elsewhere, err := b.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer elsewhere.Close()
	for _, by := range []broker.Cluster{c, elsewhere} {
		for partitions := range int32(3) {
			if err := by.CreateTopic(t.Context(), broker.NewTopic{Name: "again", Partitions: partitions + 1}); err != nil {
				t.Fatal(err)
			}
			messages := []broker.Message{{Value: []byte("v"), Partition: broker.AnyPartition}}
			if err := c.Produce(t.Context(), "again", messages); err != nil || messages[0].Offset != 0 {
				t.Errorf("topic with %d partitions: offset %d, %v", partitions+1, messages[0].Offset, err)
			}
			if err := by.DeleteTopic(t.Context(), "again"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestOffsets(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 2)
	produce(t, c, "t", []broker.Message{{Time: 1000}, {Time: 2000}, {Time: 3000}})
	for name, q := range map[string]struct {
		at   broker.OffsetQuery
		want []int64
	}{
		"earliest":   {broker.EarliestOffset(), []int64{0, 0}},
		"end":        {broker.EndOffset(), []int64{3, 0}},
		"readable":   {broker.ReadableEnd(broker.ReadCommitted), []int64{3, 0}},
		"at 1500":    {broker.OffsetAt(1500), []int64{1, 0}},
		"after last": {broker.OffsetAt(3001), []int64{3, 0}},
	} {
		if got, err := c.Offsets(t.Context(), "t", q.at); err != nil || !slices.Equal(got, q.want) {
			t.Errorf("%s: %v, want %v; error %v", name, got, q.want, err)
		}
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	c, b := openCluster(t)
	if groups, err := c.Groups(t.Context()); err != nil || len(groups) != 0 {
		t.Errorf("groups %+v, error %v", groups, err)
	}
	createTopic(t, c, "t", 1)
	produce(t, c, "t", messages(10, 0))
	member := client(t, b, kgo.ConsumerGroup("readers"), kgo.ConsumeTopics("t"), kgo.ClientID("me"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if fetches := member.PollRecords(t.Context(), 4); fetches.Err() != nil {
		t.Fatal(fetches.Err())
	}
	if err := member.CommitUncommittedOffsets(t.Context()); err != nil {
		t.Fatal(err)
	}
	groups, err := c.Groups(t.Context())
	if err != nil || len(groups) != 1 {
		t.Fatalf("groups %+v, error %v", groups, err)
	}
	g := groups[0]
	if g.Name != "readers" || g.State != "Stable" || len(g.Members) != 1 || len(g.Partitions) != 1 {
		t.Fatalf("group %+v", g)
	}
	g.Partitions[0].Metadata = "" // franz-go's own
	if p, want := g.Partitions[0], (broker.GroupPartition{Topic: "t", Member: "me", End: 10, Committed: 4, Lag: 6}); p != want {
		t.Errorf("partition %+v, want %+v", p, want)
	}
}

// Keys go to the partitions Java's producer would choose.
func TestPartitions(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 4)
	list := []broker.Message{
		{Key: []byte("a"), Partition: broker.AnyPartition},
		{Key: []byte("b"), Partition: broker.AnyPartition},
		{Key: []byte("engineer"), Partition: broker.AnyPartition},
		{Key: []byte("a"), Partition: 3},
		{Value: []byte("no key"), Partition: broker.AnyPartition},
	}
	produce(t, c, "t", list)
	for i, m := range list[:3] {
		if want := int32(murmur2(m.Key)&0x7fffffff) % 4; m.Partition != want {
			t.Errorf("message %d: partition %d, want %d", i, m.Partition, want)
		}
	}
	if list[3].Partition != 3 || list[4].Partition < 0 || list[4].Partition > 3 {
		t.Errorf("partitions %d and %d", list[3].Partition, list[4].Partition)
	}
	err := c.Produce(t.Context(), "t", []broker.Message{{Partition: 4}})
	if err == nil || !strings.Contains(err.Error(), "topic t") {
		t.Errorf("writing to a partition there is none of: %v", err)
	}
}

// murmur2 is the hash Java's producer partitions by, written from its
// description in Kafka's protocol documentation.
func murmur2(data []byte) uint32 {
	const m = 0x5bd1e995
	h := uint32(0x9747b28c) ^ uint32(len(data))
	for ; len(data) >= 4; data = data[4:] {
		k := uint32(data[0]) | uint32(data[1])<<8 | uint32(data[2])<<16 | uint32(data[3])<<24
		k *= m
		k ^= k >> 24
		h = h*m ^ k*m
	}
	switch len(data) {
	case 3:
		h ^= uint32(data[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(data[1]) << 8
		fallthrough
	case 1:
		h = (h ^ uint32(data[0])) * m
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}

func TestProducedOffsets(t *testing.T) {
	t.Parallel()
	for _, acks := range []string{"all", "1"} {
		c, _ := openCluster(t, "acks", acks)
		createTopic(t, c, "t", 1)
		produce(t, c, "t", messages(3, 0))
		list := messages(2, 0)
		produce(t, c, "t", list)
		if list[0].Offset != 3 || list[1].Offset != 4 {
			t.Errorf("acks %s: offsets %d and %d, want 3 and 4", acks, list[0].Offset, list[1].Offset)
		}
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t, "max.request.size", "100000")
	createTopic(t, c, "t", 1)
	err := c.Produce(t.Context(), "t", []broker.Message{{Value: []byte("fits")}, {Value: make([]byte, 200_000)}})
	if !errors.Is(err, broker.ErrTooLarge) || !strings.Contains(err.Error(), "message 1 of 200") || !strings.Contains(err.Error(), "max.request.size, which is 100000") {
		t.Errorf("error %v", err)
	}
	big, _ := openCluster(t, "max.request.size", "10000000") // more than the broker takes
	createTopic(t, big, "t", 1)
	noise := make([]byte, 9_000_000)
	if err := big.Produce(t.Context(), "t", []broker.Message{{Value: noise}}); !errors.Is(err, broker.ErrTooLarge) || !strings.HasSuffix(err.Error(), "for the topic's max.message.bytes") {
		t.Errorf("error %v", err)
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	c, b := openCluster(t)
	id, err := c.Identify(t.Context())
	if err != nil || id.ID != "ksqlite" || !slices.Equal(id.Addresses, []string{b.Address()}) {
		t.Errorf("identity %+v, error %v", id, err)
	}
}

// Nobody answers: said soon, and where.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	for name, address := range map[string]string{
		"nobody listens": address,
		"silence":        silent.Addr().String(),
		"no such host":   "no.such.host.invalid:9092",
		"no Kafka":       talker(t, "HTTP/1.1 400 Bad Request\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			_, err := kafka.Open(t.Context(), kafka.Config{Properties: map[string]string{
				"bootstrap.servers": address, "default.api.timeout.ms": "1000", "request.timeout.ms": "1000",
			}})
			if !errors.Is(err, broker.ErrUnreachable) || !strings.Contains(err.Error(), address) {
				t.Errorf("error %v", err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("said after %v", took)
			}
		})
	}
}

// Without any property too, silence is said within ten seconds.
func TestSilenceByDefault(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits for nine seconds")
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, errors.New("too late"))
	defer cancel()
	address := silent.Addr().String()
	_, err = kafka.Open(ctx, kafka.Config{Properties: map[string]string{"bootstrap.servers": address}})
	if !errors.Is(err, broker.ErrUnreachable) || !strings.Contains(err.Error(), address) || ctx.Err() != nil {
		t.Errorf("error %v, context %v", err, context.Cause(ctx))
	}
}

// Who gives up while nobody answers is let go at once.
func TestOpenIsGivenUp(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	opened := make(chan struct{})
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if conn, err := silent.Accept(); err == nil {
			_, _ = conn.Read(make([]byte, 1)) // it asks, and waits from now on
			cancel()
			<-opened
			_ = conn.Close()
		}
	})
	defer waiting.Wait()
	defer close(opened)
	began := time.Now()
	_, err = kafka.Open(ctx, kafka.Config{Properties: map[string]string{"bootstrap.servers": silent.Addr().String()}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("let go after %v", took)
	}
}

// talker is the address of a server that says the same to everybody.
func talker(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed by the cleanup
			}
			_, _ = conn.Read(make([]byte, 4096)) // what is asked does not matter
			_, _ = conn.Write([]byte(text))
			_ = conn.Close()
		}
	})
	return l.Addr().String()
}

// A broker that goes away is said by whatever needs it next.
func TestBrokerGone(t *testing.T) {
	t.Parallel()
	b, err := embedded.Open(embedded.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := kafka.Open(t.Context(), kafka.Config{Properties: map[string]string{
		"bootstrap.servers": b.Address(), "default.api.timeout.ms": "500", "delivery.timeout.ms": "500", "request.timeout.ms": "500",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	createTopic(t, c, "t", 1)
	produce(t, c, "t", messages(1, 0))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"listing": second(c.Topics(t.Context())),
		"writing": c.Produce(t.Context(), "t", messages(1, 0)),
		"reading": second(c.OpenReader(t.Context(), broker.ReadOptions{Topic: "t"})),
	} {
		if !errors.Is(err, broker.ErrUnreachable) || !strings.Contains(err.Error(), b.Address()) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	c, _ := openCluster(t)
	createTopic(t, c, "t", 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, err := range map[string]error{
		"listing": second(c.Topics(ctx)),
		"writing": c.Produce(ctx, "t", messages(1, 0)),
		"reading": second(c.OpenReader(ctx, broker.ReadOptions{Topic: "t"})),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestClosedCluster(t *testing.T) {
	t.Parallel()
	_, b := openCluster(t)
	c, err := kafka.Open(t.Context(), b.Config())
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if _, err := c.Topics(t.Context()); !errors.Is(err, broker.ErrClosed) {
		t.Errorf("error %v", err)
	}
}
