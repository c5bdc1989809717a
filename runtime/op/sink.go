package op

import (
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Sink is the end of a persistent query: it encodes records and emits them.
// Headers and timestamps go along. A record whose TIMESTAMP column gives no time is
// dropped and reported. One that cannot be encoded ends the query, as in ksqlDB: what
// is written would otherwise be silently incomplete.
type Sink struct {
	ctx        *Context
	key, value serde.Encoder                     // key is nil for results without a key
	time       func(*data.Record) (int64, error) // nil for the record's own time
	emit       func(broker.Message) error
}

var _ Input = (*Sink)(nil)

// NewSink returns the end of a query. The key encoder is nil for results without
// a key, time for those that keep their records' time. Emit may keep the message.
func NewSink(ctx *Context, key, value serde.Encoder, time func(*data.Record) (int64, error), emit func(broker.Message) error) *Sink {
	return &Sink{ctx: ctx, key: key, value: value, time: time, emit: emit}
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
	m := broker.Message{Headers: slices.Clone(record.Headers), Partition: broker.AnyPartition}
	var err error
	if s.key != nil && record.Key != nil {
		if m.Key, err = s.key.Encode(nil, record.Key); err != nil {
			return m, fmt.Errorf("the key of a result cannot be encoded: %w", err)
		}
	}
	if record.Value == nil {
		return m, nil
	}
	if m.Value, err = s.value.Encode(nil, record.Value); err != nil {
		return m, fmt.Errorf("the value of a result cannot be encoded: %w", err)
	}
	return m, nil
}
