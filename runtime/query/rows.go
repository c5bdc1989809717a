// Package query runs plans: it builds operators from a plan's steps, drives
// them as tasks, and hands the rows of a query to whoever asked for them.
package query

import (
	"context"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// Row is one row of a query's result.
type Row struct {
	// Values are in the order of the query's columns. They are valid until
	// the next call of Next, after Close too: a row that is to be kept is cloned.
	Values data.Row
	// Tombstone says that a table's row was deleted: the key columns have
	// their values, all others are NULL.
	Tombstone bool
	// Key is the key of a table's row, whether the query selects it or not: the row
	// replaces the one of the same Key and Window. It is nil for a stream, and valid
	// as long as Values.
	Key data.Row
	// Window is that of the key, if it has one.
	Window data.Window
}

// End says why a query ended without an error.
type End uint8

// The ends of queries.
const (
	Running      End = iota // it has not ended
	LimitReached            // LIMIT, or the session's row limit
	Completed               // a bounded read has read everything
	Stopped                 // closed, cancelled, timed out or terminated
)

// Rows is the result of a running query, pulled row by row:
//
//	for rows.Next(ctx) {
//		use(rows.Row())
//	}
//	err := rows.Err()
//
// One goroutine at a time may call its methods, Close and Analyze excepted.
type Rows interface {
	// ID is the query's id, such as transient_S_4711.
	ID() string
	// Columns describes the values of each row.
	Columns() []types.Column
	// Key describes the keys of the rows if they are a table's, where a later row
	// replaces an earlier one of the same key. It is nil for a stream.
	Key() []types.Column
	// Analyze returns the plan, a step a line, with what each has done so far.
	Analyze() []string
	// Next waits for the next row. It returns false at the end, when ctx is
	// done and after an error.
	Next(ctx context.Context) bool
	// Row returns the row that Next has found.
	Row() Row
	// Lag returns how many records of its sources the query had not read yet when it read
	// last; -1 where nobody knows, since no broker answers, or none did when the query ended. Unlike the
	// others it may be called at any time, from any goroutine, as Read may.
	Lag() int64
	// Read returns how many records of its sources the query has taken so far, whatever became of them.
	Read() int64
	// End says how the query ended once Next has returned false.
	End() End
	// Err returns what ended the query, nil if that is not an error. A
	// cancelled ctx is not an error: End is Stopped then.
	Err() error
	// Close ends the query at once and waits until nothing of it is left. It
	// may be called at any time, from any goroutine, and again.
	Close()
}
