package op

import (
	"encoding/binary"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Sink is the end of a persistent query: it encodes records and emits them.
// Timestamps go along, and so do headers, where the result has no columns for them. A record whose TIMESTAMP column gives no time is
// dropped and reported. One that cannot be encoded ends the query, as in ksqlDB: what
// is written would otherwise be silently incomplete.
type Sink struct {
	ctx        *Context
	key, value serde.Encoder // key is nil for results without a key
	headers    *data.HeaderColumns
	window     catalog.WindowType                // of the result's keys
	time       func(*data.Record) (int64, error) // nil for the record's own time
	bytes      pieces
	emit       func(broker.Message) error
}

var _ Input = (*Sink)(nil)

// EncodeError says that a result could not be encoded.
type EncodeError struct {
	Side catalog.Side // of the result
	Err  error
}

// Error says of which side, and why.
func (e *EncodeError) Error() string {
	return "the " + e.Side.String() + " of a result cannot be encoded: " + e.Err.Error()
}

// Unwrap returns what is wrong.
func (e *EncodeError) Unwrap() error { return e.Err }

// Encoding is how a [Sink] writes records.
type Encoding struct {
	Key, Value serde.Encoder // Key is nil for results without a key
	Headers    *data.HeaderColumns
	Window     catalog.WindowType
	// Time gives a result's time; nil for that of the record it was made of.
	Time func(*data.Record) (int64, error)
}

// NewSink returns the end of a query. Emit may keep the message.
func NewSink(ctx *Context, e Encoding, emit func(broker.Message) error) *Sink {
	return &Sink{ctx: ctx, key: e.Key, value: e.Value, headers: e.Headers, window: e.Window, time: e.Time, emit: emit}
}

// Push emits a message for each record.
func (s *Sink) Push(batch *data.Batch) error {
	for i := range batch.Records {
		record := &batch.Records[i]
		at, err := s.timeOf(record)
		if err != nil {
			s.ctx.Report(record, err, true)
			continue
		}
		m, err := s.encode(record)
		if err != nil {
			return err
		}
		m.Time = at
		if err := s.emit(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sink) timeOf(record *data.Record) (int64, error) {
	if s.time == nil {
		return record.Time, nil
	}
	return s.time(record)
}

func (s *Sink) encode(record *data.Record) (broker.Message, error) {
	m := broker.Message{Partition: broker.AnyPartition}
	var err error
	if m.Headers, err = s.headers.Headers(record.Value, record.Headers); err != nil {
		s.ctx.Report(record, err, false)
	}
	if s.key != nil && record.Key != nil {
		key, err := s.key.Encode(s.bytes.room(), record.Key)
		if err != nil {
			return m, &EncodeError{catalog.KeySide, err}
		}
		m.Key = s.bytes.take(windowed(key, s.window, record.Window))
	}
	if record.Value == nil {
		return m, nil
	}
	if m.Value, err = s.value.Encode(s.bytes.room(), record.Value); err != nil {
		return m, &EncodeError{catalog.ValueSide, err}
	}
	m.Value = s.bytes.take(m.Value)
	return m, nil
}

// WindowBytes is how many bytes stand behind a key for its window.
func WindowBytes(kind catalog.WindowType) int {
	switch kind {
	case catalog.Tumbling, catalog.Hopping:
		return 8
	case catalog.Session:
		return 16
	}
	return 0
}

// windowed puts the bounds of a window behind a key: the start for tumbling and
// hopping windows, the end and the start for sessions.
func windowed(key []byte, kind catalog.WindowType, w data.Window) []byte {
	switch kind {
	case catalog.Tumbling, catalog.Hopping:
		return binary.BigEndian.AppendUint64(key, uint64(w.Start))
	case catalog.Session:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(key, uint64(w.End)), uint64(w.Start))
	}
	return key
}
