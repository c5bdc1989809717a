package query_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// persist plans a CREATE STREAM … AS over the world's catalog, and makes its topic.
func persist(t *testing.T, w *world, text string) *plan.Persistent {
	t.Helper()
	statements, err := parser.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.planner.CreateAs(statements[0].Statement.(*ast.CreateSourceAs))
	if err != nil {
		t.Fatal(err)
	}
	w.planner.Catalog = w.planner.Catalog.WithSource(p.Root.Into)
	if err := w.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: p.Root.Into.Topic, Partitions: 2}); err != nil {
		t.Fatal(err)
	}
	return p
}

func start(t *testing.T, w *world, p *plan.Persistent, exactlyOnce bool) *query.Persistent {
	t.Helper()
	runtime := w.runtime
	runtime.Formats = serde.New()
	q, err := query.StartPersistent(runtime, p, query.PersistentOptions{
		Options: query.Options{ID: "CSAS_O_0"}, Cluster: w.cluster, Group: "group_CSAS_O_0", Default: broker.Earliest,
		CommitInterval: 20 * time.Millisecond, ExactlyOnce: exactlyOnce,
		RetryInitial: 10 * time.Millisecond, RetryMax: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Stop)
	return q
}

// pushed gives the records {"n":from} to {"n":to-1} in the notation of push.
func pushed(from, to int) string {
	var b strings.Builder
	for n := from; n < to; n++ {
		fmt.Fprintf(&b, "@%d k%d {\"n\":%d}\n", n, n%7, n)
	}
	return b.String()
}

// await reads the committed records of a topic until there are n, and checks that there are no more.
func await(t *testing.T, w *world, topic string, n int) {
	t.Helper()
	seen := map[string]int{}
	for _, m := range collect(t, w, topic, n) {
		seen[string(m.Value)]++
	}
	for value, times := range seen {
		if times > 1 {
			t.Errorf("%s was written %d times", value, times)
		}
	}
}

// A query does not wait for its first commit to begin.
func TestPersistentBeginsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	p := persist(t, w, "CREATE STREAM o AS SELECT k, n FROM s;")
	w.push("s", pushed(0, 100))
	runtime := w.runtime
	runtime.Formats = serde.New()
	q, err := query.StartPersistent(runtime, p, query.PersistentOptions{
		Cluster: w.cluster, Group: "group_CSAS_O_0", Default: broker.Earliest, CommitInterval: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Stop)
	await(t, w, "O", 100)
}

func TestPersistentGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	for _, exactlyOnce := range []bool{false, true} {
		t.Run(fmt.Sprintf("exactly once %t", exactlyOnce), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
			p := persist(t, w, "CREATE STREAM o AS SELECT k, n FROM s WHERE n % 2 = 0;")
			w.push("s", pushed(0, 100))
			q := start(t, w, p, exactlyOnce)
			await(t, w, "O", 50)
			q.Stop()
			w.push("s", pushed(100, 200))
			q = start(t, w, p, exactlyOnce)
			await(t, w, "O", 100)
			if s := q.Status(); s.State != query.StateRunning || s.Read != 100 || s.Written != 50 {
				t.Errorf("status %+v", s)
			}
		})
	}
}

// A query that is stopped while it works writes nothing twice.
func TestPersistentIsStoppedAtWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	p := persist(t, w, "CREATE STREAM o AS SELECT k, n FROM s;")
	const n = 20_000
	w.push("s", pushed(0, n))
	for round := int64(1); committed(t, w) < n; round++ {
		q := start(t, w, p, true)
		waitFor(t, func() bool { return q.Status().Written > 700*round || committed(t, w) == n })
		q.Stop()
	}
	await(t, w, "O", n)
}

// committed returns how far the query's group has read.
func committed(t *testing.T, w *world) (read int64) {
	t.Helper()
	groups, err := w.cluster.Groups(t.Context(), "group_CSAS_O_0")
	if err != nil {
		return 0
	}
	for _, p := range groups[0].Partitions {
		read += max(p.Committed, 0)
	}
	return read
}

func TestPersistentPauses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	p := persist(t, w, "CREATE STREAM o AS SELECT k, n FROM s;")
	w.push("s", pushed(0, 10))
	q := start(t, w, p, false)
	await(t, w, "O", 10)
	q.Pause()
	if s := q.Status(); s.State != query.StatePaused {
		t.Errorf("state %d after Pause", s.State)
	}
	q.Resume()
	w.push("s", pushed(10, 20))
	await(t, w, "O", 20)
}

// A result that cannot be written fails the query, which tries again.
func TestPersistentTriesAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	p := persist(t, w, "CREATE STREAM o AS SELECT k, n FROM s;")
	if err := w.cluster.DeleteTopic(t.Context(), "O"); err != nil {
		t.Fatal(err)
	}
	w.push("s", pushed(0, 10))
	q := start(t, w, p, false)
	waitFor(t, func() bool { return q.Status().State == query.StateError })
	if err := q.Status().Err; !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("failed with %v", err)
	}
	if err := w.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "O", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	await(t, w, "O", 10)
}

// full is a cluster that takes no more results.
type full struct{ broker.Cluster }

var errFull = errors.New("no space left")

func (f full) OpenProducer(ctx context.Context, options broker.ProducerOptions) (broker.Producer, error) {
	p, err := f.Cluster.OpenProducer(ctx, options)
	return fullProducer{p}, err
}

type fullProducer struct{ broker.Producer }

func (fullProducer) Flush(context.Context) error { return errFull }

// What cannot be committed when the query is stopped is told, though nobody will ask for its
// status any more.
func TestPersistentTellsOfTheLastCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	p := persist(t, w, "CREATE STREAM o AS SELECT k, n FROM s;")
	w.push("s", pushed(0, 10))
	runtime := w.runtime
	runtime.Formats = serde.New()
	var failed []error
	q, err := query.StartPersistent(runtime, p, query.PersistentOptions{
		Options: query.Options{ID: "CSAS_O_0"}, Cluster: full{w.cluster}, Group: "group_CSAS_O_0", Default: broker.Earliest,
		CommitInterval: time.Hour, RetryInitial: time.Hour, RetryMax: time.Hour,
		Failed: func(err error) { failed = append(failed, err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return q.Status().Read == 10 })
	q.Stop()
	if len(failed) != 1 || !errors.Is(failed[0], errFull) {
		t.Errorf("told of %v", failed)
	}
	if len(w.events) != 1 || !errors.Is(w.events[0].Err, errFull) {
		t.Errorf("logged %v", w.events)
	}
}

// waitFor waits until a condition holds, which something else brings about.
func waitFor(t *testing.T, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	timeout := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatal(io.ErrNoProgress)
		}
	}
}
