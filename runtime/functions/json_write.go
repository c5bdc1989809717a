package functions

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// toJSON is TO_JSON_STRING for a type.
func toJSON(b *Binding) (Func, error) {
	t := b.Args[0]
	return func(env *Env, args []data.Value) (data.Value, error) {
		return data.StringBytes(appendJSON(buffer(env, 64), args[0], t)), nil
	}, nil
}

// appendJSON appends a value as TO_JSON_STRING writes it.
func appendJSON(out []byte, v data.Value, t *types.Type) []byte {
	switch v.Kind() {
	case types.KindNull:
		return append(out, "null"...)
	case types.KindArray:
		return appendJSONArray(out, v, t)
	case types.KindMap:
		return appendJSONMap(out, v, t)
	case types.KindStruct:
		return appendJSONStruct(out, v, t)
	case types.KindString:
		return appendJSONText(out, v.Text())
	}
	quoted := quotedInJSON(v)
	if quoted {
		out = append(out, '"')
	}
	out = appendScalar(out, v, t)
	if quoted {
		out = append(out, '"')
	}
	return out
}

// quotedInJSON reports whether a simple value is a JSON text, as those are that JSON has no form for.
func quotedInJSON(v data.Value) bool {
	switch v.Kind() {
	case types.KindBytes, types.KindDate, types.KindTime, types.KindTimestamp:
		return true
	case types.KindDouble:
		return math.IsNaN(v.Float64()) || math.IsInf(v.Float64(), 0)
	}
	return false
}

// appendScalar appends a value that is not nested as plain text.
func appendScalar(out []byte, v data.Value, t *types.Type) []byte {
	switch v.Kind() {
	case types.KindBoolean:
		if v.Bool() {
			return append(out, "true"...)
		}
		return append(out, "false"...)
	case types.KindDouble:
		return types.AppendDouble(out, v.Float64())
	case types.KindDecimal:
		return append(out, types.FormatDecimal(v.BigUnscaled().String(), t.Scale())...)
	case types.KindString:
		return append(out, v.Text()...)
	case types.KindBytes:
		return base64.StdEncoding.AppendEncode(out, v.Raw())
	case types.KindDate:
		return types.AppendDate(out, v.Int64())
	case types.KindTime:
		return types.AppendTime(out, v.Int64())
	case types.KindTimestamp:
		return types.AppendTimestamp(out, v.Int64())
	}
	return strconv.AppendInt(out, v.Int64(), 10)
}

func appendJSONArray(out []byte, v data.Value, t *types.Type) []byte {
	out = append(out, '[')
	for i, e := range v.Elems() {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendJSON(out, e, t.Elem())
	}
	return append(out, ']')
}

// appendJSONMap appends the entries in the order of their keys, which is theirs anyway.
func appendJSONMap(out []byte, v data.Value, t *types.Type) []byte {
	out = append(out, '{')
	for i, e := range v.Entries() {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendJSONText(out, text(appendScalar(nil, e.Key, t.Key())))
		out = appendJSON(append(out, ':'), e.Value, t.Elem())
	}
	return append(out, '}')
}

// appendJSONStruct appends the fields in the order of their names.
func appendJSONStruct(out []byte, v data.Value, t *types.Type) []byte {
	fields := t.Fields()
	order := make([]int, len(fields))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return strings.Compare(fields[i].Name, fields[j].Name) })
	out = append(out, '{')
	for i, f := range order {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendJSONText(out, fields[f].Name), ':')
		out = appendJSON(out, v.Elems()[f], fields[f].Type)
	}
	return append(out, '}')
}
