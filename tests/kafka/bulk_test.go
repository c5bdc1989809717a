package kafka_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite"
)

// manyRecords is more than a reader fetches or decodes at once.
const manyRecords = 20_000

func TestManyRecordsOfFourPartitionsAreSeenOnce(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 4, nil)
		codecs := []kgo.CompressionCodec{kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
		for i, codec := range codecs {
			writeMany(t, c.connect(t, kgo.ProducerBatchCompression(codec)), topic, i*manyRecords/4, manyRecords/4)
		}
		engine := c.open(t)
		execute(t, engine, stream(topic))
		for _, sql := range []string{
			"SELECT n FROM s;",
			fmt.Sprintf("SELECT n FROM s EMIT CHANGES LIMIT %d;", manyRecords),
		} {
			seen := make([]int, manyRecords)
			rows := start(t, engine, sql)
			for row := range rows.All(t.Context()) {
				var n int
				if err := row.Scan(&n); err != nil {
					t.Fatal(err)
				}
				seen[n]++
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			if i := slices.IndexFunc(seen, func(times int) bool { return times != 1 }); i >= 0 {
				t.Errorf("%s: record %d was seen %d times", sql, i, seen[i])
			}
		}
	})
}

// writeMany writes n records to all four partitions in turn.
func writeMany(t *testing.T, client *kgo.Client, topic string, first, n int) {
	t.Helper()
	records := make([]*kgo.Record, n)
	for i := range records {
		records[i] = number(topic, int32(i%4), first+i)
	}
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// A record of a megabyte is as large as Kafka takes by default.
func TestRecordsOfAMegabyte(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 2, nil)
		engine := c.open(t)
		execute(t, engine, fmt.Sprintf("CREATE STREAM s (n INT, text STRING) WITH (kafka_topic='%s', value_format='JSON');", topic))
		text := strings.Repeat("ä", 500_000)
		for n := range 6 {
			c.produce(t, &kgo.Record{Topic: topic, Partition: int32(n % 2), Value: fmt.Appendf(nil, `{"n":%d,"text":"%s"}`, n, text)})
		}
		execute(t, engine, fmt.Sprintf("INSERT INTO s VALUES (6, '%s');", text))

		want := make([]string, 7)
		for n := range want {
			want[n] = fmt.Sprintf("%d 500000", n)
		}
		got := rest(t, start(t, engine, "SELECT n, LEN(text) FROM s;"))
		slices.Sort(got)
		expect(t, got, want...)
		got = next(t, start(t, engine, fmt.Sprintf("SELECT n, LEN(text) FROM s WHERE text = '%s' EMIT CHANGES;", text)), 7)
		slices.Sort(got)
		expect(t, got, want...)

		// One record is fetched even where it is larger than a fetch is to be.
		small := c.open(t, ksqlite.WithKafkaProperties(map[string]string{
			"fetch.max.bytes": "1024", "max.partition.fetch.bytes": "1024",
		}))
		execute(t, small, fmt.Sprintf("CREATE STREAM s (n INT, text STRING) WITH (kafka_topic='%s', value_format='JSON');", topic))
		got = rest(t, start(t, small, "SELECT n, LEN(text) FROM s;"))
		slices.Sort(got)
		expect(t, got, want...)

		if _, err := engine.Exec(t.Context(), fmt.Sprintf("INSERT INTO s VALUES (7, '%s');", text+text)); err == nil ||
			!strings.Contains(err.Error(), "larger than the server will accept") && !strings.Contains(err.Error(), "too large") {
			t.Errorf("a record of two megabytes: %v", err)
		}
	})
}
