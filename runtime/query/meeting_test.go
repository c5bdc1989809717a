package query_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// What was on the broker before a join begins is joined in the order of its times: each
// record of the stream finds the row that the table had then, although the table's
// records were written last.
func TestJoinsGoByTime(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		partitions int32
		with       string
		at         func(time int) int // the time of a message
	}{
		"messages":   {partitions: 1, at: func(time int) int { return time }},
		"partitions": {partitions: 4, at: func(time int) int { return time }},
		"columns":    {partitions: 4, with: ", timestamp='born'", at: func(time int) int { return 1_000_000 - time }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.partitions = test.partitions
			for _, ddl := range []string{
				"CREATE STREAM s (k STRING KEY, born BIGINT, pad STRING) WITH (kafka_topic='s', value_format='JSON'" + test.with + ");",
				"CREATE TABLE t (k STRING PRIMARY KEY, born BIGINT) WITH (kafka_topic='t', value_format='JSON'" + test.with + ");",
			} {
				if fault := w.ddl(ddl); fault != "" {
					t.Fatal(fault)
				}
			}
			const records, version = 20_000, 500
			pad := strings.Repeat("x", 400) // so that more waits than is meant to
			var left, right strings.Builder
			for n := range records {
				fmt.Fprintf(&left, "@%d k%d {\"born\":%d,\"pad\":%q}\n", test.at(2*n+1), n%5, 2*n+1, pad)
				if n%version == 0 {
					for k := range 5 {
						fmt.Fprintf(&right, "@%d k%d {\"born\":%d}\n", test.at(2*n), k, 2*n)
					}
				}
			}
			p := persist(t, w, "CREATE STREAM o AS SELECT s.k, s.born AS asked, t.born AS found FROM s JOIN t ON s.k = t.k;")
			w.push("s", left.String())
			w.push("t", right.String())
			start(t, w, p, true)
			for _, m := range collect(t, w, "O", records) {
				var row struct{ Asked, Found int }
				if err := json.Unmarshal(m.Value, &row); err != nil {
					t.Fatal(err)
				}
				if want := row.Asked / (2 * version) * (2 * version); row.Found != want {
					t.Fatalf("%s: the version of then was %d", m.Value, want)
				}
			}
		})
	}
}

// Records that are joined by another key than that of their partitions come together in
// the order of their times: none of them is late.
func TestRekeyedRecordsGoByTime(t *testing.T) {
	t.Parallel()
	for name, around := range map[string]func(broker.Cluster) broker.Cluster{
		"as they come":         func(c broker.Cluster) broker.Cluster { return c },
		"one side by one half": func(c broker.Cluster) broker.Cluster { return halving{c} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.partitions = 4
			if fault := w.ddl("CREATE STREAM s (k STRING KEY, g INT) WITH (kafka_topic='s', value_format='JSON');"); fault != "" {
				t.Fatal(fault)
			}
			const records = 4_000
			var lines strings.Builder
			for n := range records {
				fmt.Fprintf(&lines, "@%d k%d {\"g\":1}\n", 10*n, n%7)
			}
			w.push("s", lines.String())
			p := persist(t, w, "CREATE STREAM o AS SELECT x.g, x.k AS a, y.k AS b FROM s x JOIN s y WITHIN 5 MILLISECONDS GRACE PERIOD 5 MILLISECONDS ON x.g = y.g;")
			w.cluster = around(w.cluster)
			start(t, w, p, true)
			collect(t, w, "O", records) // each with itself
		})
	}
}

// Both sides of a re-keyed join are committed up to the same time, though one of the topics is
// fetched only after a commit, and one of them would not have to be sent on.
func TestRekeyedTopicsGoByTime(t *testing.T) {
	t.Parallel()
	const within = " WITHIN 5 MILLISECONDS GRACE PERIOD 5 MILLISECONDS ON "
	for _, from := range []string{
		"l JOIN r" + within + "l.g = r.g", "l JOIN r" + within + "l.g = r.k", "l JOIN r" + within + "l.k = r.g",
		"l JOIN r" + within + "l.g = r.g JOIN x" + within + "r.k = x.g", "l JOIN r" + within + "l.g = r.g JOIN x" + within + "r.k = x.k",
	} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.partitions = 2
			const records = 500
			for _, name := range []string{"l", "r", "x"} {
				w.declare("STREAM", name)
				var lines strings.Builder
				for n := range records {
					fmt.Fprintf(&lines, "@%d k {\"g\":\"k\"}\n", 10*n)
				}
				w.push(name, lines.String())
			}
			p := persist(t, w, "CREATE STREAM o AS SELECT l.g AS a, l.k AS b, r.g AS c, r.k AS d FROM "+from+";")
			w.cluster = apart{w.cluster}
			start(t, w, p, true)
			collect(t, w, "O", records)
		})
	}
}

