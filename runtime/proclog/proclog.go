// Package proclog is the processing log: what went wrong with single records
// while queries ran. Nothing is lost in silence: a record that cannot be decoded,
// a row whose expression fails, is reported here, counted, and the query goes on.
package proclog

import (
	"fmt"
	"strings"
)

// Kind is the kind of a fault, numbered as in ksqlDB's processing log.
type Kind int

// The kinds of faults.
const (
	Deserialization Kind = 0 // a key or value could not be decoded; the record is skipped, or a field of it NULL
	Processing      Kind = 1 // an expression failed; its column is NULL, or its row dropped
	Production      Kind = 2 // a result could not be written
	Serialization   Kind = 3 // a result could not be encoded
	Gap             Kind = 4 // records of a topic are gone or cannot be read; to ksqlDB a fault of its thread
	Failure         Kind = 5 // a persistent query has failed and begins again; to ksqlDB a fault of its thread too
)

// Event is one fault of one record, or of a topic or query as a whole.
type Event struct {
	// Logger names the place in the query: processing.<query id>.<step>.
	Logger string
	Kind   Kind
	// Time is when it was noticed, ms since the epoch.
	Time int64
	// Topic, Partition and Offset are those of the source record. What is not about
	// a single record has -1 for the partition and the offset, and Err names the place.
	Topic     string
	Partition int32
	Offset    int64
	// Err says what is wrong; its text names the path or the expression.
	Err error
	// Target is the part of the record that could not be decoded or encoded: key
	// or value, empty where it is neither.
	Target string
	// Data is what is in the record, where the processing log is to hold it
	// (ksql.logging.processing.rows.include): the bytes of the target, or the row
	// as JSON. It is nil otherwise, and never changed.
	Data []byte
	// Skipped says that the record has gone no further.
	Skipped bool
}

// String returns the event as one line: topic orders partition 1 offset 42: $.PRICE: …
func (e Event) String() string {
	if e.Partition < 0 {
		return e.place()
	}
	return "topic " + e.Topic + " " + e.place()
}

// place is where in its topic the event happened, and what.
func (e Event) place() string {
	if e.Partition < 0 {
		return e.Err.Error()
	}
	return fmt.Sprintf("partition %d offset %d: %v", e.Partition, e.Offset, e.Err)
}

// Query returns the id of the query whose record it was, "" if Logger names none.
func (e Event) Query() string {
	_, rest, _ := strings.Cut(e.Logger, ".")
	id, _, _ := strings.Cut(rest, ".")
	return id
}

// Log takes the events of running queries. Report is called from the goroutine
// that runs the query and must not block; it may be called by several at once.
type Log interface {
	Report(Event)
}

// Func makes a Log of a function.
type Func func(Event)

// Report calls f.
func (f Func) Report(e Event) { f(e) }

// Tee returns a Log that passes each event on to all of logs, in order.
func Tee(logs ...Log) Log {
	return Func(func(e Event) {
		for _, log := range logs {
			log.Report(e)
		}
	})
}

// Discard is a Log that forgets everything.
var Discard Log = Func(func(Event) {})
