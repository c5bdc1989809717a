package query

import (
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// meter counts the records that a query reads or writes. The zero meter has counted
// none; its methods are safe for concurrent use.
type meter struct{ records, bytes, last atomic.Int64 }

// add counts messages.
func (m *meter) add(messages []broker.Message, now time.Time) {
	if len(messages) == 0 {
		return
	}
	size := 0
	for i := range messages {
		size += len(messages[i].Key) + len(messages[i].Value)
	}
	m.records.Add(int64(len(messages)))
	m.bytes.Add(int64(size))
	m.last.Store(now.UnixMilli())
}
