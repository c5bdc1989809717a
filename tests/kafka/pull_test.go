package kafka_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
)

// Who writes and then asks finds what he has written, through all queries in between; and so does another process
// once it is committed.
func TestPullQueriesOverTables(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := topicName(t)
		engine := c.open(t)
		execute(t, engine, fmt.Sprintf(`CREATE STREAM s (k INT KEY, n INT) WITH (kafka_topic='%[1]s', partitions=3, value_format='JSON');
			CREATE STREAM d WITH (kafka_topic='%[1]s.d') AS SELECT k, n * 2 AS n FROM s;
			CREATE TABLE c WITH (kafka_topic='%[1]s.c') AS SELECT n, COUNT(*) AS c FROM d GROUP BY n;
			INSERT INTO s (k, n) VALUES (0, 0);`, topic))
		expect(t, next(t, start(t, engine, "SELECT * FROM c EMIT CHANGES;"), 1), "0 1") // all of them run
		for i := range 10 {
			execute(t, engine, fmt.Sprintf("INSERT INTO s (k, n) VALUES (%d, %d);", i, i%2))
			expect(t, rest(t, start(t, engine, fmt.Sprintf("SELECT c FROM c WHERE n = %d;", i%2*2))), strconv.Itoa(i/2+1+(i+1)%2))
		}
		other := c.open(t)
		execute(t, other, fmt.Sprintf("CREATE SOURCE TABLE c (n INT PRIMARY KEY, c BIGINT) WITH (kafka_topic='%s.c', value_format='JSON');", topic))
		rows := rest(t, start(t, other, "SELECT * FROM c;"))
		slices.Sort(rows)
		expect(t, rows, "0 6", "2 5")
		c.deleteTopics(t, topic, topic+".d", topic+".c")
	})
}
