// Package serde turns the bytes of a Kafka record's key or value into a row of
// typed values, and rows into bytes: one file (or a few with the same prefix) a
// format, and formats.go lists them.
//
// Decoding is the hottest path of the engine. A decoder is made once for the
// columns of a source, fills a row that the caller owns, lets text alias the
// fetched bytes and takes what it has to build from the caller's arena: in
// steady state it allocates nothing.
//
// The package is not promised to stay stable.
package serde

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// Spec is what a [Decoder] or an [Encoder] is made for: one side of the records of a source.
type Spec struct {
	Format catalog.Format
	Side   catalog.Side
	// Topic is the one that an encoder's records go to: a schema registry knows its
	// schemas by it. Decoders ignore it.
	Topic string
	// Columns are all columns of that side, in the order of the row. Header columns
	// may be among them; they are neither decoded nor encoded.
	Columns []types.Column
	// Wanted says which columns somebody will read; nil means all of them. Encoders ignore it.
	Wanted []bool
	// NullFields makes a column, or a field of a STRUCT, that cannot be read NULL
	// instead of the whole record bad. Encoders ignore it.
	NullFields bool
}

// Decoder reads the bytes of a record's key or value. It belongs to one
// goroutine at a time, since it learns from one record how the next will look.
type Decoder interface {
	// Decode fills row, which has as many values as the spec has columns and may
	// hold anything before. Text and bytes in it alias src, which must not change
	// any more, or the arena, from which nested values come too.
	//
	// Columns that are not wanted and header columns are left NULL. The former are
	// checked as strictly as the others: one bad field makes the whole record bad.
	//
	// null reports that there is no key or value at all, as for a nil src or the
	// JSON text null; the row is then all NULL. An error is a [*Error] and leaves
	// the content of the row undefined, or it is [FieldErrors], where the spec asks
	// for them, and the row is as good as it can be.
	Decode(src []byte, row data.Row, arena *data.Arena) (null bool, err error)
}

// Encoder writes rows as the bytes of a record's key or value. It belongs to
// one goroutine at a time.
type Encoder interface {
	// Encode appends the encoded row to dst and returns the extended slice, which
	// is not nil even if it is empty. A nil slice and a nil error mean that the
	// key or value is null, such as a lone column that is NULL and unwrapped; dst
	// is then unchanged. A nil row is null in every format. Header columns are
	// passed over. An error is a [*Error].
	Encode(dst []byte, row data.Row) ([]byte, error)
}

// Error says why a key or a value could not be decoded or encoded. The record
// is then passed over and the query goes on.
type Error struct {
	Side catalog.Side // the part of the record, ksqlDB's "target"
	// Path leads to the fault, as in $.PRICE[2] or $.ADDRESS.CITY: the names are
	// those of the columns. It is empty where the format has no such notion.
	Path    string
	Message string
	// Cause is what Message says, for errors.As, where that tells more; else nil.
	Cause error
}

// Error returns the path and the message, as in "$.PRICE: cannot read "x" as
// DOUBLE". A path that leads nowhere is left out.
func (e *Error) Error() string {
	if e.Path == "" || e.Path == "$" {
		return e.Message
	}
	return e.Path + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// field is a column that lies in the encoded bytes.
type field struct {
	types.Column
	index  int // in the row
	wanted bool
}

// fields returns the columns that are not filled from headers.
func (s Spec) fields() []field {
	fields := make([]field, 0, len(s.Columns))
	for i, c := range s.Columns {
		if c.Header.IsZero() {
			fields = append(fields, field{Column: c, index: i, wanted: s.Wanted == nil || s.Wanted[i]})
		}
	}
	return fields
}
