package op

import (
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Forward is the end of a stage: it sends records on to tasks of another one. What it
// writes is read there by its [Layout]. A record whose key cannot be encoded is dropped
// and reported.
type Forward struct {
	ctx     *Context
	layout  Layout
	routing Routing
	bytes   pieces
	emit    func(broker.Message) error
}

var _ Input = (*Forward)(nil)

// Layout is how records look between two stages of a query.
type Layout struct{ Key, Value *data.Codec }

// Routing says which task gets a record. The zero Routing sends those of the same key to
// the same one.
type Routing struct {
	// Key encodes keys as somebody else does, whose records are to be met. Nil for none.
	Key serde.Encoder
	// Back sends each record to the partition that it names.
	Back bool
}

// NewForward returns the end of a stage. Emit may keep the messages.
func NewForward(ctx *Context, layout Layout, routing Routing, emit func(broker.Message) error) *Forward {
	return &Forward{ctx: ctx, layout: layout, routing: routing, emit: emit}
}

// What a message holds, as the bits of its first byte. A key in a format that is not ours
// may have lost something, so the value holds the key too.
const (
	hasValue = 1 << iota
	hasOld
	hasKey
)

// Push emits a message for each record.
func (f *Forward) Push(batch *data.Batch) error {
	for i := range batch.Records {
		record := &batch.Records[i]
		m, err := f.message(record)
		if err != nil {
			f.ctx.Report(record, err, true)
			continue
		}
		if err := f.emit(m); err != nil {
			return err
		}
	}
	return nil
}

func (f *Forward) message(record *data.Record) (m broker.Message, err error) {
	m = broker.Message{Time: record.Time, Partition: broker.AnyPartition}
	if f.routing.Back {
		m.Partition = record.Partition
	}
	if m.Key, err = f.routing.append(f.bytes.room(), f.layout, record); err != nil {
		return m, err
	}
	m.Key = f.bytes.take(m.Key)
	m.Value = f.bytes.take(f.value(f.bytes.room(), record, record.Key != nil && f.routing.Key != nil))
	return m, nil
}

// append appends the key of a message for a record; nil for a record that has none.
func (r *Routing) append(dst []byte, layout Layout, record *data.Record) ([]byte, error) {
	switch {
	case record.Key == nil:
		return nil, nil
	case r.Key != nil:
		return r.Key.Encode(dst, record.Key)
	default:
		return layout.Key.Append(dst, record.Key), nil
	}
}

// value appends the value of a message, which holds the key if that is to be read whole.
func (f *Forward) value(dst []byte, record *data.Record, whole bool) []byte {
	dst = append(dst, 0)
	if whole {
		dst[0] |= hasKey
		dst = f.layout.Key.Append(dst, record.Key)
	}
	if record.Value != nil {
		dst[0] |= hasValue
		dst = f.layout.Value.AppendCounted(dst, record.Value)
	}
	if record.Old != nil {
		dst[0] |= hasOld
		dst = f.layout.Value.AppendCounted(dst, record.Old)
	}
	return dst
}

// Decode reads a message that a [Forward] has written. The record lies in the
// message and in the arena.
func (l Layout) Decode(m *broker.Message, arena *data.Arena) (data.Record, error) {
	record := data.Record{Time: m.Time, Offset: m.Offset, Partition: m.Partition}
	var has byte
	var rest []byte
	if len(m.Value) > 0 {
		has, rest = m.Value[0], m.Value[1:]
	}
	var err error
	switch {
	case has&hasKey != 0:
		record.Key, rest, err = l.Key.Decode(rest, arena)
	case m.Key != nil:
		record.Key, _, err = l.Key.Decode(m.Key, arena)
	}
	if err != nil {
		return record, err
	}
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
