package query

import (
	"errors"
	"io"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// total is the one row of a pull query that aggregates without groups: the last of those that
// the aggregation has come to, once everything was read.
type total struct {
	row  data.Row // nil before the first record
	read bool     // everything was, and the row can be taken
	told bool     // the row was taken
}

// note keeps the last row of a step, and takes the others away. Without a total it does nothing.
func (t *total) note(c *op.Collect) {
	if t == nil {
		return
	}
	var last data.Row
	for row, _, ok := c.Take(); ok; row, _, ok = c.Take() {
		last = row
	}
	if last != nil {
		t.row = last.Clone()
	}
}

// take returns the next row, as [op.Collect.Take] does.
func (q *query) take() (row data.Row, tombstone, ok bool) {
	switch {
	case q.total == nil:
		return q.collect.Take()
	case !q.total.read || q.total.told:
		return nil, false, false
	}
	q.total.told = true
	return q.total.row, false, true
}

// sum ends the reading at the end of what there is, and reports whether there is a row now.
func (q *query) sum(err error) bool {
	if q.total == nil || q.total.read || !errors.Is(err, io.EOF) {
		return false
	}
	if q.total.row == nil && q.nothing() != nil {
		return false
	}
	q.total.read = true
	return true
}

// nothing has the aggregation tell what it comes to without any record: a change that neither adds nor
// takes back.
func (q *query) nothing() (err error) {
	defer catch(&err)
	for step := q.plan.Root.Input; ; step = step.Inputs()[0] {
		repartition, ok := step.(*plan.Repartition)
		if !ok {
			continue
		}
		q.collect.Reset(-1)
		nothing := &data.Batch{Records: []data.Record{{Key: data.Row{}}}}
		err := q.local.each(repartition.Name, 0, func(t *Task) error { return t.Push(repartition.Name, nil, nothing) })
		q.total.note(q.collect)
		return err
	}
}
