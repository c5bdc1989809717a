package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Materialize keeps the rows of a table and pushes each change with the row that it
// replaces. The deletion of a row that is not there is nothing. A record without a key
// is dropped and reported.
type Materialize struct {
	ctx  *Context
	key  RowKey
	rows *Rows
	next Input
	out  data.Batch
}

var _ Input = (*Materialize)(nil)

// NewMaterialize returns a table in front of next. Its rows are kept by that key.
func NewMaterialize(ctx *Context, key RowKey, rows *Rows, next Input) *Materialize {
	return &Materialize{ctx: ctx, key: key, rows: rows, next: next}
}

// Push pushes the changes that the records make.
func (m *Materialize) Push(batch *data.Batch) error {
	m.out.Records = m.out.Records[:0]
	for i := range batch.Records {
		m.rows.touch(batch.Records, i)
		record := batch.Records[i]
		if record.Key == nil {
			m.ctx.Report(&batch.Records[i], data.ErrNoKey, true)
			continue
		}
		var err error
		if record.Old, err = m.rows.Replace(m.key.of(m.ctx, &record), record.Value); err != nil {
			return err
		}
		if record.Old != nil || record.Value != nil {
			m.out.Records = append(m.out.Records, record)
		}
	}
	if len(m.out.Records) == 0 {
		return nil
	}
	return m.next.Push(&m.out)
}

// Rows are rows of values by their keys in a store.
type Rows struct {
	store      state.Store
	key, value *data.Codec
	arena      *data.Arena
	keyBuf     []byte
	valueBuf   []byte
	ahead      ahead
}

// NewRows returns the rows in a store. What it hands out lies in the arena.
func NewRows(store state.Store, key, value *data.Codec, arena *data.Arena) *Rows {
	return &Rows{store: store, key: key, value: value, arena: arena}
}

// touch is called before the key of each record of a batch is asked for.
func (r *Rows) touch(records []data.Record, i int) { r.ahead.touch(records, i, r.keyOf, r.store) }

// keyOf appends the key of a record as far as it stands in the store: the bounds of a window
// come behind it.
func (r *Rows) keyOf(dst []byte, record *data.Record) []byte {
	if len(record.Key) != r.key.Width() {
		return dst
	}
	return r.key.Append(dst, record.Key)
}

// Get returns the row of a key, nil if there is none.
func (r *Rows) Get(key data.Row) (data.Row, error) {
	r.keyBuf = r.key.Append(r.keyBuf[:0], key)
	return r.get()
}

// Replace sets the row of a key, or deletes it if the row is nil, and returns the
// one that was there.
func (r *Rows) Replace(key, row data.Row) (old data.Row, err error) {
	if old, err = r.Get(key); err != nil {
		return nil, err
	}
	return old, r.put(row)
}

// Set sets the row of a key, or deletes it if the row is nil.
func (r *Rows) Set(key, row data.Row) error {
	r.keyBuf = r.key.Append(r.keyBuf[:0], key)
	return r.put(row)
}

// Has reports whether there is a row of a key.
func (r *Rows) Has(key data.Row) (bool, error) {
	r.keyBuf = r.key.Append(r.keyBuf[:0], key)
	raw, err := r.store.Get(r.keyBuf)
	return raw != nil, err
}

// put sets the row of the key that was asked for last, or deletes it if the row is nil.
func (r *Rows) put(row data.Row) error {
	if row == nil {
		return r.store.Delete(r.keyBuf)
	}
	r.valueBuf = r.value.Append(r.valueBuf[:0], row)
	return r.store.Put(r.keyBuf, r.valueBuf)
}

func (r *Rows) get() (data.Row, error) {
	raw, err := r.store.Get(r.keyBuf)
	if raw == nil || err != nil {
		return nil, err
	}
	row, _, err := r.value.Decode(r.arena.Copy(raw), r.arena)
	return row, err
}
