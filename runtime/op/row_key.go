package op

import "github.com/ksqlite/ksqlite/runtime/data"

// RowKey is what rows are told apart by, and what the records of both sides of a join have
// to have in common: their keys and, if the source is windowed, the bounds of their windows
// behind them.
type RowKey struct {
	Codec   *data.Codec
	Windows Bounds
	// Size is the length of the source's windows in milliseconds, if they have one; in a join
	// that of the left one.
	Size int64
}

// Bounds says which bounds of a window belong to a key.
type Bounds int

// The bounds: none of a source that is not windowed, the start of tumbling and hopping
// windows, start and end of sessions. The number is how many they are.
const (
	NoBounds Bounds = iota
	StartAlone
	StartAndEnd
)

// of returns the key of a record, in the arena if there are bounds in it.
func (k RowKey) of(ctx *Context, record *data.Record) data.Row {
	if k.Windows == NoBounds {
		return record.Key
	}
	n := len(record.Key)
	row := append(data.Row(ctx.Frame.Arena.Values(n + int(k.Windows)))[:0], record.Key...)
	if row = append(row, data.Bigint(record.Window.Start)); k.Windows == StartAndEnd {
		row = append(row, data.Bigint(record.Window.End))
	}
	return row
}

// window is the window of a join's result whose key that is: of the same length as those of
// the left side.
func (k RowKey) window(of data.Window) data.Window {
	if k.Windows == StartAlone {
		of.End = of.Start + k.Size
	}
	return of
}

// cut takes the bounds off a row that of has returned.
func (k RowKey) cut(row data.Row) (data.Row, data.Window) {
	n := len(row)
	switch k.Windows {
	case StartAlone:
		return row[:n-1], k.window(data.Window{Start: row[n-1].Int64()})
	case StartAndEnd:
		return row[:n-2], data.Window{Start: row[n-2].Int64(), End: row[n-1].Int64()}
	}
	return row, data.Window{}
}
