package op

import (
	"errors"
	"slices"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// Group gives each record the key of its group and the arguments of the aggregate
// functions. A record without a value, and one whose key cannot be computed or is
// NULL in any part, belongs to no group; the latter is reported. A change of a table
// that moves a row from one group to another becomes two: first it leaves the one.
type Group struct {
	ctx       *Context
	key, args []eval.Program
	next      Input
	out       data.Batch
}

var _ Input = (*Group)(nil)

// NewGroup returns a grouping in front of next.
func NewGroup(ctx *Context, key, args []eval.Program, next Input) *Group {
	return &Group{ctx: ctx, key: key, args: args, next: next}
}

// errNullGroup is what is wrong with a record that belongs to no group.
var errNullGroup = errors.New("a GROUP BY expression is NULL, so the record belongs to no group")

// Push pushes the records with their new keys.
func (g *Group) Push(batch *data.Batch) error {
	g.out.Records = g.out.Records[:0]
	for i := range batch.Records {
		g.push(&batch.Records[i])
	}
	if len(g.out.Records) == 0 {
		return nil
	}
	return g.next.Push(&g.out)
}

func (g *Group) push(record *data.Record) {
	g.ctx.Frame.Quiet = true
	left, leaves := g.member(record, record.Old, false)
	g.ctx.Frame.Quiet = false
	joined, joins := data.Record{}, false
	if !record.Tombstone {
		joined, joins = g.member(record, record.Value, true)
	}
	switch {
	case leaves && joins && slices.EqualFunc(left.Key, joined.Key, data.Equal):
		joined.Old = left.Value
		g.out.Records = append(g.out.Records, joined)
		return
	case leaves:
		left.Old, left.Value, left.Tombstone = left.Value, nil, true
		g.out.Records = append(g.out.Records, left)
	}
	if joins {
		g.out.Records = append(g.out.Records, joined)
	}
}

// member returns the record as one of its group if it had that value. What is wrong with a
// row is reported when it comes, not again when it goes.
func (g *Group) member(record *data.Record, value data.Row, report bool) (data.Record, bool) {
	if value == nil {
		return data.Record{}, false
	}
	member := *record
	member.Value, member.Old, member.Headers = value, nil, nil
	g.ctx.Frame.Record = &member
	key, err := g.groupOf()
	if err != nil {
		if report {
			g.ctx.Report(record, err, true)
		}
		return data.Record{}, false
	}
	args := g.ctx.Frame.Arena.Values(len(g.args))
	for i, program := range g.args {
		v, err := program(g.ctx.Frame)
		if err != nil {
			if v = data.Null; report {
				g.ctx.Report(record, err, false)
			}
		}
		args[i] = v
	}
	member.Key, member.Value = key, args
	return member, true
}

// groupOf returns the key of the frame's record. An error says that it has none.
func (g *Group) groupOf() (data.Row, error) {
	key := g.ctx.Frame.Arena.Values(len(g.key))
	for i, program := range g.key {
		v, err := program(g.ctx.Frame)
		if err == nil && v.IsNull() {
			err = errNullGroup
		}
		if err != nil {
			return nil, err
		}
		key[i] = v
	}
	return key, nil
}
