package kafka_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

// The end-to-end suite is written once and runs on two clusters: the broker that
// ksqlite brings, and an Apache Kafka. What is expected of both is the same.

// cluster is what a case of the suite works on. Others work on it too, so a case
// uses topics and groups with names of its own.
type cluster struct {
	address string
	client  *kgo.Client // for one record after the other
	admin   *kadm.Client
}

// onEveryCluster runs a case on the embedded broker and on Apache Kafka.
func onEveryCluster(t *testing.T, run func(t *testing.T, c *cluster)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		run(t, newCluster(t, startEmbedded(t, embedded.Options{}).Address()))
	})
	t.Run("apache", func(t *testing.T) {
		t.Parallel()
		run(t, newCluster(t, shared(t).Addr(apache.Plaintext)))
	})
}

// startEmbedded opens an embedded broker, on a free port if the options name
// none, until the test ends.
func startEmbedded(t *testing.T, o embedded.Options) *embedded.Broker {
	t.Helper()
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	b, err := embedded.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// newCluster connects a plain client to a cluster.
func newCluster(t *testing.T, address string) *cluster {
	t.Helper()
	c := &cluster{address: address}
	c.client = c.connect(t)
	c.admin = kadm.NewClient(c.client)
	return c
}

// connect makes a client that writes each record to the partition it names.
func (c *cluster) connect(t *testing.T, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	return newClient(t, append([]kgo.Opt{
		kgo.SeedBrokers(c.address),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(0),
		kgo.ProducerBatchMaxBytes(4 << 20),
	}, options...)...)
}

// topic makes a topic that is named after the test, and deletes it at the end.
func (c *cluster) topic(t *testing.T, partitions int32, configs map[string]*string) string {
	t.Helper()
	name := topicName(t)
	c.createTopic(t, name, partitions, configs)
	t.Cleanup(func() { c.deleteTopics(t, name) })
	return name
}

// createTopic makes a topic and waits until the cluster knows it: Apache Kafka
// answers before that.
func (c *cluster) createTopic(t *testing.T, name string, partitions int32, configs map[string]*string) {
	t.Helper()
	if _, err := c.admin.CreateTopic(t.Context(), partitions, 1, configs, name); err != nil {
		t.Fatal(err)
	}
	for {
		topic := c.metadata(t, name)
		if topic.ErrorCode == 0 && !slices.ContainsFunc(topic.Partitions, func(p kmsg.MetadataResponseTopicPartition) bool { return p.ErrorCode != 0 }) {
			return
		}
	}
}

// awaitGone waits until the cluster knows that a topic is deleted.
func (c *cluster) awaitGone(t *testing.T, name string) {
	t.Helper()
	for c.metadata(t, name).ErrorCode != kerr.UnknownTopicOrPartition.Code {
	}
}

// metadata asks the cluster for a topic; clients would answer from memory.
func (c *cluster) metadata(t *testing.T, topic string) kmsg.MetadataResponseTopic {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	wanted := kmsg.NewMetadataRequestTopic()
	wanted.Topic = &topic
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = append(request.Topics, wanted)
	response, err := request.RequestWith(ctx, c.client)
	if err != nil {
		t.Fatal(err)
	}
	return response.Topics[0]
}

// topicName is a name for a topic of a test.
func topicName(t *testing.T) string {
	t.Helper()
	return strings.NewReplacer("/", ".", "#", ".").Replace(t.Name())
}

// deleteTopics deletes those topics that are there.
func (c *cluster) deleteTopics(t *testing.T, names ...string) {
	t.Helper()
	answers, err := c.admin.DeleteTopics(context.WithoutCancel(t.Context()), names...)
	if err != nil {
		t.Error(err)
	}
	for _, answer := range answers {
		if answer.Err != nil && !errors.Is(answer.Err, kerr.UnknownTopicOrPartition) {
			t.Errorf("deleting topic %s: %v", answer.Topic, answer.Err)
		}
	}
}

// produce writes records, one after the other.
func (c *cluster) produce(t *testing.T, records ...*kgo.Record) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := c.client.ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// open opens an engine on the cluster until the test ends. It keeps nothing there, since
// other cases have streams of the same names. Its queries begin with the oldest record unless
// an option says otherwise.
func (c *cluster) open(t *testing.T, options ...ksqlite.Option) *ksqlite.Engine {
	t.Helper()
	return open(t, slices.Concat([]ksqlite.Option{
		ksqlite.WithBootstrapServers(c.address), ksqlite.WithEphemeral(),
		ksqlite.WithProperties(map[string]string{"auto.offset.reset": "earliest"}),
	}, options)...)
}

// open opens an engine until the test ends.
func open(t *testing.T, options ...ksqlite.Option) *ksqlite.Engine {
	t.Helper()
	engine, err := ksqlite.Open(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}

// execute executes statements that are no queries.
func execute(t *testing.T, engine *ksqlite.Engine, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := engine.Exec(ctx, sql); err != nil {
		t.Fatal(ksqlite.Render(err))
	}
}

// start starts a query, to be closed at the end of the test at the latest.
func start(t *testing.T, engine *ksqlite.Engine, sql string) *ksqlite.Rows {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	rows, err := engine.Query(ctx, sql)
	if err != nil {
		t.Fatal(ksqlite.Render(err))
	}
	t.Cleanup(rows.Close)
	return rows
}

// next returns the next n rows, each as its values with blanks between them.
func next(t *testing.T, rows *ksqlite.Rows, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var texts []string
	for len(texts) < n {
		if !rows.Next(ctx) {
			t.Fatalf("row %d of %d did not come: %v, %v", len(texts), n, rows.Err(), ctx.Err())
		}
		texts = append(texts, rowText(rows.Row()))
	}
	return texts
}

// rest returns the rows of a query that ends by itself.
func rest(t *testing.T, rows *ksqlite.Rows) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var texts []string
	for row := range rows.All(ctx) {
		texts = append(texts, rowText(row))
	}
	if err := errors.Join(rows.Err(), ctx.Err()); err != nil {
		t.Fatalf("after %d rows: %v", len(texts), err)
	}
	return texts
}

func rowText(row ksqlite.Row) string {
	values := make([]string, row.Len())
	for i := range values {
		values[i] = row.Value(i).String()
	}
	return strings.Join(values, " ")
}

// expect compares rows.
func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
