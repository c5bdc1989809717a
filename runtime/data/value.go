// Package data is data that has arrived: values, rows, records and batches.
//
// A [Value] is a number and a pointer, so a row of them lies flat in memory and
// costs no allocation of its own. Strings and bytes alias the buffer that they
// were decoded from; rows are carved from an [Arena] that is used again.
// Whatever is to be kept longer than the batch that holds it is copied with Clone.
package data

import (
	"math"
	"math/big"
	"unsafe"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Value is one typed value, or NULL: the zero Value is NULL. It carries its
// kind and payload only; the scale of a DECIMAL and the names and types of
// nested values stand in the column's [types.Type].
//
// A Value is immutable and may be copied freely, but it may alias a buffer: see [Value.Clone].
type Value struct {
	ptr  unsafe.Pointer // first byte of text, first element, or *big.Int
	num  uint64         // the number, or the length of what ptr points at
	kind types.Kind
}

// Null is the NULL value.
var Null = Value{}

// Boolean returns a BOOLEAN.
func Boolean(b bool) Value {
	v := Value{kind: types.KindBoolean}
	if b {
		v.num = 1
	}
	return v
}

// Int returns an INTEGER.
func Int(i int32) Value { return Value{kind: types.KindInt, num: uint64(int64(i))} }

// Bigint returns a BIGINT.
func Bigint(i int64) Value { return Value{kind: types.KindBigint, num: uint64(i)} }

// Double returns a DOUBLE.
func Double(f float64) Value { return Value{kind: types.KindDouble, num: math.Float64bits(f)} }

// Date returns a DATE, in days since 1970-01-01.
func Date(days int64) Value { return Value{kind: types.KindDate, num: uint64(days)} }

// Time returns a TIME, in milliseconds since midnight.
func Time(ms int64) Value { return Value{kind: types.KindTime, num: uint64(ms)} }

// Timestamp returns a TIMESTAMP, in milliseconds since 1970-01-01T00:00 UTC.
func Timestamp(ms int64) Value { return Value{kind: types.KindTimestamp, num: uint64(ms)} }

// Decimal returns the DECIMAL whose unscaled number is given; the scale is that of its column.
func Decimal(unscaled int64) Value { return Value{kind: types.KindDecimal, num: uint64(unscaled)} }

// BigDecimal is [Decimal] for unscaled numbers of any size. It keeps unscaled, which must not change any more.
func BigDecimal(unscaled *big.Int) Value {
	if unscaled.IsInt64() {
		return Decimal(unscaled.Int64())
	}
	return Value{kind: types.KindDecimal, ptr: unsafe.Pointer(unscaled)}
}

// String returns a STRING that aliases s.
func String(s string) Value {
	return Value{kind: types.KindString, ptr: unsafe.Pointer(unsafe.StringData(s)), num: uint64(len(s))}
}

// StringBytes returns a STRING that aliases b, which must not change any more.
func StringBytes(b []byte) Value {
	return Value{kind: types.KindString, ptr: unsafe.Pointer(unsafe.SliceData(b)), num: uint64(len(b))}
}

// Bytes returns a BYTES value that aliases b, which must not change any more.
func Bytes(b []byte) Value {
	return Value{kind: types.KindBytes, ptr: unsafe.Pointer(unsafe.SliceData(b)), num: uint64(len(b))}
}

// Array returns an ARRAY of the elements, which it aliases.
func Array(elems []Value) Value { return nested(types.KindArray, elems) }

// Struct returns a STRUCT of the field values in the order of its type; it aliases them.
func Struct(fields []Value) Value { return nested(types.KindStruct, fields) }

// Kind returns the value's kind; that of NULL is [types.KindNull].
func (v Value) Kind() types.Kind { return v.kind }

// IsNull reports whether the value is NULL.
func (v Value) IsNull() bool { return v.kind == types.KindNull }

// Bool returns a BOOLEAN's value; NULL is false.
func (v Value) Bool() bool { return v.num != 0 }

// Int64 returns the number of an INTEGER, BIGINT, DATE, TIME or TIMESTAMP.
func (v Value) Int64() int64 { return int64(v.num) }

// Float64 returns the number of a DOUBLE.
func (v Value) Float64() float64 { return math.Float64frombits(v.num) }

// Unscaled returns the unscaled number of a DECIMAL and true if it fits 64
// bits; otherwise ask [Value.BigUnscaled].
func (v Value) Unscaled() (int64, bool) { return int64(v.num), v.ptr == nil }

// BigUnscaled returns the unscaled number of a DECIMAL of any size. The caller must not change it.
func (v Value) BigUnscaled() *big.Int {
	if v.ptr == nil {
		return big.NewInt(int64(v.num))
	}
	return (*big.Int)(v.ptr)
}

// Text returns the text of a STRING, aliasing it.
func (v Value) Text() string { return unsafe.String((*byte)(v.ptr), int(v.num)) }

// Raw returns the bytes of a BYTES value or of a STRING's text, aliasing them: the caller must not change them.
func (v Value) Raw() []byte { return unsafe.Slice((*byte)(v.ptr), int(v.num)) }

// Elems returns the elements of an ARRAY or the field values of a STRUCT. The caller must not change them.
func (v Value) Elems() []Value { return unsafe.Slice((*Value)(v.ptr), int(v.num)) }

// Len returns the number of elements of an ARRAY, fields of a STRUCT or entries of a MAP.
func (v Value) Len() int {
	if v.kind == types.KindMap {
		return int(v.num) / 2
	}
	return int(v.num)
}

func nested(kind types.Kind, values []Value) Value {
	return Value{kind: kind, ptr: unsafe.Pointer(unsafe.SliceData(values)), num: uint64(len(values))}
}
