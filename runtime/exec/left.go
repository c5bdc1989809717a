package exec

import (
	"encoding/binary"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// leftRows are the rows of a table that its changes have left so far: the last of each key and
// window, without those that were deleted. They are kept as bytes, which takes less memory.
type leftRows struct {
	key, row *data.Codec
	places   map[string]int // in rows, by key and window
	rows     [][]byte       // in the order in which their keys came; nil for deleted ones
	buffer   []byte
}

func newLeftRows(key, columns []types.Column) *leftRows {
	return &leftRows{key: data.CodecOf(key), row: data.CodecOf(columns), places: map[string]int{}}
}

// change takes a change in.
func (l *leftRows) change(r query.Row) {
	l.buffer = binary.AppendVarint(binary.AppendVarint(l.buffer[:0], r.Window.Start), r.Window.End)
	l.buffer = l.key.Append(l.buffer, r.Key)
	at, known := l.places[string(l.buffer)]
	switch {
	case !known && r.Tombstone:
		return
	case !known:
		at = len(l.rows)
		l.places[string(l.buffer)] = at
		l.rows = append(l.rows, nil)
	case r.Tombstone:
		l.rows[at] = nil
		return
	}
	l.rows[at] = l.row.Append([]byte{}, r.Values)
}

// each hands out at most limit rows; a negative limit is none. A row is valid until visit returns.
func (l *leftRows) each(limit int64, visit func(data.Row)) error {
	var arena data.Arena
	for _, raw := range l.rows {
		switch {
		case limit == 0:
			return nil
		case raw == nil:
			continue
		}
		limit--
		arena.Reset()
		row, _, err := l.row.Decode(raw, &arena)
		if err != nil {
			return err
		}
		visit(row)
	}
	return nil
}
