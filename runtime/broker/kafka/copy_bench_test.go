package kafka_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// BenchmarkCopy copies a topic in a group, all of it and a quarter, and compares
// that with franz-go doing the same.
func BenchmarkCopy(b *testing.B) {
	e := fill(b, kgo.NoCompression())
	c := connect(b, e)
	copies := 0
	next := func() string {
		copies++
		name := fmt.Sprintf("copy%d", copies)
		createTopic(b, c, name, benchPartitions)
		return name
	}
	for _, keep := range []int{1, 4} {
		share := fmt.Sprintf("1in%d/", keep)
		b.Run(share+"driver", func(b *testing.B) {
			benchmark(b, func() { copyAll(b, e, next(), keep, broker.ProducerOptions{}) })
		})
		b.Run(share+"transactions", func(b *testing.B) {
			benchmark(b, func() { copyAll(b, e, next(), keep, broker.ProducerOptions{TransactionalID: "bench"}) })
		})
		b.Run(share+"kgo", func(b *testing.B) {
			benchmark(b, func() { copyAllWithKgo(b, e, next(), keep) })
		})
	}
}

// commitEvery is after how many records a copy commits: as many as go through
// a fast query in Kafka Streams' commit interval of 100 ms.
const commitEvery = 50_000

func copyAll(b *testing.B, e *embedded.Broker, to string, keep int, o broker.ProducerOptions) {
	c := connect(b, e)
	defer c.Close()
	g, err := c.OpenGroup(b.Context(), broker.GroupOptions{Group: to, Topics: []string{"orders"}})
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	p, err := c.OpenProducer(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	positions := make([]broker.Position, benchPartitions)
	for n, committed := 0, 0; committed < benchRecords; {
		fetches, err := g.Poll(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range fetches {
			for i, m := range f.Messages {
				if i%keep > 0 {
					continue
				}
				m.Partition = broker.AnyPartition
				if err := p.Produce(b.Context(), to, m); err != nil {
					b.Fatal(err)
				}
			}
			n += len(f.Messages)
			at := &positions[f.Partition]
			at.Topic, at.Partition, at.Offset = f.Topic, f.Partition, f.Next
			g.Recycle(f.Messages)
		}
		if n-committed < commitEvery && n < benchRecords {
			continue
		}
		if err := commitCopy(b.Context(), g, p, positions, o); err != nil {
			b.Fatal(err)
		}
		committed = n
	}
}

func commitCopy(ctx context.Context, g broker.GroupReader, p broker.Producer, positions []broker.Position, o broker.ProducerOptions) error {
	if o.TransactionalID != "" {
		return p.CommitTransaction(ctx, g, positions)
	}
	if err := p.Flush(ctx); err != nil {
		return err
	}
	return g.Commit(ctx, positions)
}

func copyAllWithKgo(b *testing.B, e *embedded.Broker, to string, keep int) {
	c, err := kgo.NewClient(kgo.SeedBrokers(e.Address()), kgo.Dialer(e.Dial), kgo.ConsumeTopics("orders"),
		kgo.ConsumerGroup(to), kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.MaxBufferedRecords(1<<30), kgo.MaxBufferedBytes(32<<20),
		kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for n, committed := 0, 0; committed < benchRecords; {
		fetches := c.PollFetches(b.Context())
		if err := fetches.Err(); err != nil {
			b.Fatal(err)
		}
		fetches.EachPartition(func(f kgo.FetchTopicPartition) {
			for i, r := range f.Records {
				if i%keep > 0 {
					continue
				}
				c.Produce(b.Context(), &kgo.Record{Topic: to, Key: r.Key, Value: r.Value, Timestamp: r.Timestamp}, func(_ *kgo.Record, err error) {
					if err != nil {
						b.Error(err)
					}
				})
			}
			n += len(f.Records)
		})
		if n-committed >= commitEvery || n >= benchRecords {
			if err := c.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
			if err := c.CommitUncommittedOffsets(b.Context()); err != nil {
				b.Fatal(err)
			}
			committed = n
		}
		c.AllowRebalance()
	}
}
