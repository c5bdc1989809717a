package display

import (
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// AppendJSON appends a value of type t as compact JSON: BIGINT and DECIMAL with
// all their digits, BYTES in base64, dates and times in their ISO form, a MAP
// as an object whose keys are text. The numbers that JSON lacks, NaN and the
// infinities, are strings.
func AppendJSON(dst []byte, v data.Value, t *types.Type) []byte {
	switch v.Kind() {
	case types.KindDouble:
		return appendDoubleJSON(dst, v.Float64())
	case types.KindString:
		return AppendQuoted(dst, v.Text())
	case types.KindBytes, types.KindDate, types.KindTime, types.KindTimestamp:
		return append(AppendText(append(dst, '"'), v, t), '"')
	case types.KindArray:
		return appendArrayJSON(dst, v, t)
	case types.KindMap:
		return appendMapJSON(dst, v, t)
	case types.KindStruct:
		return appendStructJSON(dst, v, t)
	}
	return AppendText(dst, v, t)
}

func appendDoubleJSON(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(types.AppendDouble(append(dst, '"'), f), '"')
	}
	return types.AppendDouble(dst, f)
}

func appendArrayJSON(dst []byte, v data.Value, t *types.Type) []byte {
	dst = append(dst, '[')
	for i, elem := range v.Elems() {
		dst = AppendJSON(comma(dst, i), elem, t.Elem())
	}
	return append(dst, ']')
}

func appendMapJSON(dst []byte, v data.Value, t *types.Type) []byte {
	dst = append(dst, '{')
	for i, entry := range v.Entries() {
		dst = AppendQuoted(comma(dst, i), Text(entry.Key, t.Key()))
		dst = AppendJSON(append(dst, ':'), entry.Value, t.Elem())
	}
	return append(dst, '}')
}

func appendStructJSON(dst []byte, v data.Value, t *types.Type) []byte {
	dst = append(dst, '{')
	for i, field := range t.Fields() {
		dst = AppendQuoted(comma(dst, i), field.Name)
		dst = AppendJSON(append(dst, ':'), v.Elems()[i], field.Type)
	}
	return append(dst, '}')
}

// comma appends the comma before every element but the first.
func comma(dst []byte, i int) []byte {
	if i == 0 {
		return dst
	}
	return append(dst, ',')
}

// AppendQuoted appends text as a JSON string. Every character that could drive
// a terminal is escaped; what is not UTF-8 becomes U+FFFD.
func AppendQuoted(dst []byte, text string) []byte {
	dst = append(dst, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\r':
			dst = append(dst, '\\', 'r')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r < ' ' || r >= 0x7f && r < 0xa0:
			dst = append(dst, '\\', 'u', '0', '0')
			if r < 0x10 {
				dst = append(dst, '0')
			}
			dst = strconv.AppendInt(dst, int64(r), 16)
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069: // turns the line round
			dst = strconv.AppendInt(append(dst, '\\', 'u'), int64(r), 16)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
