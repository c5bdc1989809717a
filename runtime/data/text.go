package data

import (
	"encoding/base64"
	"strconv"

	"github.com/ksqlite/ksqlite/planner/types"
)

// AppendText appends a value of a type as CAST(… AS STRING) writes it: numbers
// as Java does, BYTES in base64, an ARRAY as [1, 2], a MAP as {k=1} and a
// STRUCT as Struct{F=1}, without the fields that are NULL. NULL is the word null.
func AppendText(buf []byte, v Value, typ *types.Type) []byte {
	switch v.Kind() {
	case types.KindBoolean:
		return strconv.AppendBool(buf, v.Bool())
	case types.KindInt, types.KindBigint:
		return strconv.AppendInt(buf, v.Int64(), 10)
	case types.KindDouble:
		return AppendDouble(buf, v.Float64())
	case types.KindDecimal:
		return AppendDecimal(buf, v, typ.Scale())
	case types.KindString:
		return append(buf, v.Text()...)
	case types.KindBytes:
		return base64.StdEncoding.AppendEncode(buf, v.Raw())
	case types.KindDate:
		return types.AppendDate(buf, v.Int64())
	case types.KindTime:
		return types.AppendTime(buf, v.Int64())
	case types.KindTimestamp:
		return types.AppendTimestamp(buf, v.Int64())
	case types.KindArray:
		return appendArray(buf, v, typ)
	case types.KindMap:
		return appendMap(buf, v, typ)
	case types.KindStruct:
		return appendStruct(buf, v, typ)
	}
	return append(buf, "null"...)
}

// AppendDouble appends a DOUBLE as Java writes it: 1.0E10, 0.001, NaN. See [types.AppendDouble].
func AppendDouble(buf []byte, f float64) []byte { return types.AppendDouble(buf, f) }

// AppendDecimal appends a DECIMAL of a scale in plain digits, all digits of its scale among them.
func AppendDecimal(buf []byte, v Value, scale int) []byte {
	unscaled, ok := v.Unscaled()
	if !ok || scale > 18 {
		return append(buf, types.FormatDecimal(v.BigUnscaled().String(), scale)...)
	}
	if unscaled < 0 {
		buf = append(buf, '-')
	}
	var scratch [20]byte
	digits := strconv.AppendUint(scratch[:0], magnitude(unscaled), 10)
	point := len(digits) - scale
	if point <= 0 {
		buf = append(buf, "0."...)
		for range -point {
			buf = append(buf, '0')
		}
		return append(buf, digits...)
	}
	buf = append(buf, digits[:point]...)
	if scale > 0 {
		buf = append(append(buf, '.'), digits[point:]...)
	}
	return buf
}

// magnitude returns |i|, which for the smallest number only fits unsigned.
func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

// appendArray appends [1, 2], as Java prints a List.
func appendArray(buf []byte, v Value, typ *types.Type) []byte {
	buf = append(buf, '[')
	for i, elem := range v.Elems() {
		if i > 0 {
			buf = append(buf, ", "...)
		}
		buf = AppendText(buf, elem, typ.Elem())
	}
	return append(buf, ']')
}

// appendMap appends {k=1, l=2}, as Java prints a Map.
func appendMap(buf []byte, v Value, typ *types.Type) []byte {
	buf = append(buf, '{')
	for i, e := range v.Entries() {
		if i > 0 {
			buf = append(buf, ", "...)
		}
		buf = append(AppendText(buf, e.Key, typ.Key()), '=')
		buf = AppendText(buf, e.Value, typ.Elem())
	}
	return append(buf, '}')
}

// appendStruct appends Struct{A=1,B=2}, as Kafka Connect's structs print themselves.
func appendStruct(buf []byte, v Value, typ *types.Type) []byte {
	buf = append(buf, "Struct{"...)
	first := true
	for i, value := range v.Elems() {
		if value.IsNull() {
			continue
		}
		if !first {
			buf = append(buf, ',')
		}
		first = false
		field := typ.Fields()[i]
		buf = append(append(buf, field.Name...), '=')
		buf = AppendText(buf, value, field.Type)
	}
	return append(buf, '}')
}
