package kafka_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file holds the results of persistent queries that remember something against
// a computation that is plain to see.

// event is a record {"n":…} by a key.
type event struct {
	key  string
	n    int32
	time int64
}

// events makes records of few keys, whose times go up and down a little. They lie not
// far back: a Kafka deletes what is older than the retention of a windowed table.
func events(random *rand.Rand, n int) []event {
	list := make([]event, n)
	begin := time.Now().Add(-time.Hour).Truncate(time.Hour).UnixMilli()
	for i := range list {
		list[i] = event{
			key: fmt.Sprintf("key-%d", random.IntN(7)), n: int32(random.IntN(5)), //nolint:gosec // small
			time: begin + int64(i*100+random.IntN(2000)),
		}
	}
	return list
}

// record is the event in a topic of that many partitions.
func (e event) record(topic string, partitions int32) *kgo.Record {
	return &kgo.Record{
		Topic: topic, Partition: broker.PartitionOf([]byte(e.key), partitions), Timestamp: time.UnixMilli(e.time),
		Key: []byte(e.key), Value: fmt.Appendf(nil, `{"N":%d}`, e.n),
	}
}

// tally is what a row counts.
type tally struct{ count, sum int64 }

// table is rows by their keys as they lie in a topic, each as its value.
type table map[string]string

func (t table) set(key string, c tally) { t[key] = fmt.Sprintf(`{"C":%d,"T":%d}`, c.count, c.sum) }

// numberKey is a number as a key.
func numberKey(n int32) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }

// windowKey is a key of a tumbling or hopping window.
func windowKey(key string, start int64) string {
	return string(binary.BigEndian.AppendUint64([]byte(key), uint64(start)))
}

// sessionKey is a key of a session.
func sessionKey(key string, start, end int64) string {
	return string(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64([]byte(key), uint64(end)), uint64(start)))
}

// byKey counts events under the keys that each belongs to.
func byKey(list []event, keys func(event) []string) table {
	counts := map[string]tally{}
	for _, e := range list {
		for _, key := range keys(e) {
			counts[key] = tally{counts[key].count + 1, counts[key].sum + int64(e.n)}
		}
	}
	rows := table{}
	for key, c := range counts {
		rows.set(key, c)
	}
	return rows
}

// sessions counts events in sessions: sorted by time, a new one begins after the gap.
func sessions(list []event, gap int64) table {
	groups := map[string][]event{}
	for _, e := range list {
		groups[e.key] = append(groups[e.key], e)
	}
	rows := table{}
	for key, group := range groups {
		slices.SortFunc(group, func(a, b event) int { return int(a.time - b.time) })
		for len(group) > 0 {
			n := 1
			for n < len(group) && group[n].time-group[n-1].time <= gap {
				n++
			}
			c := tally{count: int64(n)}
			for _, e := range group[:n] {
				c.sum += int64(e.n)
			}
			rows.set(sessionKey(key, group[0].time, group[n-1].time), c)
			group = group[n:]
		}
	}
	return rows
}

// aggregation is a query and what it has to give.
type aggregation struct {
	name, query string
	want        func([]event) table
}

func aggregations() []aggregation {
	const columns = "COUNT(*) AS c, SUM(n) AS t FROM s"
	return []aggregation{
		{"BY_KEY", "SELECT k, " + columns + " GROUP BY k", func(list []event) table {
			return byKey(list, func(e event) []string { return []string{e.key} })
		}},
		{"BY_NUMBER", "SELECT n, " + columns + " GROUP BY n", func(list []event) table {
			return byKey(list, func(e event) []string { return []string{numberKey(e.n)} })
		}},
		{"HAVING_FEW", "SELECT k, " + columns + " GROUP BY k HAVING COUNT(*) < 30", func(list []event) table {
			rows := byKey(list, func(e event) []string { return []string{e.key} })
			maps.DeleteFunc(rows, func(_, value string) bool {
				var c tally
				_, _ = fmt.Sscanf(value, `{"C":%d,"T":%d}`, &c.count, &c.sum)
				return c.count >= 30
			})
			return rows
		}},
		{"TUMBLED", "SELECT k, COUNT(*) AS c, SUM(n) AS t FROM s WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY k", func(list []event) table {
			return byKey(list, func(e event) []string { return []string{windowKey(e.key, e.time/1000*1000)} })
		}},
		{"HOPPED", "SELECT k, COUNT(*) AS c, SUM(n) AS t FROM s WINDOW HOPPING (SIZE 3 SECONDS, ADVANCE BY 1 SECOND) GROUP BY k", func(list []event) table {
			return byKey(list, func(e event) []string {
				var keys []string
				for start := max(0, e.time/1000*1000-2000); start <= e.time; start += 1000 {
					keys = append(keys, windowKey(e.key, start))
				}
				return keys
			})
		}},
		{"SESSIONS", "SELECT k, COUNT(*) AS c, SUM(n) AS t FROM s WINDOW SESSION (500 MILLISECONDS) GROUP BY k", func(list []event) table {
			return sessions(list, 500)
		}},
		{"MET", "SELECT a.n AS n, COUNT(*) AS c, SUM(b.n) AS t FROM s a JOIN s b WITHIN 1 SECOND ON a.n = b.n GROUP BY a.n", func(list []event) table {
			return byKey(meetings(list, 1000), func(e event) []string { return []string{numberKey(e.n)} })
		}},
	}
}

// meetings are the events with each one that they meet: of the same number, and within a time.
func meetings(list []event, within int64) (met []event) {
	for _, a := range list {
		for _, b := range list {
			if a.n == b.n && max(a.time, b.time)-min(a.time, b.time) <= within {
				met = append(met, b)
			}
		}
	}
	return met
}

// awaitTable reads the committed records of a topic until they make a table.
func (c *cluster) awaitTable(t *testing.T, topic string, want table) {
	t.Helper()
	c.awaitRows(t, topic, want, func(want, got table) bool { return maps.Equal(want, got) })
}

// awaitRows reads the committed records of a topic until they make rows that will do.
func (c *cluster) awaitRows(t *testing.T, topic string, want table, do func(want, got table) bool) {
	t.Helper()
	client := c.connect(t, kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got := table{}
	for !do(want, got) {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if ctx.Err() != nil {
			t.Fatalf("table %s, - want + got\n%s", topic, cmp.Diff(want, got))
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if r.Value == nil {
				delete(got, string(r.Key))
				return
			}
			got[string(r.Key)] = string(r.Value)
		})
	}
}

func TestTablesAreTheSameOverOneAndOverFourPartitions(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		list := events(rand.New(rand.NewPCG(1, 2)), 400)
		for _, partitions := range []int32{1, 4} {
			t.Run(fmt.Sprintf("%d partitions", partitions), func(t *testing.T) {
				topic := c.topic(t, partitions, nil)
				engine := c.open(t, ksqlite.WithProperties(map[string]string{
					"auto.offset.reset": "earliest", "commit.interval.ms": "50",
				}))
				execute(t, engine, fmt.Sprintf("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='%s', value_format='JSON');", topic))
				for _, a := range aggregations() {
					execute(t, engine, fmt.Sprintf("CREATE TABLE %s WITH (kafka_topic='%s.%[1]s') AS %[3]s;", a.name, topic, a.query))
				}
				for _, e := range list {
					c.produce(t, e.record(topic, partitions))
				}
				for _, a := range aggregations() {
					c.awaitTable(t, topic+"."+a.name, a.want(list))
					execute(t, engine, fmt.Sprintf("DROP TABLE %s DELETE TOPIC;", a.name))
				}
			})
		}
	})
}
