package kafka_test

import (
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

const (
	benchRecords    = 300_000
	benchPartitions = 4
)

// order is a record of the size of the examples' orders.
func order(i int) []byte {
	return fmt.Appendf(nil, `{"id":%d,"time":1700000000%03d,"customer":{"id":%d,"name":"Customer %d","city":"Zürich","zip":"8001","vip":false},"item":"item-%d","price":%d.25,"quantity":%d,"currency":"CHF","paid":true,"note":"nothing to say about this one"}`,
		i, i%1000, i%5000, i%5000, i%100, i%900, i%7)
}

// fill writes the records every benchmark of reading reads.
func fill(b *testing.B, codec kgo.CompressionCodec) *embedded.Broker {
	b.Helper()
	c, e := openCluster(b)
	createTopic(b, c, "orders", benchPartitions)
	p := client(b, e, kgo.ProducerBatchCompression(codec), kgo.DefaultProduceTopic("orders"), kgo.MaxBufferedRecords(20_000))
	for i := range benchRecords {
		p.Produce(b.Context(), &kgo.Record{Key: fmt.Appendf(nil, "%d", i%5000), Value: order(i)}, func(_ *kgo.Record, err error) {
			if err != nil {
				b.Error(err)
			}
		})
	}
	if err := p.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	return e
}

// BenchmarkRead compares the reader with a bare franz-go consumer of the same
// topic.
func BenchmarkRead(b *testing.B) {
	for _, codec := range []struct {
		name  string
		codec kgo.CompressionCodec
	}{{"none", kgo.NoCompression()}, {"snappy", kgo.SnappyCompression()}, {"lz4", kgo.Lz4Compression()}, {"zstd", kgo.ZstdCompression()}} {
		e := fill(b, codec.codec)
		b.Run(codec.name+"/reader", func(b *testing.B) { benchmark(b, func() { readAll(b, e) }) })
		b.Run(codec.name+"/kgo", func(b *testing.B) { benchmark(b, func() { consumeAll(b, e) }) })
	}
}

func benchmark(b *testing.B, once func()) {
	b.ReportAllocs()
	for b.Loop() {
		once()
	}
	b.ReportMetric(float64(benchRecords)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrecords/s")
}

func readAll(b *testing.B, e *embedded.Broker) {
	c := connect(b, e)
	defer c.Close()
	r, err := c.OpenReader(b.Context(), broker.ReadOptions{Topic: "orders"})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for n := 0; n < benchRecords; {
		fetches, err := r.Poll(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range fetches {
			n += len(f.Messages)
			r.Recycle(f.Messages)
		}
	}
}

func consumeAll(b *testing.B, e *embedded.Broker) {
	c, err := kgo.NewClient(kgo.SeedBrokers(e.Address()), kgo.Dialer(e.Dial), kgo.ConsumeTopics("orders"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for n := 0; n < benchRecords; {
		fetches := c.PollFetches(b.Context())
		if err := fetches.Err(); err != nil {
			b.Fatal(err)
		}
		fetches.EachRecord(func(*kgo.Record) { n++ })
	}
}

// BenchmarkLatency is the time from writing a record until it is read.
func BenchmarkLatency(b *testing.B) {
	c, e := openCluster(b)
	createTopic(b, c, "t", 1)
	list := messages(1, 0)
	b.Run("reader", func(b *testing.B) {
		r := openReader(b, c, broker.ReadOptions{Topic: "t", Default: broker.Latest})
		for b.Loop() {
			produce(b, c, "t", list)
			poll(b, r)
		}
	})
	b.Run("kgo", func(b *testing.B) {
		k := client(b, e, kgo.ConsumeTopics("t"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
		for n := 0; n == 0; { // until it has caught up
			n = k.PollFetches(b.Context()).NumRecords()
		}
		for b.Loop() {
			produce(b, c, "t", list)
			k.PollFetches(b.Context())
		}
	})
}
