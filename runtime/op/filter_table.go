package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// FilterTable lets the rows of a table pass for which a condition is true. A row
// that is deleted, or no longer passes, is deleted from the result too, if it was
// there: it remembers the keys of those that have passed. The rows of a windowed table are
// told apart by their windows too.
type FilterTable struct {
	ctx       *Context
	condition eval.Predicate
	passed    state.Store
	key       RowKey
	keyBuf    []byte
	next      Input
	out       data.Batch
}

var _ Input = (*FilterTable)(nil)

// NewFilterTable returns a filter in front of next that remembers keys in the store.
func NewFilterTable(ctx *Context, condition eval.Predicate, passed state.Store, key RowKey, next Input) *FilterTable {
	return &FilterTable{ctx: ctx, condition: condition, passed: passed, key: key, next: next}
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
	f.keyBuf = f.key.Codec.Append(f.keyBuf[:0], f.key.of(f.ctx, record))
	passed, err := f.passed.Get(f.keyBuf)
	if err != nil {
		return err
	}
	was, passes := passed != nil, f.passes(record)
	switch {
	case passes:
		f.out.Records = append(f.out.Records, *record)
	case was:
		gone := *record
		gone.Value, gone.Tombstone = nil, true
		f.out.Records = append(f.out.Records, gone)
	}
	switch {
	case passes && !was:
		return f.passed.Put(f.keyBuf, []byte{})
	case was && !passes:
		return f.passed.Delete(f.keyBuf)
	}
	return nil
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
