package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// Filter lets records pass for which a condition is true. A record for which it
// cannot be computed is dropped and reported; one of a stream that has no value is
// dropped, as in ksqlDB.
type Filter struct {
	ctx       *Context
	condition eval.Predicate
	next      Input
	out       data.Batch
}

var _ Input = (*Filter)(nil)

// NewFilter returns a filter in front of next.
func NewFilter(ctx *Context, condition eval.Predicate, next Input) *Filter {
	return &Filter{ctx: ctx, condition: condition, next: next}
}

// Push pushes the records that pass, if there are any.
func (f *Filter) Push(batch *data.Batch) error {
	f.out.Records = f.out.Records[:0]
	frame := f.ctx.Frame
	for i := range batch.Records {
		frame.Record = &batch.Records[i]
		if frame.Record.Tombstone && frame.Record.Value != nil {
			continue
		}
		pass, err := f.condition(frame)
		if err != nil {
			f.ctx.Report(frame.Record, err, true)
		} else if pass {
			f.out.Records = append(f.out.Records, *frame.Record)
		}
	}
	if len(f.out.Records) == 0 {
		return nil
	}
	return f.next.Push(&f.out)
}
