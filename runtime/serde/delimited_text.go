package serde

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the text of single values in DELIMITED, and when it is quoted.

// appendBare appends a value that is not a STRING; NULL is no text.
func appendBare(dst []byte, v data.Value, t *types.Type) []byte {
	switch v.Kind() {
	case types.KindNull:
		return dst
	case types.KindBoolean:
		return strconv.AppendBool(dst, v.Bool())
	case types.KindDouble:
		return types.AppendDouble(dst, v.Float64())
	case types.KindDecimal:
		return appendDecimal(dst, v, t.Scale())
	case types.KindBytes:
		return base64.StdEncoding.AppendEncode(dst, v.Raw())
	}
	return strconv.AppendInt(dst, v.Int64(), 10)
}

// parseBare reads a text that is not empty as a value; ok is false if it is none of the type.
func parseBare(text []byte, to scalar, arena *data.Arena) (v data.Value, ok bool) {
	switch to.kind {
	case types.KindString:
		return validText(text, arena), true
	case types.KindBoolean:
		return data.Boolean(strings.EqualFold(aliased(text), "true")), true
	case types.KindBytes:
		return parseBase64(text, arena)
	}
	return parseNumber(text, to)
}

// needsQuotes reports whether a text must be quoted to be read back: if it
// holds the delimiter, a quote or a line end, or begins or ends with what a
// reader could take for a blank or the start of a comment. The first value of
// a line is quoted unless it begins with a letter or a digit of ASCII: an empty
// line counts for nothing, and a negative number is quoted too. The rules are
// those of Apache Commons CSV, whose lines ksqlDB writes.
func needsQuotes(text []byte, delimiter string, first bool) bool {
	if len(text) == 0 {
		return first
	}
	if start := text[0]; start <= '#' || first && !isAlphanumeric(start) {
		return true
	}
	if text[len(text)-1] <= ' ' || bytes.ContainsAny(text, "\"\r\n") {
		return true
	}
	return bytes.Contains(text, []byte(delimiter))
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
