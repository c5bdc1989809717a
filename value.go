package ksqlite

import (
	"bytes"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// Decimal is an exact number, the Go value of a DECIMAL: Unscaled × 10^-Scale.
type Decimal = types.Decimal

// Value is one typed value of a row, or NULL. It is valid as long as its row;
// what its methods return stays valid.
type Value struct {
	value data.Value
	typ   *types.Type
}

// IsNull reports whether the value is NULL.
func (v Value) IsNull() bool { return v.value.IsNull() }

// String returns the value as the shell shows it: text without quotes, [1, 2],
// {A=1}, BYTES in base64, NULL as null.
func (v Value) String() string { return display.Text(v.value, v.typ) }

// MarshalJSON returns the value as JSON: BIGINT and DECIMAL with all their
// digits, BYTES in base64, times in their ISO form.
func (v Value) MarshalJSON() ([]byte, error) {
	return display.AppendJSON(nil, v.value, v.typ), nil
}

// Any returns the value as the Go type that is closest to its SQL type:
//
//	NULL             nil
//	BOOLEAN          bool
//	INTEGER          int32
//	BIGINT           int64
//	DOUBLE           float64
//	DECIMAL          Decimal
//	STRING           string
//	BYTES            []byte
//	DATE, TIMESTAMP  time.Time, in UTC
//	TIME             time.Duration, since midnight
//	ARRAY            []any
//	MAP              map[string]any; map[any]any if its keys are not STRINGs
//	STRUCT           map[string]any
func (v Value) Any() any {
	switch v.value.Kind() {
	case types.KindNull:
		return nil
	case types.KindBoolean:
		return v.value.Bool()
	case types.KindInt:
		return int32(v.value.Int64())
	case types.KindBigint:
		return v.value.Int64()
	case types.KindDouble:
		return v.value.Float64()
	case types.KindDecimal:
		return Decimal{Unscaled: v.value.BigUnscaled(), Scale: v.typ.Scale()}
	case types.KindBytes:
		return bytes.Clone(v.value.Raw())
	case types.KindDate:
		return time.Unix(v.value.Int64()*secondsPerDay, 0).UTC()
	case types.KindTime:
		return time.Duration(v.value.Int64()) * time.Millisecond
	case types.KindTimestamp:
		return time.UnixMilli(v.value.Int64()).UTC()
	case types.KindArray:
		return v.anyArray()
	case types.KindMap:
		return v.anyMap()
	case types.KindStruct:
		return v.anyStruct()
	}
	return strings.Clone(v.value.Text())
}

const secondsPerDay = 24 * 60 * 60

func (v Value) anyArray() []any {
	elems := make([]any, v.value.Len())
	for i, elem := range v.value.Elems() {
		elems[i] = Value{elem, v.typ.Elem()}.Any()
	}
	return elems
}

func (v Value) anyMap() any {
	if v.typ.Key().Kind() == types.KindString {
		m := make(map[string]any, v.value.Len())
		for _, e := range v.value.Entries() {
			m[strings.Clone(e.Key.Text())] = Value{e.Value, v.typ.Elem()}.Any()
		}
		return m
	}
	m := make(map[any]any, v.value.Len())
	for _, e := range v.value.Entries() {
		m[Value{e.Key, v.typ.Key()}.mapKey()] = Value{e.Value, v.typ.Elem()}.Any()
	}
	return m
}

// mapKey returns the value as a key of a Go map: its text if its own Go type
// cannot be one.
func (v Value) mapKey() any {
	switch v.value.Kind() {
	case types.KindBytes, types.KindDecimal, types.KindArray, types.KindMap, types.KindStruct:
		return v.String()
	}
	return v.Any()
}

func (v Value) anyStruct() map[string]any {
	m := make(map[string]any, v.value.Len())
	for i, f := range v.typ.Fields() {
		m[f.Name] = Value{v.value.Elems()[i], f.Type}.Any()
	}
	return m
}

// As returns a value as a Go type, by the rules of [Value.Scan].
func As[T any](v Value) (T, error) {
	var t T
	err := v.Scan(&t)
	return t, err
}

// scanner returns the value as database/sql's Scanners take it.
func (v Value) scanner() any {
	switch x := v.Any().(type) {
	case int32:
		return int64(x)
	case nil, bool, int64, float64, string, []byte, time.Time:
		return x
	}
	return v.String()
}
