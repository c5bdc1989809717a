package query_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// counting is a world with a query that counts the records of each key.
type counting struct {
	*world
	plan    *plan.Persistent
	dir     string // of the snapshots, or ""
	cache   int64
	unsaved error // what was told of snapshots; read once the query is stopped
}

const (
	countGroup     = "group_CTAS_O_0"
	countChangelog = countGroup + "-Aggregate-Aggregate-Materialize-changelog"
)

func newCounting(t *testing.T, dir string) *counting {
	t.Helper()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	return &counting{world: w, plan: persist(t, w, "CREATE TABLE o AS SELECT k, COUNT(*) AS c FROM s GROUP BY k;"), dir: dir}
}

func (c *counting) start(t *testing.T) *query.Persistent {
	t.Helper()
	runtime := c.runtime
	runtime.Formats = serde.New()
	q, err := query.StartPersistent(runtime, c.plan, query.PersistentOptions{
		Options: query.Options{ID: "CTAS_O_0"}, Cluster: c.cluster, Group: countGroup, Default: broker.Earliest,
		CommitInterval: 20 * time.Millisecond, ExactlyOnce: true, StateDir: c.dir, CacheBytes: c.cache,
		Unsaved:      func(err error) { c.unsaved = err },
		RetryInitial: 10 * time.Millisecond, RetryMax: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Stop)
	return q
}

// count runs the query until it has counted one more record.
func (c *counting) count(t *testing.T, n int) {
	t.Helper()
	q := c.start(t)
	c.push("s", "@0 a {\"n\":1}\n")
	await(t, c.world, "O", n)
	q.Stop()
}

// cut deletes the beginning of the changelog.
func (c *counting) cut(t *testing.T) {
	t.Helper()
	ends, err := c.cluster.Offsets(t.Context(), countChangelog, broker.EndOffset())
	if err != nil {
		t.Fatal(err)
	}
	var before []broker.Position
	for p, end := range ends {
		before = append(before, broker.Position{TopicPartition: broker.TopicPartition{Topic: countChangelog, Partition: int32(p)}, Offset: end})
	}
	if err := c.cluster.DeleteRecords(t.Context(), before); err != nil {
		t.Fatal(err)
	}
}

// snapshots returns the files of the snapshots.
func (c *counting) snapshots(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.dir, countGroup, "*.snapshot"))
	if err != nil || len(files) == 0 {
		t.Fatalf("snapshots %v, %v", files, err)
	}
	return files
}

// With a cache the changes between two commits are one for each key.
func TestCachesMergeChanges(t *testing.T) {
	t.Parallel()
	c := newCounting(t, "")
	c.cache = 1 << 20
	const records = 5_000
	c.push("s", strings.Repeat("@0 a {\"n\":1}\n@0 b {\"n\":1}\n", records))
	c.start(t)
	last := map[string]string{}
	written := 0
	for want := fmt.Sprintf(`{"C":%d}`, records); last["a"] != want || last["b"] != want; {
		written++
		messages := collect(t, c.world, "O", written)
		written = len(messages)
		for _, m := range messages {
			last[string(m.Key)] = string(m.Value)
		}
	}
	if written > records {
		t.Errorf("%d changes were written for 2 keys", written)
	}
}

func TestStateComesFromTheChangelog(t *testing.T) {
	t.Parallel()
	c := newCounting(t, "")
	for n := range 3 {
		c.count(t, n+1)
	}
}

// The order of sessions by time, in which they are forgotten, is in no changelog, and is there after a
// restart: the session of before is forgotten then.
func TestOrderByTimeIsMadeAnew(t *testing.T) {
	t.Parallel()
	c := newCounting(t, "")
	c.plan = persist(t, c.world, "CREATE TABLE w AS SELECT k, COUNT(*) AS c FROM s WINDOW SESSION (1 SECOND, RETENTION 2 SECONDS, GRACE PERIOD 1 SECOND) GROUP BY k;")
	for n, at := range []int{0, 100_000} {
		q := c.start(t)
		c.push("s", fmt.Sprintf("@%d a {\"n\":1}\n", at))
		collect(t, c.world, "W", n+1)
		q.Stop()
	}
	left := map[string]bool{}
	for _, m := range collect(t, c.world, countChangelog, 5) { // a session and the clock, twice, and a deletion
		if left[string(m.Key)] = true; m.Value == nil {
			delete(left, string(m.Key))
		}
		if m.Key[0] > 1 {
			t.Errorf("%q is in the changelog", m.Key)
		}
	}
	if len(left) != 2 {
		t.Errorf("left are %v", left)
	}
}

// A snapshot makes good for what the changelog has no longer.
func TestStateComesFromSnapshots(t *testing.T) {
	t.Parallel()
	c := newCounting(t, t.TempDir())
	c.count(t, 1)
	c.snapshots(t)
	c.cut(t)
	c.count(t, 2)
	c.count(t, 3)
}

// Where none can be made, the query goes on and somebody is told.
func TestSnapshotsThatCannotBeMade(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := newCounting(t, file)
	c.count(t, 1)
	if c.unsaved == nil {
		t.Error("nobody was told")
	}
	c.count(t, 2)
}

