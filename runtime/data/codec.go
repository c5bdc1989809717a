package data

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file holds the form in which rows leave memory and come back: in stores,
// in changelogs, and between the stages of a query. Only the engine itself reads it.

// Codec encodes rows of one list of types as bytes. It is immutable and safe for
// concurrent use.
//
// A row is a bitmap of its NULLs followed by its other values: whole numbers and
// times as zig-zag varints, DOUBLE in eight bytes, text after its length, nested
// values in the same way inside. Equal rows give equal bytes.
type Codec struct{ types []*types.Type }

// NewCodec returns the codec of rows of these types.
func NewCodec(list ...*types.Type) *Codec { return &Codec{types: list} }

// CodecOf returns the codec of rows of these columns.
func CodecOf(columns []types.Column) *Codec {
	c := &Codec{types: make([]*types.Type, len(columns))}
	for i, column := range columns {
		c.types[i] = column.Type
	}
	return c
}

// Width is the number of values in a row.
func (c *Codec) Width() int { return len(c.types) }

// ErrDamaged says that bytes are not what a codec of these types has written.
var ErrDamaged = errors.New("stored row is damaged")

// Append appends the encoded row.
func (c *Codec) Append(dst []byte, row Row) []byte {
	dst = appendNulls(dst, row)
	for i, v := range row {
		if !v.IsNull() {
			dst = appendValue(dst, v, c.types[i])
		}
	}
	return dst
}

// Decode reads a row from the beginning of raw and returns what follows it. Text in
// the row aliases raw; the row itself lies in the arena.
func (c *Codec) Decode(raw []byte, arena *Arena) (row Row, rest []byte, err error) {
	r := rowReader{raw: raw, arena: arena}
	row = arena.Values(len(c.types))
	r.row(row, func(i int) *types.Type { return c.types[i] })
	if r.bad {
		return nil, nil, ErrDamaged
	}
	return row, r.raw, nil
}

// AppendCounted is Append with the number of columns in front, so that a codec that
// has got more of them since can still read the row.
func (c *Codec) AppendCounted(dst []byte, row Row) []byte {
	return c.Append(binary.AppendUvarint(dst, uint64(len(row))), row)
}

// DecodeCounted reads into a row what AppendCounted has written. The columns that were
// not there then keep the values that they have in the row.
func (c *Codec) DecodeCounted(raw []byte, into Row, arena *Arena) (rest []byte, err error) {
	r := rowReader{raw: raw, arena: arena}
	n := r.uvarint()
	if n > uint64(len(into)) {
		return nil, ErrDamaged
	}
	r.row(into[:n], func(i int) *types.Type { return c.types[i] })
	if r.bad {
		return nil, ErrDamaged
	}
	return r.raw, nil
}

func appendNulls(dst []byte, values []Value) []byte {
	for start := 0; start < len(values); start += 8 {
		var bits byte
		for i, v := range values[start:min(start+8, len(values))] {
			if v.IsNull() {
				bits |= 1 << i
			}
		}
		dst = append(dst, bits)
	}
	return dst
}

func appendValue(dst []byte, v Value, t *types.Type) []byte {
	switch t.Kind() {
	case types.KindDouble:
		return binary.BigEndian.AppendUint64(dst, math.Float64bits(v.Float64()))
	case types.KindDecimal:
		return appendDecimal(dst, v)
	case types.KindString, types.KindBytes:
		dst = binary.AppendUvarint(dst, uint64(len(v.Raw())))
		return append(dst, v.Raw()...)
	case types.KindArray:
		dst = binary.AppendUvarint(dst, uint64(v.Len()))
		return appendValues(dst, v.items(), func(int) *types.Type { return t.Elem() })
	case types.KindMap:
		dst = binary.AppendUvarint(dst, uint64(v.Len()))
		return appendValues(dst, v.items(), partOf(t))
	case types.KindStruct:
		fields := t.Fields()
		return appendValues(dst, v.items(), func(i int) *types.Type { return fields[i].Type })
	default: // BOOLEAN, INTEGER, BIGINT, DATE, TIME, TIMESTAMP
		return binary.AppendVarint(dst, v.Int64())
	}
}

func appendValues(dst []byte, values []Value, typeOf func(int) *types.Type) []byte {
	dst = appendNulls(dst, values)
	for i, v := range values {
		if !v.IsNull() {
			dst = appendValue(dst, v, typeOf(i))
		}
	}
	return dst
}

