package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// FilterTable lets the rows of a table pass for which a condition is true. A row
// that is deleted, or no longer passes, is deleted from the result too, if it was there.
//
// It remembers which keys have passed. A task that goes on where an earlier one
// stopped does not know that of keys that it has not seen: for those it deletes
// a row that may not have been there, which changes nothing.
type FilterTable struct {
	ctx       *Context
	condition eval.Predicate
	next      Input
	key       func(*data.Record) (string, error) // a key as one text
	resumed   bool
	passed    map[string]bool
	out       data.Batch
}

var _ Input = (*FilterTable)(nil)

// NewFilterTable returns a filter in front of next. Resumed says that an earlier task has read before.
func NewFilterTable(ctx *Context, condition eval.Predicate, key func(*data.Record) (string, error), resumed bool, next Input) *FilterTable {
	return &FilterTable{ctx: ctx, condition: condition, next: next, key: key, resumed: resumed, passed: map[string]bool{}}
}

// Push pushes the rows that pass and the deletions of those that no longer do.
func (f *FilterTable) Push(batch *data.Batch) error {
	f.out.Records = f.out.Records[:0]
	for i := range batch.Records {
		if err := f.push(&batch.Records[i]); err != nil {
			return err
		}
	}
	if len(f.out.Records) == 0 {
		return nil
	}
	return f.next.Push(&f.out)
}

func (f *FilterTable) push(record *data.Record) error {
	key, err := f.key(record)
	if err != nil {
		return err
	}
	passes := f.passes(record)
	was, known := f.passed[key]
	f.remember(key, passes)
	switch {
	case passes:
		f.out.Records = append(f.out.Records, *record)
	case was, !known && f.resumed:
		gone := *record
		gone.Value, gone.Tombstone = nil, true
		f.out.Records = append(f.out.Records, gone)
	}
	return nil
}

// remember notes whether a key has passed. A task that has seen everything needs
// to know only those that have.
func (f *FilterTable) remember(key string, passes bool) {
	if !passes && !f.resumed {
		delete(f.passed, key)
		return
	}
	f.passed[key] = passes
}

func (f *FilterTable) passes(record *data.Record) bool {
	if record.Value == nil {
		return false
	}
	f.ctx.Frame.Record = record
	pass, err := f.condition(f.ctx.Frame)
	if err != nil {
		f.ctx.Report(record, err, true)
	}
	return err == nil && pass
}
