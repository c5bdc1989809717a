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
	arrays    [][]data.Value // of one record
	out       outlet
}

var _ Input = (*FlatMap)(nil)

// NewFlatMap returns a multiplier in front of next.
func NewFlatMap(ctx *Context, functions []eval.Program, next Input) *FlatMap {
	return &FlatMap{ctx: ctx, functions: functions, arrays: make([][]data.Value, len(functions)), out: outlet{ctx: ctx, next: next}}
}

// Push pushes the records that are made of those of the batch.
func (f *FlatMap) Push(batch *data.Batch) error {
	f.out.begin()
	for i := range batch.Records {
		if record := &batch.Records[i]; !record.Tombstone {
			if err := f.multiply(record); err != nil {
				return err
			}
		}
	}
	return f.out.push()
}

func (f *FlatMap) multiply(record *data.Record) error {
	rows := f.compute(record)
	f.out.hold()
	for i := range rows {
		made := *record
		made.Value = f.ctx.Frame.Arena.Values(len(record.Value) + len(f.arrays))
		copy(made.Value, record.Value)
		for j, elems := range f.arrays {
			v := data.Null
			if i < len(elems) {
				v = elems[i]
			}
			made.Value[len(record.Value)+j] = v
		}
		if err := f.out.add(made); err != nil {
			return err
		}
	}
	return nil
}

// compute computes the arrays of a record and returns the length of the longest.
func (f *FlatMap) compute(record *data.Record) (longest int) {
	f.ctx.Frame.Record = record
	clear(f.arrays)
	for i, function := range f.functions {
		v, err := function(f.ctx.Frame)
		switch {
		case err != nil:
			f.ctx.Report(record, err, false)
		case !v.IsNull():
			f.arrays[i] = v.Elems()
			longest = max(longest, len(f.arrays[i]))
		}
	}
	return longest
}
