// Package op holds the operators of running queries, one a file. An operator
// takes batches, does one thing to them, and pushes what comes out to the next.
// Operators are built from the sink backwards, so each holds the next one, and
// a stack trace through a running query reads like its plan.
//
// The operators of a task are driven by one goroutine and hold no locks.
package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// Input takes batches.
type Input interface {
	// Push processes a batch. The batch belongs to the caller: it is not
	// changed, and neither it nor its records are kept when Push returns. The
	// values in its rows stay valid until the task's next step, or the next part of
	// this one: see Context.Pause. An error ends
	// the query; what is wrong with a single record is told to a [Report] instead.
	Push(batch *data.Batch) error
}

// Report is told that an expression failed for a record. skipped says that the
// record has gone no further because of it.
type Report func(record *data.Record, err error, skipped bool)

// Context is what the operators of one task share.
type Context struct {
	Frame  *eval.Frame // its Record is set by whoever evaluates
	Report Report
	// Note is told why no more comes of the record that is looked at, where nothing is wrong
	// with it, for whoever follows that record. Nil does nothing.
	Note func(why error)
	// Pause is called between the parts of what one record makes, when the part before has
	// been pushed. It may take back what the arena has handed out since the mark. An error
	// ends the query. Nil does nothing.
	Pause func(since data.Mark) error
}
