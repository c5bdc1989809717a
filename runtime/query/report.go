package query

import (
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/runtime/data"
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

// report reports an expression that failed.
func (r *reporter) report(record *data.Record, err error, skipped bool) {
	step := "Project"
	if skipped {
		step = "WhereFilter"
	}
	r.tell(step, proclog.Event{
		Kind: proclog.Processing, Partition: record.Partition, Offset: record.Offset, Err: err, Skipped: skipped,
	})
}

func (r *reporter) tell(step string, e proclog.Event) {
	e.Logger = "processing." + r.id + "." + step
	e.Topic, e.Time = r.topic, r.now().UnixMilli()
	r.log.Report(e)
}
