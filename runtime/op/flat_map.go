package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// FlatMap makes several records of one: a record for each element of the longest
// of the arrays that its functions give, the shorter ones padded with NULL. The
// elements are put behind the record's own columns. A function that fails counts
// as one without elements, and is reported; a record without a value makes none.
type FlatMap struct {
	ctx       *Context
	functions []eval.Program
	next      Input
	out       data.Batch
}

var _ Input = (*FlatMap)(nil)

// NewFlatMap returns a multiplier in front of next.
func NewFlatMap(ctx *Context, functions []eval.Program, next Input) *FlatMap {
	return &FlatMap{ctx: ctx, functions: functions, next: next}
}

// Push pushes the records that are made of those of the batch.
func (f *FlatMap) Push(batch *data.Batch) error {
	f.out.Records = f.out.Records[:0]
	for i := range batch.Records {
		if record := &batch.Records[i]; !record.Tombstone {
			f.multiply(record)
		}
	}
	if len(f.out.Records) == 0 {
		return nil
	}
	return f.next.Push(&f.out)
}

func (f *FlatMap) multiply(record *data.Record) {
	arrays, rows := f.arrays(record)
	for i := range rows {
		made := *record
		made.Value = f.ctx.Frame.Arena.Values(len(record.Value) + len(arrays))
		copy(made.Value, record.Value)
		for j, elems := range arrays {
			v := data.Null
			if i < len(elems) {
				v = elems[i]
			}
			made.Value[len(record.Value)+j] = v
		}
		f.out.Records = append(f.out.Records, made)
	}
}

// arrays computes the functions and the length of the longest result.
func (f *FlatMap) arrays(record *data.Record) (arrays [][]data.Value, longest int) {
	f.ctx.Frame.Record = record
	arrays = make([][]data.Value, len(f.functions))
	for i, function := range f.functions {
		v, err := function(f.ctx.Frame)
		switch {
		case err != nil:
			f.ctx.Report(record, err, false)
		case !v.IsNull():
			arrays[i] = v.Elems()
			longest = max(longest, len(arrays[i]))
		}
	}
	return arrays, longest
}
