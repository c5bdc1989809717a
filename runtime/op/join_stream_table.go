package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
)

// JoinStreamTable looks up the row of a table for each record of a stream. Only the
// stream's records give results. One without a key, or whose key the table does not
// have, gives none in an inner join and one with NULLs in a left join; one without a
// value gives none.
type JoinStreamTable struct {
	ctx   *Context
	key   RowKey
	rows  *Rows
	left  bool // keeps records without a match
	width int  // columns of the table
	next  Input
	out   data.Batch
}

// NewJoinStreamTable returns a join with the rows of a table, without their times, in
// front of next. Left says that records without a match are kept.
func NewJoinStreamTable(ctx *Context, key RowKey, table TableSide, left bool, next Input) *JoinStreamTable {
	return &JoinStreamTable{ctx: ctx, key: key, rows: table.Rows, left: left, width: table.Width, next: next}
}

// Left returns where the stream's records go in.
func (j *JoinStreamTable) Left() Input { return inputFunc(j.pushLeft) }

// Right returns where the table's rows go in.
func (j *JoinStreamTable) Right() Input { return inputFunc(j.pushRight) }

func (j *JoinStreamTable) pushRight(batch *data.Batch) error {
	for i := range batch.Records {
		j.rows.touch(batch.Records, i)
		record := &batch.Records[i]
		if record.Key == nil {
			j.ctx.Report(record, data.ErrNoKey, true)
			continue
		}
		if err := j.rows.Set(j.key.of(j.ctx, record), record.Value); err != nil {
			return err
		}
	}
	return nil
}

func (j *JoinStreamTable) pushLeft(batch *data.Batch) error {
	j.out.Records = j.out.Records[:0]
	for i := range batch.Records {
		j.rows.touch(batch.Records, i)
		record := batch.Records[i]
		if record.Tombstone {
			continue
		}
		var row data.Row
		if wholeKey(record.Key) {
			var err error
			if row, err = j.rows.Get(j.key.of(j.ctx, &record)); err != nil {
				return err
			}
		}
		if row == nil && !j.left {
			continue
		}
		record.Value = sideBySide(j.ctx, record.Value, row, j.width)
		j.out.Records = append(j.out.Records, record)
	}
	if len(j.out.Records) == 0 {
		return nil
	}
	return j.next.Push(&j.out)
}
