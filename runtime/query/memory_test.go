//go:build !race

package query_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// An hour of events, each of a group of its own, leaves no more in memory than the
// retention of the windows says. It is not parallel: it looks at the whole heap.
func TestWindowsAreForgotten(t *testing.T) {
	const (
		hour   = 60 * 60 * 1000 // ms
		perSec = 20
		limit  = 4 << 20 // bytes; all of the groups would take more than three times as much
	)
	for name, window := range map[string]string{
		"tumbling": "TUMBLING (SIZE 10 SECONDS, RETENTION 1 MINUTE, GRACE PERIOD 10 SECONDS) GROUP BY K",
		"hopping":  "HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS, RETENTION 1 MINUTE, GRACE PERIOD 10 SECONDS) GROUP BY K",
		"session":  "SESSION (10 SECONDS, RETENTION 1 MINUTE, GRACE PERIOD 10 SECONDS) GROUP BY K",
		"final":    "TUMBLING (SIZE 10 SECONDS, RETENTION 1 MINUTE, GRACE PERIOD 10 SECONDS) GROUP BY K EMIT FINAL",
	} {
		t.Run(name, func(t *testing.T) {
			b := &bench{
				planner: planner.Planner{Catalog: &catalog.Catalog{}, Functions: functions.New(), Formats: serde.New()},
				taken:   func(broker.Message) {},
			}
			fault := b.ddl("CREATE STREAM S (K STRING KEY, N INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');") +
				b.start("CREATE TABLE T AS SELECT K, COUNT(*) AS C FROM S WINDOW "+window+";")
			if fault != "" {
				t.Fatal(fault)
			}
			before := heap()
			key := strings.Repeat("k", 200)
			for at := range hour * perSec / 1000 {
				m := broker.Message{Time: int64(at) * 1000 / perSec, Key: fmt.Appendf(nil, "%s%d", key, at), Value: []byte(`{"N":1}`)}
				b.tasks.Reset()
				if err := b.tasks.Feed("s", []broker.Message{m}); err != nil {
					t.Fatal(err)
				}
			}
			if grown := heap() - before; grown > limit {
				t.Errorf("%d bytes are remembered, want at most %d", grown, limit)
			}
			runtime.KeepAlive(b)
		})
	}
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
