package kafka_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite"
)

// A push query begins where its group has committed, and commits how far its rows have been read.
func TestPushQueryGoesOnWhereItsGroupStands(t *testing.T) {
	t.Parallel()
	onEveryCluster(t, func(t *testing.T, c *cluster) {
		topic := c.topic(t, 1, nil)
		for n := range 10 {
			c.produce(t, number(topic, 0, n))
		}
		following := func(commit string, options ...ksqlite.Option) *ksqlite.Engine {
			engine := c.open(t, append(options, ksqlite.WithKafkaProperties(map[string]string{"group.id": topic, "enable.auto.commit": commit}))...)
			execute(t, engine, stream(topic))
			return engine
		}
		ask := func(engine *ksqlite.Engine, sql string, n int) []string {
			rows := start(t, engine, sql)
			defer rows.Close()
			return next(t, rows, n)
		}
		engine := following("true")
		expect(t, rest(t, start(t, engine, "SELECT n FROM s WHERE n > 1 EMIT CHANGES LIMIT 2;")), "2", "3")
		// Closed in the middle: what was read with a row that was not returned comes again.
		expect(t, ask(engine, "SELECT n FROM s EMIT CHANGES;", 1), "4")
		expect(t, ask(engine, "SELECT n FROM s EMIT CHANGES LIMIT 3;", 2), "4", "5")
		reading := following("false")
		for range 2 {
			expect(t, rest(t, start(t, reading, "SELECT n FROM s EMIT CHANGES LIMIT 2;")), "4", "5")
		}
		// Who may not write commits nothing, and is not told so each time.
		var log bytes.Buffer
		looking := following("true", ksqlite.WithReadOnly(), ksqlite.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		for range 2 {
			expect(t, rest(t, start(t, looking, "SELECT n FROM s EMIT CHANGES LIMIT 2;")), "4", "5")
		}
		if err := looking.Close(); err != nil || strings.Contains(log.String(), "not committed") {
			t.Errorf("%v, the log says %s", err, log.String())
		}
		// What remembers something sees all, and so does what ends by itself.
		expect(t, rest(t, start(t, reading, "SELECT COUNT(*) AS c FROM s EMIT CHANGES LIMIT 1;")), "1")
		expect(t, rest(t, start(t, reading, "SELECT n FROM s WHERE n < 2;")), "0", "1")
		// Read to the end, and then what comes.
		expect(t, rest(t, start(t, engine, "SELECT n FROM s WHERE n > 3 EMIT CHANGES LIMIT 6;")), "4", "5", "6", "7", "8", "9")
		c.produce(t, number(topic, 0, 10))
		expect(t, ask(engine, "SELECT n FROM s EMIT CHANGES;", 1), "10")
	})
}
