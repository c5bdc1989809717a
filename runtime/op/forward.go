package op

import (
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// Forward is the end of a stage: it sends records on to the tasks of the next one,
// by their keys. [Arrivals] read there what it writes.
type Forward struct {
	layout Layout
	emit   func(broker.Message) error
}

var _ Input = (*Forward)(nil)

// Layout is how records look between two stages of a query.
type Layout struct{ Key, Value *data.Codec }

// NewForward returns the end of a stage. Emit may keep the messages.
func NewForward(layout Layout, emit func(broker.Message) error) *Forward {
	return &Forward{layout: layout, emit: emit}
}

// What a message holds, as the bits of its first byte.
const (
	hasValue = 1 << iota
	hasOld
)

// Push emits a message for each record.
func (f *Forward) Push(batch *data.Batch) error {
	for i := range batch.Records {
		record := &batch.Records[i]
		m := broker.Message{Time: record.Time, Partition: broker.AnyPartition, Key: f.layout.Key.Append(nil, record.Key)}
		m.Value = []byte{0}
		if record.Value != nil {
			m.Value[0] |= hasValue
			m.Value = f.layout.Value.AppendCounted(m.Value, record.Value)
		}
		if record.Old != nil {
			m.Value[0] |= hasOld
			m.Value = f.layout.Value.AppendCounted(m.Value, record.Old)
		}
		if err := f.emit(m); err != nil {
			return err
		}
	}
	return nil
}

// Decode reads a message that a [Forward] has written. The record lies in the
// message and in the arena.
func (l Layout) Decode(m *broker.Message, arena *data.Arena) (data.Record, error) {
	record := data.Record{Time: m.Time, Offset: m.Offset, Partition: m.Partition}
	var err error
	if record.Key, _, err = l.Key.Decode(m.Key, arena); err != nil {
		return record, err
	}
	if len(m.Value) == 0 {
		return record, nil
	}
	has, rest := m.Value[0], m.Value[1:]
	if has&hasValue != 0 {
		if record.Value, rest, err = l.row(rest, arena); err != nil {
			return record, err
		}
	}
	if has&hasOld != 0 {
		record.Old, _, err = l.row(rest, arena)
	}
	record.Tombstone = record.Value == nil
	return record, err
}

// row reads a row of values. Columns that have been added since it was written, by
// CREATE OR REPLACE, are NULL.
func (l Layout) row(raw []byte, arena *data.Arena) (row data.Row, rest []byte, err error) {
	row = arena.Values(l.Value.Width())
	clear(row)
	rest, err = l.Value.DecodeCounted(raw, row, arena)
	return row, rest, err
}
