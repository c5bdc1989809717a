package display

import (
	"strconv"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// AppendText appends a value of type t as ksqlDB's shell shows it: text
// without quotes, [1, 2], {A=1, B=x}, BYTES in base64, NULL as null. The text
// of a STRING is appended as it is, control characters too.
func AppendText(dst []byte, v data.Value, t *types.Type) []byte {
	switch v.Kind() {
	case types.KindNull:
		return append(dst, "null"...)
	case types.KindBoolean:
		return strconv.AppendBool(dst, v.Bool())
	case types.KindDouble:
		return appendDouble(dst, v.Float64())
	case types.KindDecimal:
		return appendDecimal(dst, v, t.Scale())
	case types.KindString:
		return append(dst, v.Text()...)
	case types.KindBytes:
		return appendBase64(dst, v.Raw())
	case types.KindDate, types.KindTime, types.KindTimestamp:
		return appendTemporal(dst, v)
	case types.KindArray:
		return appendArrayText(dst, v, t)
	case types.KindMap:
		return appendMapText(dst, v, t)
	case types.KindStruct:
		return appendStructText(dst, v, t)
	}
	return strconv.AppendInt(dst, v.Int64(), 10)
}

// Text returns what [AppendText] appends.
func Text(v data.Value, t *types.Type) string { return string(AppendText(nil, v, t)) }

func appendArrayText(dst []byte, v data.Value, t *types.Type) []byte {
	dst = append(dst, '[')
	for i, elem := range v.Elems() {
		dst = AppendText(separated(dst, i), elem, t.Elem())
	}
	return append(dst, ']')
}

func appendMapText(dst []byte, v data.Value, t *types.Type) []byte {
	dst = append(dst, '{')
	for i, entry := range v.Entries() {
		dst = AppendText(separated(dst, i), entry.Key, t.Key())
		dst = AppendText(append(dst, '='), entry.Value, t.Elem())
	}
	return append(dst, '}')
}

func appendStructText(dst []byte, v data.Value, t *types.Type) []byte {
	dst = append(dst, '{')
	for i, field := range t.Fields() {
		dst = append(separated(dst, i), field.Name...)
		dst = AppendText(append(dst, '='), v.Elems()[i], field.Type)
	}
	return append(dst, '}')
}

// separated appends the ", " before every element but the first.
func separated(dst []byte, i int) []byte {
	if i == 0 {
		return dst
	}
	return append(dst, ',', ' ')
}
