package display

import (
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// AppendText appends a value of type t as ksqlDB's shell shows it: text
// without quotes, [1, 2], {A=1, B=x}, BYTES in base64, NULL as null. The text
// of a STRING is appended as it is, control characters too.
//
// It differs from [data.AppendText], the text of a CAST, in structs: the shell
// sees them as JSON objects, which have no NULL left out and no word Struct.
func AppendText(dst []byte, v data.Value, t *types.Type) []byte {
	switch v.Kind() {
	case types.KindArray:
		return appendArrayText(dst, v, t)
	case types.KindMap:
		return appendMapText(dst, v, t)
	case types.KindStruct:
		return appendStructText(dst, v, t)
	}
	return data.AppendText(dst, v, t)
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
