package serde

import (
	"encoding/base64"
	"math"
	"math/bits"
	"strconv"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file writes rows as JSON: on one line, every column in the order of the
// schema, NULLs too, DOUBLEs as Java writes them, DECIMALs with all digits of
// their scale. Nothing is escaped that JSON does not ask for.

type jsonEncoder struct {
	columns []jsonColumn
	single  bool // the column stands alone, without an object around it
}

// jsonColumn is a column with what comes before its value, up to the colon.
type jsonColumn struct {
	prefix string
	field
}

func newJSONEncoder(spec Spec) Encoder {
	e := &jsonEncoder{}
	for i, f := range spec.fields() {
		prefix := byte('{')
		if i > 0 {
			prefix = ','
		}
		e.columns = append(e.columns, jsonColumn{string(append(appendQuoted([]byte{prefix}, []byte(f.Name)), ':')), f})
	}
	e.single = spec.Format.Unwrapped && len(e.columns) == 1
	return e
}

// Encode appends the row as JSON. A lone unwrapped NULL is a null key or value.
func (e *jsonEncoder) Encode(dst []byte, row data.Row) ([]byte, error) {
	if row == nil {
		return nil, nil
	}
	if e.single {
		v, t := row[e.columns[0].index], e.columns[0].Type
		if v.IsNull() {
			return nil, nil
		}
		return appendJSON(dst, v, t), nil
	}
	for i := range e.columns {
		c := &e.columns[i]
		dst = appendJSON(append(dst, c.prefix...), row[c.index], c.Type)
	}
	if len(e.columns) == 0 {
		dst = append(dst, '{')
	}
	return append(dst, '}'), nil
}

// appendJSON appends a value of type t.
func appendJSON(dst []byte, v data.Value, t *types.Type) []byte {
	switch v.Kind() {
	case types.KindNull:
		return append(dst, "null"...)
	case types.KindBoolean:
		return strconv.AppendBool(dst, v.Bool())
	case types.KindInt, types.KindBigint, types.KindDate, types.KindTime, types.KindTimestamp:
		return strconv.AppendInt(dst, v.Int64(), 10)
	case types.KindDouble:
		return appendJSONDouble(dst, v.Float64())
	case types.KindDecimal:
		return appendDecimal(dst, v, t.Scale())
	case types.KindString:
		return appendQuoted(dst, v.Raw())
	case types.KindBytes:
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), v.Raw()), '"')
	case types.KindArray:
		return appendJSONArray(dst, v.Elems(), t.Elem())
	case types.KindMap:
		return appendJSONMap(dst, v.Entries(), t.Elem())
	}
	return appendJSONStruct(dst, v.Elems(), t.Fields())
}

// appendJSONDouble appends a number, or one of the words NaN, Infinity and
// -Infinity in quotes, for which JSON has no number.
func appendJSONDouble(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(types.AppendDouble(append(dst, '"'), f), '"')
	}
	return types.AppendDouble(dst, f)
}

// appendDecimal appends a DECIMAL in plain digits.
func appendDecimal(dst []byte, v data.Value, scale int) []byte {
	unscaled, ok := v.Unscaled()
	if !ok || unscaled == math.MinInt64 {
		return append(dst, types.FormatDecimal(v.BigUnscaled().String(), scale)...)
	}
	if unscaled < 0 {
		dst, unscaled = append(dst, '-'), -unscaled
	}
	start := len(dst)
	dst = strconv.AppendInt(dst, unscaled, 10)
	if scale == 0 {
		return dst
	}
	for missing := scale + 1 - (len(dst) - start); missing > 0; missing-- {
		dst = append(dst, '0')
		copy(dst[start+1:], dst[start:])
		dst[start] = '0'
	}
	point := len(dst) - scale
	dst = append(dst, 0)
	copy(dst[point+1:], dst[point:])
	dst[point] = '.'
	return dst
}

func appendJSONArray(dst []byte, elems []data.Value, t *types.Type) []byte {
	dst = append(dst, '[')
	for i, elem := range elems {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, elem, t)
	}
	return append(dst, ']')
}

func appendJSONMap(dst []byte, entries []data.Entry, t *types.Type) []byte {
	dst = append(dst, '{')
	for i, e := range entries {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(append(appendMapKey(dst, e.Key), ':'), e.Value, t)
	}
	return append(dst, '}')
}

// appendMapKey appends the name of an entry. That of NULL is null, as in Java.
func appendMapKey(dst []byte, key data.Value) []byte {
	if key.IsNull() {
		return append(dst, `"null"`...)
	}
	return appendQuoted(dst, key.Raw())
}

func appendJSONStruct(dst []byte, values []data.Value, fields []types.Field) []byte {
	dst = append(dst, '{')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, []byte(fields[i].Name)), ':')
		dst = appendJSON(dst, v, fields[i].Type)
	}
	return append(dst, '}')
}

// appendQuoted appends text in quotes. What is not UTF-8 in it becomes U+FFFD.
func appendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	for {
		n := plainLen(text)
		dst = append(dst, text[:n]...)
		if n == len(text) {
			return append(dst, '"')
		}
		size := 1
		if c := text[n]; c < utf8.RuneSelf {
			dst = appendEscape(dst, c)
		} else {
			var r rune
			r, size = utf8.DecodeRune(text[n:])
			dst = utf8.AppendRune(dst, r)
		}
		text = text[n+size:]
	}
}

// plainLen returns the length of the ASCII text at the start that needs no escapes.
func plainLen(text []byte) int {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		w := load64(text, i)
		if found := stops(w) | w&highs; found != 0 {
			return i + bits.TrailingZeros64(found)>>3
		}
	}
	for ; i < len(text); i++ {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
	}
	return i
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
