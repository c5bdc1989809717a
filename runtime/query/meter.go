package query

import (
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// meter counts the records that a query reads or writes. The zero meter has counted
// none; its methods are safe for concurrent use.
type meter struct{ records, bytes, last atomic.Int64 }

// addMessages counts messages.
func (m *meter) addMessages(messages []broker.Message, now time.Time) {
	size := 0
	for i := range messages {
		size += len(messages[i].Key) + len(messages[i].Value)
	}
	m.add(len(messages), size, now)
}

// add counts so many records, whose keys and values are of that size.
func (m *meter) add(records, size int, now time.Time) {
	if records == 0 {
		return
	}
	m.records.Add(int64(records))
	m.bytes.Add(int64(size))
	m.last.Store(now.UnixMilli())
}
