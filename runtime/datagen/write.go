package datagen

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Writer writes made-up records to a topic. Its fields are not changed while it writes.
type Writer struct {
	Cluster broker.Cluster
	Formats *serde.Formats
	Topic   string
	Kind    *Kind
	// Key is the column that is the key too; empty is none.
	Key string
	// KeyFormat and ValueFormat are names of formats, such as KAFKA and JSON.
	KeyFormat, ValueFormat string
	// Delimiter stands between the fields of DELIMITED; 0 is a comma.
	Delimiter rune
	// Timestamp is a column, BIGINT or TIMESTAMP, that gives the records their time; by
	// default it is the present.
	Timestamp string
	// Count is how many records are written; 0 is no limit.
	Count int64
	// Rate is how many are written in a second; 0 is no limit.
	Rate float64
	// Seed makes the series; Seeded says that the times in it begin with SeededStart.
	Seed   uint64
	Seeded bool
	// Clock tells the present.
	Clock func() time.Time
	// Show, if it is not nil, is told of each record before it is written; an error ends
	// the writer. The row is valid until it returns.
	Show func(key data.Value, row data.Row, at int64) error

	handed         int64 // over to the producer
	written        atomic.Int64
	key, timestamp int // places of these columns, -1 for none
	encodeKey      serde.Encoder
	encodeValue    serde.Encoder
	generator      *Generator
	valueColumns   []types.Column
	begun          time.Time
	betweenRecords time.Duration // in a seeded series
}

// Written is how many records the cluster has acknowledged so far. It may be asked for while
// the writer writes.
func (w *Writer) Written() int64 { return w.written.Load() }

// Unwritten is how many records were handed over and not acknowledged, once Write has returned. The
// cluster may have them all the same, where its answer was lost.
func (w *Writer) Unwritten() int64 { return w.handed - w.written.Load() }

// Check reports what the kind cannot be written with: an unknown column or format, or
// a format that cannot hold the columns. Write does so too.
func (w *Writer) Check() error {
	w.valueColumns = w.Kind.Columns()
	var err error
	if w.key, err = w.column(w.Key); err != nil {
		return fmt.Errorf("key: %w", err)
	}
	if w.timestamp, err = w.column(w.Timestamp); err != nil {
		return fmt.Errorf("timestamp: %w", err)
	}
	if w.timestamp >= 0 {
		if k := w.valueColumns[w.timestamp].Type.Kind(); k != types.KindBigint && k != types.KindTimestamp {
			return fmt.Errorf("timestamp: %s is no time but of type %s", w.Timestamp, w.valueColumns[w.timestamp].Type)
		}
	}
	if w.key >= 0 {
		format := catalog.Format{Name: w.KeyFormat, Delimiter: w.Delimiter, Unwrapped: true}
		if w.encodeKey, err = w.encoder(format, catalog.KeySide, []types.Column{w.keyColumn()}); err != nil {
			return fmt.Errorf("key: %w", err)
		}
	}
	format := catalog.Format{Name: w.ValueFormat, Delimiter: w.Delimiter}
	w.encodeValue, err = w.encoder(format, catalog.ValueSide, w.valueColumns)
	return err
}

// column returns the place of a column, -1 for no name.
func (w *Writer) column(name string) (int, error) {
	if name == "" {
		return -1, nil
	}
	var names []string
	for i, c := range w.valueColumns {
		if strings.EqualFold(c.Name, name) {
			return i, nil
		}
		names = append(names, c.Name)
	}
	return -1, fmt.Errorf("%s has no column %s: there are %s", w.Kind.Name, name, strings.Join(names, ", "))
}

func (w *Writer) encoder(format catalog.Format, side catalog.Side, columns []types.Column) (serde.Encoder, error) {
	if _, ok := w.Formats.Features(format.Name); !ok {
		return nil, fmt.Errorf("unknown format %s: there are %s", format.Name, strings.Join(w.Formats.Names(), ", "))
	}
	return w.Formats.NewEncoder(serde.Spec{Format: format, Side: side, Topic: w.Topic, Columns: columns})
}

// Write writes the records and returns when the cluster has them, or with ErrUnreachable
// when it has acknowledged none for delivery.timeout.ms. When ctx is done it returns its
// cause, and the cluster has what was handed over until then, unless it does not take that
// in time, which is another error.
func (w *Writer) Write(ctx context.Context) (err error) {
	if err := w.Check(); err != nil {
		return err
	}
	w.generator = NewGenerator(w.Kind, w.Seed)
	w.betweenRecords = SeededStep
	if w.Rate > 0 {
		w.betweenRecords = time.Duration(float64(time.Second) / w.Rate)
	}
	producer, err := w.Cluster.OpenProducer(ctx, broker.ProducerOptions{
		Acknowledged: func() { w.written.Add(1) }, GivesUp: true,
	})
	if err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	defer producer.Close()
	writing, done := outliving(ctx)
	defer done()
	w.begun = w.Clock()
	for n := int64(0); err == nil && (w.Count == 0 || n < w.Count); n++ {
		if err = w.await(ctx, n); err == nil {
			err = w.one(writing, producer, n)
		}
	}
	flushed := producer.Flush(writing)
	switch {
	case writing.Err() != nil:
		return context.Cause(writing)
	case ctx.Err() != nil:
		return cmp.Or(flushed, context.Cause(ctx))
	}
	return cmp.Or(err, flushed)
}

// errLate says that a cluster did not take in time what it was handed.
var errLate = fmt.Errorf("the Kafka did not take all records within %s", patience)

// patience is how long a writer that is stopped waits for what it has handed over.
const patience = 3 * time.Second

// outliving returns a context for what is handed over: it ends some time after ctx, so
// that nothing is lost that was counted. done is to be called in the end.
func outliving(ctx context.Context) (_ context.Context, done func()) {
	writing, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	late := time.AfterFunc(time.Hour, func() { cancel(errLate) })
	late.Stop()
	stop := context.AfterFunc(ctx, func() { late.Reset(patience) })
	return writing, func() {
		stop()
		late.Stop()
		cancel(nil)
	}
}

// await waits until it is time for a record, by its number from 0.
func (w *Writer) await(ctx context.Context, n int64) error {
	if w.Rate > 0 {
		due := time.Duration(float64(n) / w.Rate * float64(time.Second))
		if wait := due - w.Clock().Sub(w.begun); wait > 0 {
			timer := time.NewTimer(wait)
			defer timer.Stop()
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}
	}
	return ctx.Err()
}

// one makes up and writes a record, by its number from 0.
func (w *Writer) one(ctx context.Context, producer broker.Producer, n int64) error {
	present := w.Clock().UnixMilli()
	at := present
	if w.Seeded {
		at = SeededStart + (time.Duration(n) * w.betweenRecords).Milliseconds()
	}
	row := w.generator.Next(at)
	m := broker.Message{Partition: broker.AnyPartition, Time: present}
	if w.timestamp >= 0 {
		m.Time = row[w.timestamp].Int64()
	}
	var err error
	key := data.Null
	if w.key >= 0 {
		key = row[w.key]
		if m.Key, err = w.encodeKey.Encode(nil, row[w.key:w.key+1]); err != nil {
			return fmt.Errorf("key: %w", err)
		}
	}
	if m.Value, err = w.encodeValue.Encode(nil, row); err != nil {
		return err
	}
	if w.Show != nil {
		if err := w.Show(key, row, m.Time); err != nil {
			return err
		}
	}
	if err := producer.Produce(ctx, w.Topic, m); err != nil {
		return err
	}
	w.handed++
	return nil
}
