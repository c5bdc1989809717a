package query

import (
	"fmt"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// fault reports a record that cannot be decoded; it is skipped.
func (q *query) fault(partition int32, offset int64, err error) {
	q.log(proclog.Event{
		Logger: q.logger("KsqlTopic.Source"), Kind: proclog.Deserialization,
		Partition: partition, Offset: offset, Err: err, Skipped: true,
	})
	if q.options.FailOnFault && q.fatal == nil {
		q.fatal = fmt.Errorf("topic %s partition %d offset %d: %w", q.topic, partition, offset, err)
		q.cancel() // there may be nothing else to wait for
	}
}

// notice reports what has happened to the topic.
func (q *query) notice(err error) {
	q.log(proclog.Event{Logger: q.logger("KsqlTopic.Source"), Kind: proclog.Deserialization, Partition: -1, Offset: -1, Err: err})
}

// report reports an expression that failed.
func (q *query) report(record *data.Record, err error, skipped bool) {
	step := "Project"
	if skipped {
		step = "WhereFilter"
	}
	q.log(proclog.Event{
		Logger: q.logger(step), Kind: proclog.Processing,
		Partition: record.Partition, Offset: record.Offset, Err: err, Skipped: skipped,
	})
}

func (q *query) logger(step string) string { return "processing." + q.options.ID + "." + step }

func (q *query) log(e proclog.Event) {
	e.Topic, e.Time = q.topic, q.runtime.Now().UnixMilli()
	q.runtime.Log.Report(e)
}