// declare declares a source with a key and another column, over a topic of its name.
func (w *world) declare(kind, name string) {
	w.t.Helper()
	key := "KEY"
	if kind == "TABLE" {
		key = "PRIMARY KEY"
	}
	if fault := w.ddl(fmt.Sprintf("CREATE %s %s (k STRING %s, g STRING) WITH (kafka_topic='%[2]s', value_format='JSON');", kind, name, key)); fault != "" {
		w.t.Fatal(fault)
	}
}

// A stream that is joined by another key finds the rows of a table that are there at the time
// of its records, although those are sent on and the table's need not be.
func TestRekeyedStreamsFindRowsByTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.partitions = 2
	w.declare("STREAM", "s")
	w.declare("TABLE", "t")
	const records = 500
	var stream, table strings.Builder
	for n := range records {
		fmt.Fprintf(&table, "@%d k {\"g\":\"%d\"}\n", 10*n, n)
		fmt.Fprintf(&stream, "@%d %d {\"g\":\"k\"}\n", 10*n+5, n)
	}
	w.push("s", stream.String())
	w.push("t", table.String())
	p := persist(t, w, "CREATE STREAM o AS SELECT s.g, s.k AS asked, t.g AS found FROM s JOIN t ON s.g = t.k;")
	w.cluster = apart{w.cluster}
	start(t, w, p, true)
	for _, m := range collect(t, w, "O", records) {
		var row struct{ Asked, Found string }
		if err := json.Unmarshal(m.Value, &row); err != nil {
			t.Fatal(err)
		}
		if row.Asked != row.Found {
			t.Fatalf("%s: found another version", m.Value)
		}
	}
}

// apart is a cluster on which the topic r is fetched after a commit of what has come before it.
type apart struct{ broker.Cluster }

func (c apart) OpenGroup(ctx context.Context, o broker.GroupOptions) (broker.GroupReader, error) {
	g, err := c.Cluster.OpenGroup(ctx, o)
	return &apartGroup{GroupReader: g}, err
}

type apartGroup struct {
	broker.GroupReader
	kept  []broker.Fetch // of r
	polls int
}

func (g *apartGroup) Poll(ctx context.Context) ([]broker.Fetch, error) {
	if g.polls++; g.polls == 10 {
		kept := g.kept
		g.kept = nil
		return kept, nil
	}
	fetches, err := g.GroupReader.Poll(ctx)
	if g.polls > 10 {
		return fetches, err
	}
	var others []broker.Fetch
	for _, f := range fetches {
		if f.Topic == "r" {
			g.kept = append(g.kept, f)
		} else {
			others = append(others, f)
		}
	}
	return others, err
}

func (*apartGroup) Recycle([]broker.Message) {} // some are kept

// halving is a cluster on which what is fetched of all internal topics but one comes in two
// halves, the first of which does not tell of the second.
type halving struct{ broker.Cluster }

func (c halving) OpenGroup(ctx context.Context, o broker.GroupOptions) (broker.GroupReader, error) {
	g, err := c.Cluster.OpenGroup(ctx, o)
	return &halvingGroup{GroupReader: g}, err
}

type halvingGroup struct {
	broker.GroupReader
	whole string // the topic that comes in one
	halfs []broker.Fetch
}

func (g *halvingGroup) Poll(ctx context.Context) (fetches []broker.Fetch, err error) {
	if len(g.halfs) > 0 {
		fetches, g.halfs = g.halfs, nil
		return fetches, nil
	}
	fetches, err = g.GroupReader.Poll(ctx)
	for i, f := range fetches {
		if g.whole == "" && strings.HasSuffix(f.Topic, "-repartition") {
			g.whole = f.Topic
		}
		if half := len(f.Messages) / 2; f.Topic != g.whole && strings.HasSuffix(f.Topic, "-repartition") && half > 0 {
			first := f
			first.Messages, first.Next = f.Messages[:half], f.Messages[half].Offset
			first.End = first.Next
			f.Messages = f.Messages[half:]
			fetches[i], g.halfs = first, append(g.halfs, f)
		}
	}
	return fetches, err
}

func (*halvingGroup) Recycle([]broker.Message) {} // the other half is not read yet

// collect reads the first n committed records of a topic.
func collect(t *testing.T, w *world, topic string, n int) (messages []broker.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	reader, err := w.cluster.OpenReader(ctx, broker.ReadOptions{Topic: topic, Default: broker.Earliest, Isolation: broker.ReadCommitted})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for len(messages) < n {
		fetches, err := reader.Poll(ctx)
		if err != nil {
			t.Fatalf("%d of %d records: %v", len(messages), n, err)
		}
		for _, f := range fetches {
			messages = append(messages, f.Messages...)
		}
	}
	return messages
}
