package op

import (
	"slices"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// Project computes the key and the value of the result's records; the rest of a
// record stays as it is. A column that cannot be computed is NULL, and
// reported. A record without a value stays one.
type Project struct {
	ctx        *Context
	key, value []eval.Program
	rekeys     bool
	next       Input
	out        data.Batch
	rows       []data.Value
}

var _ Input = (*Project)(nil)

// NewProject returns a projection in front of next. A record without a key gets
// one only if rekeys is true.
func NewProject(ctx *Context, key, value []eval.Program, rekeys bool, next Input) *Project {
	return &Project{ctx: ctx, key: key, value: value, rekeys: rekeys, next: next}
}

// Push pushes a record for each of the batch.
func (p *Project) Push(batch *data.Batch) error {
	p.out.Records = append(p.out.Records[:0], batch.Records...)
	p.rows = slices.Grow(p.rows[:0], len(batch.Records)*(len(p.key)+len(p.value)))
	for i := range batch.Records {
		record, out := &batch.Records[i], &p.out.Records[i]
		if record.Key != nil || p.rekeys {
			out.Key = p.row(p.key, record)
		}
		if out.Value = nil; !record.Tombstone {
			out.Value = p.row(p.value, record)
		}
	}
	return p.next.Push(&p.out)
}

func (p *Project) row(columns []eval.Program, record *data.Record) data.Row {
	p.ctx.Frame.Record = record
	start := len(p.rows)
	for _, column := range columns {
		v, err := column(p.ctx.Frame)
		if err != nil {
			v = data.Null
			p.ctx.Report(record, err, false)
		}
		p.rows = append(p.rows, v)
	}
	return data.Row(p.rows[start:len(p.rows):len(p.rows)])
}
