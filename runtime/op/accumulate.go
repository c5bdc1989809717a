package op

import (
	"encoding/binary"
	"fmt"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// Accumulator computes the aggregate functions of a query over the records of a
// group. What it knows of a group is a row of states and the time of the newest record.
type Accumulator struct {
	ctx       *Context
	functions []Accumulated
	codec     *data.Codec
	initial   data.Row
	buf       []byte
}

// Accumulated is one function and where its arguments lie in a record's value.
type Accumulated struct {
	functions.Aggregation
	Name  string // for errors
	First int
	Args  int
}

// NewAccumulator returns an accumulator of the functions.
func NewAccumulator(ctx *Context, list []Accumulated) *Accumulator {
	a := &Accumulator{ctx: ctx, functions: list}
	states := make([]*types.Type, len(list))
	for i, f := range list {
		states[i] = f.State
		a.initial = append(a.initial, f.Initial)
	}
	a.codec = data.NewCodec(states...)
	return a
}

// group is what is known of a group, or of one of its windows.
type group struct {
	time   int64
	states data.Row // in the arena
	there  bool     // not new
}

// load returns the group that a store has as raw; a nil raw is a new one.
func (a *Accumulator) load(raw []byte) (group, error) {
	arena := a.ctx.Frame.Arena
	states := data.Row(arena.Values(len(a.initial)))
	copy(states, a.initial) // functions may have been added since the group was stored
	if raw == nil {
		return group{states: states}, nil
	}
	if len(raw) < timeSize {
		return group{}, data.ErrDamaged
	}
	raw = arena.Copy(raw)
	_, err := a.codec.DecodeCounted(raw[timeSize:], states, arena)
	return group{time: int64(binary.BigEndian.Uint64(raw)), states: states, there: true}, err
}

const timeSize = 8

// encode returns what a store keeps of the group, until the next call.
func (a *Accumulator) encode(g group) []byte {
	a.buf = binary.BigEndian.AppendUint64(a.buf[:0], uint64(g.time))
	a.buf = a.codec.AppendCounted(a.buf, g.states)
	return a.buf
}

// update takes the record's old value back and adds its new one. A function that
// fails ends the query, as in ksqlDB: its results would be wrong from now on.
func (a *Accumulator) update(g *group, record *data.Record) error {
	if g.time = max(g.time, record.Time); !g.there {
		g.time = record.Time
	}
	for i := range a.functions {
		f := &a.functions[i]
		state, err := g.states[i], error(nil)
		if record.Old != nil {
			state, err = f.Undo(&a.ctx.Frame.Env, state, record.Old[f.First:f.First+f.Args])
		}
		if err == nil && record.Value != nil {
			state, err = f.Add(&a.ctx.Frame.Env, state, record.Value[f.First:f.First+f.Args])
		}
		if err != nil {
			return fmt.Errorf("%s over topic partition %d offset %d: %w", f.Name, record.Partition, record.Offset, err)
		}
		g.states[i] = state
	}
	return nil
}

// merge adds what is known of an earlier session.
func (a *Accumulator) merge(g *group, earlier group) error {
	for i := range a.functions {
		state, err := a.functions[i].Merge(&a.ctx.Frame.Env, g.states[i], earlier.states[i])
		if err != nil {
			return fmt.Errorf("%s of merged sessions: %w", a.functions[i].Name, err)
		}
		g.states[i] = state
	}
	if g.time = max(g.time, earlier.time); !g.there {
		g.time, g.there = earlier.time, true
	}
	return nil
}

// results returns the row of the functions' results, in the arena.
func (a *Accumulator) results(g group) (data.Row, error) {
	row := a.ctx.Frame.Arena.Values(len(a.functions))
	for i := range a.functions {
		f := &a.functions[i]
		if row[i] = g.states[i]; f.Map == nil {
			continue
		}
		var err error
		if row[i], err = f.Map(&a.ctx.Frame.Env, g.states[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return row, nil
}
