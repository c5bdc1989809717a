package query

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// reporter tells the processing log what goes wrong in a query: in records of the topic that
// is being worked on.
type reporter struct {
	log   proclog.Log
	now   func() time.Time
	id    string // of the query
	topic string
	tells bool            // what is in rows, and not only where they are
	rows  *catalog.Source // whose records are being worked on, if rows are told
	batch []data.Record   // they
}

func newReporter(runtime Runtime, id string) reporter {
	return reporter{log: runtime.Log, now: runtime.Now, id: id, tells: runtime.LogRows}
}

// reads returns what has to be decoded of a source: where rows are to be told, all of
// its columns.
func (r *reporter) reads(source *catalog.Source, wanted hub.Wanted) hub.Wanted {
	if !r.tells {
		return wanted
	}
	return hub.WantAll(source.Schema)
}

// works says which records of a source are being worked on; the source is nil for those
// that have come from another stage.
func (r *reporter) works(source *catalog.Source, batch *data.Batch) {
	if r.rows, r.batch = source, nil; r.tells && source != nil {
		r.batch = batch.Records
	}
}

// undecodable reports a record that cannot be decoded and is skipped, or a field of
// one. It returns what to end the query with, should that be asked for.
func (r *reporter) undecodable(f hub.Fault) error {
	target := targetOf(f)
	e := proclog.Event{
		Kind: proclog.Deserialization, Partition: f.Message.Partition, Offset: f.Message.Offset,
		Err: f.Err, Skipped: !f.Kept, Target: target.String(),
	}
	switch {
	case !r.tells:
	case target == catalog.KeySide:
		e.Data = f.Message.Key
	default:
		e.Data = f.Message.Value
	}
	r.tell("KsqlTopic.Source", e)
	return fmt.Errorf("topic %s partition %d offset %d: %w", r.topic, e.Partition, e.Offset, f.Err)
}

// targetOf returns the part of a record that is bad: the value unless the error says
// that it is the key.
func targetOf(f hub.Fault) catalog.Side {
	if fault, ok := errors.AsType[*serde.Error](f.Err); ok {
		return fault.Side
	}
	return catalog.ValueSide
}

// gap reports records of the topic that are gone or cannot be read; err names their place.
func (r *reporter) gap(err error) {
	r.tell("KsqlTopic.Source", proclog.Event{Kind: proclog.Gap, Partition: -1, Offset: -1, Err: err})
}

// failure reports that a query has failed, and why.
func (r *reporter) failure(err error) {
	e := proclog.Event{Kind: proclog.Failure, Partition: -1, Offset: -1, Err: err}
	step := "Query"
	if fault, ok := errors.AsType[*op.EncodeError](err); ok {
		e.Kind, e.Target, step = proclog.Serialization, fault.Side.String(), "Sink"
	} else if errors.Is(err, broker.ErrTooLarge) {
		e.Kind, step = proclog.Production, "Sink"
	}
	r.tell(step, e)
}

// report reports an expression that failed in a step without a name of its own in the log: as
// one of the projection.
func (r *reporter) report(record *data.Record, err error, skipped bool) {
	r.at(stepProject)(record, err, skipped)
}

// The names of the steps in the processing log, which are ksqlDB's.
const (
	stepFilter    = "WhereFilter"
	stepProject   = "Project"
	stepGroup     = "Aggregate.GroupBy"
	stepAggregate = "Aggregate.Aggregate"
	stepHaving    = "Aggregate.HavingFilter"
	stepTable     = "KsqlTopic.Reduce"
)

// at returns what reports the records of a step.
func (r *reporter) at(step string) op.Report {
	return func(record *data.Record, err error, skipped bool) {
		r.tell(step, proclog.Event{
			Kind: proclog.Processing, Partition: record.Partition, Offset: record.Offset, Err: err, Skipped: skipped,
			Data: r.rowOf(record),
		})
	}
}

// rowOf returns the row of the source that a record was made of as JSON, nil where
// rows are not told.
func (r *reporter) rowOf(record *data.Record) []byte {
	i := slices.IndexFunc(r.batch, func(other data.Record) bool {
		return other.Offset == record.Offset && other.Partition == record.Partition
	})
	if i < 0 {
		return nil
	}
	columns := slices.Concat(r.rows.Schema.Key, r.rows.Schema.Value)
	fields, values := make([]types.Field, len(columns)), make([]data.Value, len(columns))
	copy(values, r.batch[i].Key)
	copy(values[len(r.rows.Schema.Key):], r.batch[i].Value)
	for i, c := range columns {
		fields[i] = types.Field{Name: c.Name, Type: c.Type}
	}
	return display.AppendJSON(nil, data.Struct(values), types.StructOf(fields...))
}

func (r *reporter) tell(step string, e proclog.Event) {
	e.Logger = "processing." + r.id + "." + step
	e.Topic, e.Time = r.topic, r.now().UnixMilli()
	r.log.Report(e)
}
