package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// This file holds what happens to a push query while it runs.

// stream declares the stream s over a topic with records {"n":…}.
func stream(topic string) string {
	return fmt.Sprintf("CREATE STREAM s (n INT) WITH (kafka_topic='%s', value_format='JSON');", topic)
}

// number is the n-th record of such a topic.
func number(topic string, partition int32, n int) *kgo.Record {
	return &kgo.Record{Topic: topic, Partition: partition, Value: fmt.Appendf(nil, `{"n":%d}`, n)}
}

func TestUnsetOffsetResetIsLatestForStreamsAndEarliestForTables(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 1, nil)
		record := func(key, n string) *kgo.Record {
			return &kgo.Record{Topic: topic, Key: []byte(key), Value: []byte(`{"n":` + n + `}`)}
		}
		c.produce(t, record("a", "1"))
		engine := open(t, ksqlite.WithBootstrapServers(c.address), ksqlite.WithEphemeral())
		execute(t, engine, stream(topic))
		execute(t, engine, fmt.Sprintf("CREATE TABLE t (k STRING PRIMARY KEY, n INT) WITH (kafka_topic='%s', value_format='JSON');", topic))

		ofStream := start(t, engine, "SELECT n FROM s EMIT CHANGES;")
		ofTable := start(t, engine, "SELECT k, n FROM t EMIT CHANGES;")
		c.produce(t, record("b", "2"))
		expect(t, next(t, ofStream, 1), "2")
		expect(t, next(t, ofTable, 2), "a 1", "b 2")
		// A pull query reads what there is.
		expect(t, rest(t, start(t, engine, "SELECT n FROM s;")), "1", "2")
	})
}

func TestNewPartitionsAreRead(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 1, nil)
		engine := c.open(t, ksqlite.WithKafkaProperties(map[string]string{"metadata.max.age.ms": "100"}))
		execute(t, engine, stream(topic))
		rows := start(t, engine, "SELECT rowpartition, n FROM s EMIT CHANGES;")
		c.produce(t, number(topic, 0, 1))
		expect(t, next(t, rows, 1), "0 1")

		answers, err := c.admin.UpdatePartitions(t.Context(), 3, topic)
		if err := errors.Join(err, answers.Error()); err != nil {
			t.Fatal(err)
		}
		// A client that has not learned of the topic before.
		later := newCluster(t, c.address)
		later.produce(t, number(topic, 2, 2), number(topic, 2, 3))
		expect(t, next(t, rows, 2), "2 2", "2 3")
		later.produce(t, number(topic, 1, 4), number(topic, 1, 5))
		expect(t, next(t, rows, 2), "1 4", "1 5")
	})
}

func TestDeletedTopicEndsTheQuery(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 2, nil)
		c.produce(t, number(topic, 1, 1))
		engine := c.open(t, ksqlite.WithKafkaProperties(map[string]string{"metadata.max.age.ms": "100"}))
		execute(t, engine, stream(topic))
		rows := start(t, engine, "SELECT n FROM s EMIT CHANGES;")
		expect(t, next(t, rows, 1), "1")

		c.deleteTopics(t, topic)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if rows.Next(ctx) {
			t.Errorf("a row came: %s", rowText(rows.Row()))
		}
		err := rows.Err()
		if !errors.Is(err, ksqlite.ErrTopicDeleted) || !strings.Contains(err.Error(), topic) {
			t.Errorf("the query ended with %v, want %v with the topic's name", err, ksqlite.ErrTopicDeleted)
		}
	})
}

func TestTopicMadeAgainEndsTheQuery(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 1, nil)
		c.produce(t, number(topic, 0, 1), number(topic, 0, 2))
		engine := c.open(t)
		execute(t, engine, stream(topic))
		rows := start(t, engine, "SELECT n FROM s EMIT CHANGES;")
		expect(t, next(t, rows, 2), "1", "2")

		// The offsets that the query knows mean other records now.
		c.deleteTopics(t, topic)
		again := newCluster(t, c.address)
		again.awaitGone(t, topic)
		again.createTopic(t, topic, 1, nil)
		for n := range 5 {
			again.produce(t, number(topic, 0, 10+n))
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if rows.Next(ctx) || !errors.Is(rows.Err(), ksqlite.ErrTopicDeleted) {
			t.Errorf("the query went on or ended with %v", errors.Join(rows.Err(), ctx.Err()))
		}
		// A new query reads the new topic, in the same engine.
		expect(t, next(t, start(t, engine, "SELECT n FROM s EMIT CHANGES;"), 5), "10", "11", "12", "13", "14")
		execute(t, engine, "INSERT INTO s VALUES (15);")
		expect(t, rest(t, start(t, engine, "SELECT n FROM s WHERE n > 13;")), "14", "15")
	})
}