// One that is damaged, or lost, does not: there has to be a changelog.
func TestDamagedSnapshotsAreNotUsed(t *testing.T) {
	t.Parallel()
	c := newCounting(t, t.TempDir())
	c.count(t, 1)
	for _, file := range c.snapshots(t) {
		if err := os.WriteFile(file, []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.count(t, 2)
	if err := query.RemoveSnapshots(c.dir, countGroup); err != nil {
		t.Fatal(err)
	}
	c.count(t, 3)
}

func TestTruncatedChangelogIsAnError(t *testing.T) {
	t.Parallel()
	c := newCounting(t, "")
	c.count(t, 1)
	c.cut(t)
	q := c.start(t)
	waitFor(t, func() bool { return q.Status().State == query.StateError })
	if err := q.Status().Err; !errors.Is(err, query.ErrState) || !strings.Contains(err.Error(), countChangelog+" is truncated") {
		t.Errorf("failed with %v", err)
	}
}

// What went through a repartition is deleted but for the last record, and the query
// goes on behind it.
func TestRepartitionedRecordsAreDeleted(t *testing.T) {
	t.Parallel()
	c := newCounting(t, "")
	c.plan = persist(t, c.world, "CREATE TABLE p AS SELECT n, COUNT(*) AS c FROM s GROUP BY n;")
	q := c.start(t)
	c.push("s", strings.Repeat("@0 a {\"n\":1}\n", 10))
	await(t, c.world, "P", 10)
	waitFor(t, func() bool {
		starts, err := c.cluster.Offsets(t.Context(), countGroup+"-Aggregate-GroupBy-repartition", broker.EarliestOffset())
		return err == nil && slices.Max(starts) > 0
	})
	q.Stop()
	c.start(t)
	c.push("s", "@0 a {\"n\":1}\n")
	await(t, c.world, "P", 11)
}

// A query that fails forgets what it has not committed, and counts nothing twice.
func TestStateIsUndoneAfterAFailure(t *testing.T) {
	t.Parallel()
	c := newCounting(t, "")
	c.count(t, 1)
	if err := c.cluster.DeleteTopic(t.Context(), "O"); err != nil {
		t.Fatal(err)
	}
	q := c.start(t)
	c.push("s", "@0 a {\"n\":1}\n")
	waitFor(t, func() bool { return q.Status().State == query.StateError })
	if err := c.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "O", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	await(t, c.world, "O", 1)
	c.push("s", "@0 a {\"n\":1}\n")
	ctx := t.Context()
	reader, err := c.cluster.OpenReader(ctx, broker.ReadOptions{Topic: "O", Isolation: broker.ReadCommitted})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for last := ""; last != `{"C":3}`; {
		fetches, err := reader.Poll(ctx)
		if err != nil {
			t.Fatalf("after %s: %v", last, err)
		}
		for _, f := range fetches {
			for _, m := range f.Messages {
				if last = string(m.Value); last != `{"C":2}` && last != `{"C":3}` {
					t.Fatalf("got %s", last)
				}
			}
		}
	}
}

// As in Kafka Streams, the windows of a key are in one partition.
func TestWindowsOfAKeyAreTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	p := persist(t, w, "CREATE TABLE o AS SELECT k, COUNT(*) AS c FROM s WINDOW TUMBLING (SIZE 1 MILLISECONDS) GROUP BY k;")
	const windows = 50
	var input strings.Builder
	for at := range windows {
		fmt.Fprintf(&input, "@%d a {\"n\":1}\n", at)
	}
	w.push("s", input.String())
	start(t, w, p, true)
	messages := collect(t, w, "O", windows)
	for _, m := range messages {
		if m.Partition != messages[0].Partition {
			t.Fatalf("windows of one key are in the partitions %d and %d", messages[0].Partition, m.Partition)
		}
	}
}

// What somebody else has written to a changelog ends the query with a word on that, wherever
// it is met.
func TestForeignRecordsInAChangelogAreAnError(t *testing.T) {
	t.Parallel()
	first := []byte("\x01\x03\x00\x01a\x80\x00\x00\x00\x00\x00\x00\x00\x80\x00\x00\x00\x00\x00\x00\x00") // the window of a at 0
	for name, foreign := range map[string]broker.Message{
		"the clock": {Key: []byte{0}, Value: []byte("x")},
		"a key":     {Key: []byte("x"), Value: []byte("y")},
		"no value":  {Key: first, Value: []byte{}},
		"a bad row": {Key: first, Value: []byte("12345678\x05")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCounting(t, "")
			c.plan = persist(t, c.world, "CREATE TABLE w AS SELECT k, COUNT(*) AS c FROM s WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY k;")
			q := c.start(t)
			c.push("s", "@0 b {\"n\":1}\n")
			await(t, c.world, "W", 1)
			q.Stop()
			if err := c.cluster.Produce(t.Context(), countChangelog, []broker.Message{foreign}); err != nil {
				t.Fatal(err)
			}
			q = c.start(t)
			c.push("s", "@0 a {\"n\":1}\n@99999999 a {\"n\":1}\n")
			waitFor(t, func() bool { return q.Status().State == query.StateError })
			if err := q.Status().Err; !errors.Is(err, query.ErrState) || !strings.Contains(err.Error(), "the changelogs are damaged") {
				t.Errorf("failed with %v", err)
			}
		})
	}
}
