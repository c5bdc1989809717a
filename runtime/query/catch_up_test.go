package query_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// seldom starts a query that commits by itself once an hour.
func seldom(t *testing.T, w *world, text string) *query.Persistent {
	t.Helper()
	runtime := w.runtime
	runtime.Formats = serde.New()
	q, err := query.StartPersistent(runtime, persist(t, w, text), query.PersistentOptions{
		Cluster: w.cluster, Group: "group_CSAS_O_0", Default: broker.Earliest, CommitInterval: time.Hour, ExactlyOnce: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Stop)
	return q
}

// committedIn is how many records of a topic are committed at this moment.
func committedIn(t *testing.T, w *world, topic string) (n int) {
	t.Helper()
	x, err := broker.ExtentOf(t.Context(), w.cluster, topic)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Read(t.Context(), w.cluster, func(f broker.Fetch) bool {
		n += len(f.Messages)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// What was written before is committed afterwards, behind a repartition too, whoever asks beside.
func TestCatchUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	w.push("s", pushed(0, 100))
	q := seldom(t, w, "CREATE STREAM o AS SELECT * FROM s PARTITION BY n;")
	for round := 1; round <= 5; round++ {
		var asking sync.WaitGroup
		for range 3 {
			asking.Go(func() {
				if err := q.CatchUp(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		asking.Wait()
		if n := committedIn(t, w, "O"); n != 100*round {
			t.Fatalf("round %d: %d records are committed", round, n)
		}
		w.push("s", pushed(100*round, 100*round+100))
	}
}

// Nobody waits for a query that does not run, or longer than he has time.
func TestCatchUpOfAQueryThatIsPaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	q := seldom(t, w, "CREATE STREAM o AS SELECT k, n FROM s;")
	q.Pause()
	w.push("s", pushed(0, 10))
	if err := q.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	q.Resume()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.CatchUp(ended); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	q.Stop()
}
