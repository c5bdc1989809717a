package embedded_test

import (
	"bytes"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// Aborted records are left out however many of them fit into a response.
func TestAbortedRecordsOfFullResponses(t *testing.T) {
	t.Parallel()
	b := open(t, embedded.Options{DefaultPartitions: 4})
	config := b.Config()
	config.Properties["fetch.max.bytes"] = "100000"
	c, err := kafka.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.CreateTopic(t.Context(), broker.NewTopic{Name: "t", Partitions: 4}); err != nil {
		t.Fatal(err)
	}
	p, err := c.OpenProducer(t.Context(), broker.ProducerOptions{TransactionalID: "id"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	write := func(value string, records int) {
		for n := range records {
			m := broker.Message{Partition: int32(n % 4), Value: append([]byte(value), bytes.Repeat([]byte{'x'}, 500)...)}
			if err := p.Produce(t.Context(), "t", m); err != nil {
				t.Fatal(err)
			}
			if n%40 == 39 { // many batches
				if err := p.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	write("aborted", 2000)
	if err := p.AbortTransaction(t.Context()); err != nil {
		t.Fatal(err)
	}
	write("kept", 400)
	if err := p.CommitTransaction(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	r, err := c.OpenReader(t.Context(), broker.ReadOptions{Topic: "t", Isolation: broker.ReadCommitted})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for got := 0; got < 400; {
		fetches, err := r.Poll(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fetches {
			for _, m := range f.Messages {
				if got++; !bytes.HasPrefix(m.Value, []byte("kept")) {
					t.Fatalf("partition %d offset %d is %.10s", m.Partition, m.Offset, m.Value)
				}
			}
		}
	}
}
