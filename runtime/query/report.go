package query

import (
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// reporter tells the processing log what goes wrong in a query that reads one topic.
type reporter struct {
	log   proclog.Log
	now   func() time.Time
	id    string // of the query
	topic string
}

func newReporter(runtime Runtime, id string) reporter {
	return reporter{log: runtime.Log, now: runtime.Now, id: id}
}

// undecodable reports a record that cannot be decoded and is skipped. It returns
// what to end the query with, should that be asked for.
func (r *reporter) undecodable(partition int32, offset int64, err error) error {
	r.tell("KsqlTopic.Source", proclog.Event{
		Kind: proclog.Deserialization, Partition: partition, Offset: offset, Err: err, Skipped: true,
	})
	return fmt.Errorf("topic %s partition %d offset %d: %w", r.topic, partition, offset, err)
}

// gap reports records of the topic that are gone or cannot be read; err names their place.
func (r *reporter) gap(err error) {
	r.tell("KsqlTopic.Source", proclog.Event{Kind: proclog.Gap, Partition: -1, Offset: -1, Err: err})
}

// report reports an expression of the projection that failed.
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
		})
	}
}

func (r *reporter) tell(step string, e proclog.Event) {
	e.Logger = "processing." + r.id + "." + step
	e.Topic, e.Time = r.topic, r.now().UnixMilli()
	r.log.Report(e)
}