// partOf returns the types of what lies in a MAP: a key, a value, a key, ….
func partOf(t *types.Type) func(int) *types.Type {
	return func(i int) *types.Type {
		if i%2 == 0 {
			return t.Key()
		}
		return t.Elem()
	}
}

// appendDecimal writes the length of the unscaled number's bytes, its sign in
// the lowest bit, and the bytes.
func appendDecimal(dst []byte, v Value) []byte {
	var buf [8]byte
	unscaled := v.BigUnscaled()
	digits := unscaled.Bytes()
	if small, ok := v.Unscaled(); ok && small >= 0 {
		binary.BigEndian.PutUint64(buf[:], uint64(small))
		digits = buf[:]
		for len(digits) > 0 && digits[0] == 0 {
			digits = digits[1:]
		}
	}
	head := uint64(len(digits)) << 1
	if unscaled.Sign() < 0 {
		head |= 1
	}
	return append(binary.AppendUvarint(dst, head), digits...)
}

// rowReader reads what a codec has written. After the first fault, bad is set and
// everything is NULL.
type rowReader struct {
	raw   []byte
	arena *Arena
	bad   bool
}

func (r *rowReader) row(into []Value, typeOf func(int) *types.Type) {
	nulls := r.take(uint64(len(into)+7) / 8)
	for i := range into {
		if r.bad || nulls[i/8]>>(i%8)&1 == 1 {
			into[i] = Null
			continue
		}
		into[i] = r.value(typeOf(i))
	}
}

func (r *rowReader) value(t *types.Type) Value {
	switch t.Kind() {
	case types.KindDouble:
		if raw := r.take(8); !r.bad {
			return Double(math.Float64frombits(binary.BigEndian.Uint64(raw)))
		}
		return Null
	case types.KindDecimal:
		return r.decimal()
	case types.KindString:
		return StringBytes(r.take(r.uvarint()))
	case types.KindBytes:
		return Bytes(r.take(r.uvarint()))
	case types.KindArray:
		return Array(r.values(r.uvarint(), func(int) *types.Type { return t.Elem() }))
	case types.KindMap:
		return mapOf(r.values(2*min(r.uvarint(), math.MaxInt32), partOf(t)))
	case types.KindStruct:
		fields := t.Fields()
		return Struct(r.values(uint64(len(fields)), func(i int) *types.Type { return fields[i].Type }))
	default:
		return whole(t.Kind(), r.varint())
	}
}

// values reads n values; a count that the bytes left cannot hold is a fault.
func (r *rowReader) values(n uint64, typeOf func(int) *types.Type) []Value {
	if r.bad || n > 8*uint64(len(r.raw)) {
		r.bad = r.bad || n > 0
		return nil
	}
	list := r.arena.Values(int(n))
	r.row(list, typeOf)
	return list
}

func (r *rowReader) decimal() Value {
	head := r.uvarint()
	digits := r.take(head >> 1)
	if r.bad {
		return Null
	}
	if len(digits) < 8 {
		var n int64
		for _, b := range digits {
			n = n<<8 | int64(b)
		}
		if head&1 == 1 {
			n = -n
		}
		return Decimal(n)
	}
	unscaled := new(big.Int).SetBytes(digits)
	if head&1 == 1 {
		unscaled.Neg(unscaled)
	}
	return BigDecimal(unscaled)
}

func (r *rowReader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.raw)) {
		r.bad = true
		return nil
	}
	taken := r.raw[:n:n]
	r.raw = r.raw[n:]
	return taken
}

func (r *rowReader) varint() int64 {
	n, width := binary.Varint(r.raw)
	r.skip(width)
	return n
}

func (r *rowReader) uvarint() uint64 {
	n, width := binary.Uvarint(r.raw)
	r.skip(width)
	return n
}

func (r *rowReader) skip(width int) {
	if width <= 0 {
		r.bad = true
		return
	}
	r.raw = r.raw[width:]
}

// whole returns a value that is kept as a whole number.
func whole(kind types.Kind, n int64) Value { return Value{kind: kind, num: uint64(n)} }

// mapOf returns the MAP of entries that lie as they did in one before.
func mapOf(items []Value) Value { return nested(types.KindMap, items) }
