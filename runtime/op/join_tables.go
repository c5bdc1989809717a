package op

import (
	"slices"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// JoinTables joins the rows of two tables by their keys. Each change of either side
// gives the change of the joined row, whose time is that of the newer of its parts. A
// record without a key is dropped and reported.
type JoinTables struct {
	ctx  *Context
	key  RowKey
	side [2]TableSide // left, right
	next Input
	out  data.Batch
}

// TableSide is one of the tables.
type TableSide struct {
	Rows  *Rows // in a join of tables of [TimedCodec]: the time of each row is its last column
	Kept  bool  // its rows are kept without a match
	Width int   // the number of its columns
}

// TimedCodec returns the codec of rows with their times behind the columns.
func TimedCodec(columns []types.Column) *data.Codec {
	return data.CodecOf(append(slices.Clip(columns), types.Column{Type: types.Bigint}))
}

// NewJoinTables returns a join of the left and the right side in front of next.
func NewJoinTables(ctx *Context, key RowKey, sides [2]TableSide, next Input) *JoinTables {
	return &JoinTables{ctx: ctx, key: key, side: sides, next: next}
}

// Left returns where the left table's rows go in.
func (j *JoinTables) Left() Input {
	return inputFunc(func(batch *data.Batch) error { return j.push(0, batch) })
}

// Right returns where the right table's rows go in.
func (j *JoinTables) Right() Input {
	return inputFunc(func(batch *data.Batch) error { return j.push(1, batch) })
}

func (j *JoinTables) push(side int, batch *data.Batch) error {
	j.out.Records = j.out.Records[:0]
	for i := range batch.Records {
		j.side[0].Rows.touch(batch.Records, i)
		j.side[1].Rows.touch(batch.Records, i)
		if err := j.change(side, &batch.Records[i]); err != nil {
			return err
		}
	}
	if len(j.out.Records) == 0 {
		return nil
	}
	return j.next.Push(&j.out)
}

// change takes the change of a row of one side.
func (j *JoinTables) change(side int, record *data.Record) error {
	if record.Key == nil {
		j.ctx.Report(record, data.ErrNoKey, true)
		return nil
	}
	mine, other := &j.side[side], &j.side[1-side]
	key := j.key.of(j.ctx, record)
	old, err := mine.Rows.Replace(key, timed(j.ctx, record.Value, record.Time))
	if err != nil {
		return err
	}
	old, _ = untimed(old)
	match, err := other.Rows.Get(key)
	if err != nil {
		return err
	}
	match, matchTime := untimed(match)
	changed := *record
	changed.Window = j.key.window(record.Window)
	changed.Value, changed.Old = j.joined(side, record.Value, match), j.joined(side, old, match)
	if match == nil && !mine.Kept || match != nil && changed.Value == nil && changed.Old == nil && old != nil {
		return nil
	}
	if match == nil && old == nil && record.Value == nil {
		return nil // nothing was there, and nothing is
	}
	changed.Tombstone = changed.Value == nil
	if match != nil {
		changed.Time = max(record.Time, matchTime)
	}
	j.out.Records = append(j.out.Records, changed)
	return nil
}

// joined returns the joined row of a side's row and its match, nil if there is none.
func (j *JoinTables) joined(side int, row, match data.Row) data.Row {
	mine, other := &j.side[side], &j.side[1-side]
	switch {
	case row == nil && match == nil, row == nil && !other.Kept, match == nil && !mine.Kept:
		return nil
	}
	left, right := row, match
	if side == 1 {
		left, right = match, row
	}
	width := j.side[1].Width
	if left == nil {
		width = j.side[0].Width
	}
	return sideBySide(j.ctx, left, right, width)
}

// timed returns a row with its time behind it, nil for nil.
func timed(ctx *Context, row data.Row, time int64) data.Row {
	if row == nil {
		return nil
	}
	with := ctx.Frame.Arena.Values(len(row) + 1)
	with[copy(with, row)] = data.Bigint(time)
	return with
}

// untimed takes the time off.
func untimed(row data.Row) (data.Row, int64) {
	if row == nil {
		return nil, 0
	}
	last := len(row) - 1
	return row[:last], row[last].Int64()
}