func TestTransactionsArriveWhenCommitted(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 1, nil)
		engine := c.open(t)
		execute(t, engine, stream(topic))
		rows := start(t, engine, "SELECT n FROM s EMIT CHANGES;")

		producer := c.connect(t, kgo.TransactionalID(topic))
		n := 0
		for _, end := range []kgo.TransactionEndTry{kgo.TryAbort, kgo.TryCommit, kgo.TryAbort} {
			if err := producer.BeginTransaction(); err != nil {
				t.Fatal(err)
			}
			if err := producer.ProduceSync(t.Context(), number(topic, 0, n), number(topic, 0, n+1)).FirstErr(); err != nil {
				t.Fatal(err)
			}
			c.produce(t, number(topic, 0, n+2)) // behind it and in no transaction
			if err := producer.EndTransaction(t.Context(), end); err != nil {
				t.Fatal(err)
			}
			n += 3
		}
		expect(t, next(t, rows, 5), "2", "3", "4", "5", "8")
	})
}

// stoppable is a cluster that a test may stop.
type stoppable struct {
	address     string
	stop, start func(t *testing.T)
}

func TestBrokerIsStoppedAndStartedEmbedded(t *testing.T) {
	t.Parallel()
	surviveRestart(t, stoppableEmbedded(t))
}

// stoppableEmbedded is an embedded broker that comes back with its topics and at
// the address it had.
func stoppableEmbedded(t *testing.T) stoppable {
	t.Helper()
	o := embedded.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"}
	b := startEmbedded(t, o)
	o.Listen = b.Address()
	return stoppable{
		address: o.Listen,
		stop: func(t *testing.T) {
			t.Helper()
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
		},
		start: func(t *testing.T) {
			t.Helper()
			b = startEmbedded(t, o)
		},
	}
}

// restarts is how often surviveRestart stops the cluster, and roundSize how many
// records it writes before each stop and after the last.
const (
	restarts  = 2
	roundSize = 100
)

// surviveRestart holds that a query loses and doubles nothing when its cluster
// goes away under it, and waits meanwhile.
func surviveRestart(t *testing.T, s stoppable) {
	t.Helper()
	c := newCluster(t, s.address)
	topic := "restarts"
	c.createTopic(t, topic, 2, nil)
	engine := c.open(t, ksqlite.WithKafkaProperties(map[string]string{"default.api.timeout.ms": "500"}))
	execute(t, engine, stream(topic))
	seen := readAside(t, start(t, engine, fmt.Sprintf("SELECT n FROM s EMIT CHANGES LIMIT %d;", (restarts+1)*roundSize)))

	expected := inOrder{0, 1}
	for round := range restarts + 1 {
		if round > 0 {
			s.stop(t)
			// Statements do not wait as the query does.
			if _, err := engine.Exec(t.Context(), "SHOW TOPICS;"); !errors.Is(err, ksqlite.ErrUnreachable) || !strings.Contains(err.Error(), s.address) {
				t.Errorf("while the cluster is away: %v", err)
			}
			s.start(t)
		}
		for n := range roundSize {
			c.produce(t, number(topic, int32(n%2), round*roundSize+n))
		}
		// A part of each round is read before the stop, the rest after it.
		for range roundSize / 2 {
			expected.check(t, seen)
		}
	}
	for range (restarts + 1) * roundSize / 2 {
		expected.check(t, seen)
	}
	if n, open := <-seen; open {
		t.Errorf("after all records came another: %d", n)
	}
}

// readAside reads the only column of a query in a goroutine of its own, which
// ends with the query.
func readAside(t *testing.T, rows *ksqlite.Rows) <-chan int {
	t.Helper()
	seen := make(chan int, (restarts+1)*roundSize)
	go func() {
		defer close(seen)
		for row := range rows.All(t.Context()) {
			var n int
			if err := row.Scan(&n); err != nil {
				t.Error(err)
			}
			seen <- n
		}
		if err := rows.Err(); err != nil {
			t.Error(err)
		}
	}()
	return seen
}

// inOrder is the next number of each of two partitions: one has the even ones,
// the other the odd ones.
type inOrder [2]int

// check takes the next number.
func (o *inOrder) check(t *testing.T, seen <-chan int) {
	t.Helper()
	select {
	case n, open := <-seen:
		if !open || n != o[n%2] {
			t.Fatalf("got %d (of a running query: %v), want one of %v", n, open, *o)
		}
		o[n%2] += 2
	case <-time.After(patience):
		t.Fatalf("nothing came, want one of %v", *o)
	}
}
