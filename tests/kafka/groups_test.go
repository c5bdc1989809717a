package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// This file holds what persistent queries stand on: consumer groups whose
// positions are committed with the results.

// driver is how the engine sees a cluster.
func (c *cluster) driver(t *testing.T) broker.Cluster {
	t.Helper()
	d, err := kafka.Open(t.Context(), kafka.Config{Properties: map[string]string{"bootstrap.servers": c.address}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// copier copies a topic to another in a group, with a transaction a batch.
type copier struct {
	driver        broker.Cluster
	group, to, id string
	reader        broker.GroupReader
	producer      broker.Producer
	moves         chan string // of partitions: gained, revoked
	open          []broker.Position
	count         int
}

func newCopier(t *testing.T, c *cluster, from, to, id string) *copier {
	t.Helper()
	k := &copier{driver: c.driver(t), group: from + ".group", to: to, id: from + "." + id, moves: make(chan string, 100)}
	var err error
	if k.producer, err = k.driver.OpenProducer(t.Context(), broker.ProducerOptions{TransactionalID: k.id}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.producer.Close)
	k.reader, err = k.driver.OpenGroup(t.Context(), broker.GroupOptions{
		Group: k.group, Topics: []string{from},
		Gained: func(_ context.Context, at []broker.Position) error {
			k.moves <- fmt.Sprintf("gained %d", len(at))
			return nil
		},
		Revoked: func(ctx context.Context, list []broker.TopicPartition) error {
			k.moves <- fmt.Sprintf("revoked %d", len(list))
			return k.commit(ctx)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.reader.Close)
	return k
}

// step copies what one Poll brings and commits now and then, and when nothing
// comes.
func (k *copier) step(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	fetches, err := k.reader.Poll(waiting)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return k.commit(ctx)
	case err != nil:
		return err
	}
	for _, f := range fetches {
		for _, m := range f.Messages {
			m.Partition = broker.AnyPartition
			if err := k.producer.Produce(ctx, k.to, m); err != nil {
				return err
			}
		}
		p := broker.Position{Offset: f.Next}
		p.Topic, p.Partition = f.Topic, f.Partition
		k.open = append(k.open, p)
	}
	if k.count++; k.count%3 == 0 {
		return k.commit(ctx)
	}
	return nil
}

func (k *copier) commit(ctx context.Context) error {
	err := k.producer.CommitTransaction(ctx, k.reader, latest(k.open))
	if err == nil {
		k.open = k.open[:0]
	}
	return err
}

// latest keeps the last position of each partition.
func latest(positions []broker.Position) []broker.Position {
	last := make(map[broker.TopicPartition]broker.Position)
	for _, p := range positions {
		last[p.TopicPartition] = p
	}
	var list []broker.Position
	for _, p := range last {
		list = append(list, p)
	}
	return list
}

// run copies until ctx is done, and then commits the rest.
func (k *copier) run(ctx context.Context) error {
	for {
		err := k.step(ctx)
		if errors.Is(err, context.Canceled) {
			return k.commit(context.WithoutCancel(ctx))
		}
		if err != nil {
			return err
		}
	}
}

// expect takes the next move.
func (k *copier) expect(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-k.moves:
		if got != want {
			t.Errorf("partitions were %s, want %s", got, want)
		}
	case <-time.After(patience):
		t.Fatalf("partitions were not %s", want)
	}
}

// vanish ends a copier in the middle of a transaction.
func (k *copier) vanish(t *testing.T) {
	t.Helper()
	k.producer.Close()
	k.reader.Close()
}

// copied are the committed records of a topic, counted by their values.
func copied(t *testing.T, c *cluster, topic string, want int) map[string][]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	reader := c.connect(t, append(fromStart(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()))...)
	copies := make(map[string][]string)
	for n := 0; n < want; {
		fetches := reader.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d records: %v", n, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			copies[string(r.Value)] = append(copies[string(r.Value)], fmt.Sprintf("partition %d offset %d by producer %d epoch %d", r.Partition, r.Offset, r.ProducerID, r.ProducerEpoch))
			n++
		})
	}
	return copies
}

// Copiers come and go, some without a word, and every record is copied once.
func TestCopyExactlyOnce(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		const partitions, perRound = 4, 400
		from := c.topic(t, partitions, nil)
		to := from + ".copy"
		c.createTopic(t, to, partitions, nil)
		t.Cleanup(func() { c.deleteTopics(t, to) })
		written := 0
		write := func() {
			var records []*kgo.Record
			for range perRound {
				records = append(records, number(from, int32(written%partitions), written))
				written++
			}
			c.produce(t, records...)
		}

		write()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		steady := newCopier(t, c, from, to, "steady")
		done := make(chan error, 1)
		go func() { done <- steady.run(ctx) }()
		steady.expect(t, "gained 4")
		for range 3 {
			guest := newCopier(t, c, from, to, "guest")
			for len(guest.open) == 0 {
				write()
				if err := guest.step(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			steady.expect(t, "revoked 2")
			guest.expect(t, "gained 2")
			guest.vanish(t)
			steady.expect(t, "gained 2")
		}
		write()
		copies := copied(t, c, to, written)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if len(copies) != written {
			t.Errorf("%d different records of %d", len(copies), written)
		}
		for value, list := range copies {
			if len(list) != 1 {
				t.Errorf("%s was copied %d times: %q", value, len(list), list)
			}
		}
	})
}

// A copier that is started twice is fenced.
func TestCopierIsFenced(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		from := c.topic(t, 1, nil)
		to := from + ".copy"
		c.createTopic(t, to, 1, nil)
		t.Cleanup(func() { c.deleteTopics(t, to) })
		c.produce(t, number(from, 0, 1))
		first := newCopier(t, c, from, to, "same")
		for len(first.open) == 0 {
			if err := first.step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		second := newCopier(t, c, from, to, "same")
		// Its record is in a transaction that is gone.
		if err := first.commit(t.Context()); !errors.Is(err, broker.ErrFenced) || !strings.Contains(err.Error(), first.id) {
			t.Errorf("the first commits: %v", err)
		}
		first.vanish(t)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- second.run(ctx) }()
		copies := copied(t, c, to, 1)
		stop()
		if err := <-done; err != nil || len(copies[`{"n":1}`]) != 1 || len(copies) != 1 {
			t.Errorf("copied %v, error %v", copies, err)
		}
	})
}
