package data

import (
	"errors"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Row is the values of a record's key or of its value, in the order of the schema's columns.
type Row []Value

// Header is a header of a Kafka record. A nil Value is a header without a value.
type Header struct {
	Key   string
	Value []byte
}

// Window is the bounds of a windowed key in milliseconds since the epoch. The zero Window is no window.
type Window struct{ Start, End int64 }

// Record is a record with its key and value decoded, of a stream or of a table.
type Record struct {
	Key   Row // nil if the Kafka record has no key
	Value Row // nil for a tombstone of a table

	// Tombstone says that the Kafka record has no value. In a table it deletes a
	// row; in a stream it is a record all of whose columns are NULL, headers apart.
	Tombstone bool

	Old Row // tables only: the value that this one replaces; nil if there was none

	Time      int64 // event time (ROWTIME), ms since the epoch
	Topic     string
	Offset    int64
	Partition int32
	Window    Window
	Headers   []Header
}

// Pseudo returns the value of a pseudo column.
func (r *Record) Pseudo(p types.Pseudo) Value {
	switch p {
	case types.RowTime:
		return Bigint(r.Time)
	case types.RowPartition:
		return Int(r.Partition)
	case types.RowOffset:
		return Bigint(r.Offset)
	case types.WindowStart:
		return Bigint(r.Window.Start)
	case types.WindowEnd:
		return Bigint(r.Window.End)
	case types.RowTopic:
		return String(r.Topic)
	}
	return Null
}

// ErrNoKey is what is wrong with a record of a table that has no key.
var ErrNoKey = errors.New("the record has no key, which a row of a table needs")

// Batch is records of one partition in the order of their offsets. It belongs
// to whoever made it: an operator that gets one may neither change it nor hold
// on to it, its records or their rows, after it has returned. A slice of its
// records is a batch too.
type Batch struct {
	Records []Record
}

// Clone returns a copy of the record that shares no memory with it, headers
// apart: they alias the fetched buffer, which is never changed.
func (r *Record) Clone() Record {
	c := *r
	c.Key, c.Value, c.Old = r.Key.Clone(), r.Value.Clone(), r.Old.Clone()
	return c
}

// Clone returns a copy of the row that shares no memory with it. A nil row stays nil.
func (r Row) Clone() Row {
	if r == nil {
		return nil
	}
	return cloneValues(r)
}

func cloneValues(values []Value) []Value {
	c := make([]Value, len(values))
	for i, v := range values {
		c[i] = v.Clone()
	}
	return c
}

// Clone returns a copy of the value that shares no memory with it.
func (v Value) Clone() Value {
	switch v.kind {
	case types.KindString:
		return String(strings.Clone(v.Text()))
	case types.KindBytes:
		return Bytes(slices.Clone(v.Raw()))
	case types.KindArray, types.KindStruct, types.KindMap:
		return nested(v.kind, cloneValues(v.items()))
	}
	return v
}
