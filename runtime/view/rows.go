package view

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// rows are the rows of a table in a store: by the bytes of their keys and, in a windowed table, the
// bounds of their windows; each with the time and the partition of its record.
type rows struct {
	store      state.Store
	source     *catalog.Source
	key, value *data.Codec
	retention  int64           // in ms; 0 keeps all windows
	size       int64           // of windows in ms, 0 for sessions and without windows
	newest     map[int32]int64 // where the newest window stands, by partition
	swept      int64           // the newest of all when windows were deleted last

	keyBuf   state.Key
	rawKey   []byte
	valueBuf []byte
}

func newRows(source *catalog.Source, store state.Store) *rows {
	return &rows{
		store: store, source: source, key: data.CodecOf(source.Schema.Key), value: data.CodecOf(source.Schema.Value),
		retention: source.Window.Retention.Milliseconds(), size: source.Window.Size.Milliseconds(),
		newest: map[int32]int64{},
	}
}

// set adds a record of the topic: it is the newest of its key, or deletes the row.
func (r *rows) set(record *data.Record, tell Tell) error {
	if record.Key == nil {
		tell.Record(record, data.ErrNoKey, true)
		return nil
	}
	key := r.keyOf(record.Key)
	if r.source.Windowed() {
		stands := r.standing(record.Window)
		if newest, ok := r.newest[record.Partition]; !ok || stands > newest {
			r.newest[record.Partition] = stands
		}
		key = key.Time(record.Window.Start)
		if r.source.Window.Type == catalog.Session {
			key = key.Time(record.Window.End)
		}
	}
	r.keyBuf = key
	if record.Value == nil || r.isOver(record.Window, record.Partition) {
		return r.store.Delete(key)
	}
	r.valueBuf = binary.AppendVarint(r.valueBuf[:0], record.Time)
	r.valueBuf = binary.AppendUvarint(r.valueBuf, uint64(record.Partition))
	r.valueBuf = r.value.Append(r.valueBuf, record.Value)
	return r.store.Put(key, r.valueBuf)
}

// keyOf returns what the bytes of all windows of a key begin with. It is valid until the next call.
func (r *rows) keyOf(key data.Row) state.Key {
	r.rawKey = r.key.Append(r.rawKey[:0], key)
	return r.keyBuf[:0].Bytes(r.rawKey)
}

// standing is by what a window is forgotten: the start of one of fixed length, the end of a session.
func (r *rows) standing(w data.Window) int64 {
	if r.source.Window.Type == catalog.Session {
		return w.End
	}
	return w.Start
}

// isOver reports whether a window lies further back than its table's retention, as the newest one of
// its partition has it.
func (r *rows) isOver(w data.Window, partition int32) bool {
	return r.retention > 0 && r.standing(w) <= r.newest[partition]-r.retention
}

// row reads an entry of the store, whose bytes it copies to the arena. Of windows that are over there is none.
func (r *rows) row(key, value []byte, arena *data.Arena) (record data.Record, ok bool, err error) {
	key, value = arena.Copy(key), arena.Copy(value)
	width := state.Key(key).Width()
	parts := state.Key(key[width:]).Parts()
	if r.source.Windowed() {
		record.Window.Start = parts.Time()
		if r.source.Window.Type == catalog.Session {
			record.Window.End = parts.Time()
		} else {
			record.Window.End = record.Window.Start + r.size
		}
	}
	_, header := binary.Uvarint(key)
	time, n := binary.Varint(value)
	partition, m := binary.Uvarint(value[max(n, 0):])
	if n <= 0 || m <= 0 || header <= 0 || parts.Err() != nil {
		return record, false, state.ErrDamaged
	}
	record.Time = time
	if r.isOver(record.Window, int32(partition)) {
		return record, false, nil
	}
	if record.Key, _, err = r.key.Decode(key[header:width], arena); err != nil {
		return record, false, err
	}
	record.Value, _, err = r.value.Decode(value[n+m:], arena)
	return record, err == nil, err
}

// sweep deletes the windows that are over, once the newest is so much later that there may be as many of
// them as of the others.
func (r *rows) sweep() error {
	if r.retention == 0 {
		return nil
	}
	latest := int64(math.MinInt64)
	for _, newest := range r.newest {
		latest = max(latest, newest)
	}
	if latest < r.swept+r.retention {
		return nil
	}
	r.swept = latest
	var over [][]byte
	var arena data.Arena
	var damaged error
	err := r.store.All(func(key, value []byte) bool {
		var ok bool
		if _, ok, damaged = r.row(key, value, &arena); damaged == nil && !ok {
			over = append(over, slices.Clone(key))
		}
		arena.Reset()
		return damaged == nil
	})
	if err = cmp.Or(err, damaged); err != nil {
		return err
	}
	for _, key := range over {
		if err := r.store.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
