package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
)

// Collect is the end of a push or pull query: it computes the rows of the
// result and holds them until they are taken. A column that cannot be computed is
// NULL, and reported.
type Collect struct {
	ctx     *Context
	columns []eval.Program
	table   bool // a record without value deletes a row, and is not a row of NULLs

	values     []data.Value // of all rows, one after the other
	tombstones []bool       // one for each row
	keys       []tableKey   // one for each row of a table
	taken      int
	limit      int64 // rows that are computed at most; negative for no limit
}

// tableKey is what a row of a table is told apart by.
type tableKey struct {
	key    data.Row
	window data.Window
}

var _ Input = (*Collect)(nil)

// NewCollect returns the end of a query over a stream or a table.
func NewCollect(ctx *Context, columns []eval.Program, table bool) *Collect {
	return &Collect{ctx: ctx, columns: columns, table: table, limit: -1}
}

// Push adds a row for each record of the batch, except for records of streams that
// have no value: ksqlDB shows no row for them. Nothing behind the limit is computed.
func (c *Collect) Push(batch *data.Batch) error {
	for i := range batch.Records {
		if int64(c.Len()) == c.limit {
			return nil
		}
		record := &batch.Records[i]
		if record.Tombstone && !c.table {
			continue
		}
		c.ctx.Frame.Record = record
		tombstone := c.table && record.Value == nil
		for _, column := range c.columns {
			c.values = append(c.values, c.compute(column, record, tombstone))
		}
		c.tombstones = append(c.tombstones, tombstone)
		if c.table {
			c.keys = append(c.keys, tableKey{c.keep(record.Key), record.Window})
		}
	}
	return nil
}

// keep copies a key, whose place the operators before this one use again.
func (c *Collect) keep(key data.Row) data.Row {
	kept := c.ctx.Frame.Arena.Values(len(key))
	copy(kept, key)
	return kept
}

// compute returns a column's value. Of a deleted row only the key is left: an
// expression over the rest that fails is nobody's fault.
func (c *Collect) compute(column eval.Program, record *data.Record, tombstone bool) data.Value {
	v, err := column(c.ctx.Frame)
	if err == nil {
		return v
	}
	if !tombstone {
		c.ctx.Report(record, err, false)
	}
	return data.Null
}

// Len returns the number of rows that have been computed since Reset.
func (c *Collect) Len() int { return len(c.tombstones) }

// Take returns the next row and whether it says that a row was deleted; ok is
// false if there is none. The row is valid until the next Push or Reset.
func (c *Collect) Take() (row data.Row, tombstone, ok bool) {
	if c.taken == len(c.tombstones) {
		return nil, false, false
	}
	i, width := c.taken, len(c.columns)
	c.taken++
	return data.Row(c.values[i*width : (i+1)*width : (i+1)*width]), c.tombstones[i], true
}

// Key returns the key and the window of the row that Take has returned last, of a
// table only. The key is valid as long as the row.
func (c *Collect) Key() (data.Row, data.Window) {
	if !c.table {
		return nil, data.Window{}
	}
	last := c.keys[c.taken-1]
	return last.key, last.window
}

// Reset forgets all rows and keeps their memory for the next, of which there are to be so
// many at most; a negative number is no limit.
func (c *Collect) Reset(limit int64) {
	c.limit = limit
	c.values, c.tombstones, c.keys, c.taken = c.values[:0], c.tombstones[:0], c.keys[:0], 0
}
