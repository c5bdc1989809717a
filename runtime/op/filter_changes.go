package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// FilterChanges lets the changes of a table pass that concern rows for which a
// condition is true: a row that no longer passes is deleted, and one that begins
// to pass is new. The changes come with the rows that they replace.
type FilterChanges struct {
	ctx       *Context
	condition eval.Predicate
	next      Input
	out       data.Batch
}

var _ Timed = (*FilterChanges)(nil)

// NewFilterChanges returns a filter in front of next.
func NewFilterChanges(ctx *Context, condition eval.Predicate, next Input) *FilterChanges {
	return &FilterChanges{ctx: ctx, condition: condition, next: next}
}

// Push pushes what is left of the changes.
func (f *FilterChanges) Push(batch *data.Batch) error {
	f.out.Records = f.out.Records[:0]
	for i := range batch.Records {
		record := batch.Records[i]
		if record.Old != nil && !f.passes(&record, record.Old, false) {
			record.Old = nil
		}
		if record.Value != nil && !f.passes(&record, record.Value, true) {
			record.Value, record.Tombstone = nil, true
		}
		if record.Value != nil || record.Old != nil {
			f.out.Records = append(f.out.Records, record)
		}
	}
	if len(f.out.Records) == 0 {
		return nil
	}
	return f.next.Push(&f.out)
}

// Waits implements [Timed].
func (f *FilterChanges) Waits() bool { return Waits(f.next) }

// Advance tells the time to what comes next.
func (f *FilterChanges) Advance(time int64) error { return tell(f.next, time) }

// passes tests a record as if it had that value. What is wrong with a row is
// reported when it comes, not again when it goes.
func (f *FilterChanges) passes(record *data.Record, value data.Row, report bool) bool {
	tested := *record
	tested.Value = value
	f.ctx.Frame.Record, f.ctx.Frame.Quiet = &tested, !report
	pass, err := f.condition(f.ctx.Frame)
	f.ctx.Frame.Quiet = false
	if err != nil && report {
		f.ctx.Report(record, err, true)
	}
	return err == nil && pass
}
