// Package display writes values for people and for programs: as text, the way
// ksqlDB's shell shows them, and as JSON, the way its servers send them.
//
// All functions append to a buffer of the caller's, keep nothing of what they
// are given, and may be called by any number of goroutines.
package display

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// appendDouble appends a number as Java's Double.toString does, which is what
// ksqlDB prints: 1.0, 1.0E10, NaN, Infinity.
func appendDouble(dst []byte, f float64) []byte {
	switch magnitude := math.Abs(f); {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case magnitude == 0 || magnitude >= 1e-3 && magnitude < 1e7:
		start := len(dst)
		return withPoint(strconv.AppendFloat(dst, f, 'f', -1, 64), start)
	}
	return appendScientific(dst, f)
}

// appendScientific appends 1.5E-7: always a digit behind the point, an exponent
// without plus sign or leading zeros.
func appendScientific(dst []byte, f float64) []byte {
	var buf [32]byte
	digits := strconv.AppendFloat(buf[:0], f, 'e', -1, 64)
	split := len(digits) - 1
	for digits[split] != 'e' {
		split--
	}
	start := len(dst)
	dst = withPoint(append(dst, digits[:split]...), start)
	exponent, _ := strconv.Atoi(string(digits[split+1:])) // AppendFloat's own digits
	return strconv.AppendInt(append(dst, 'E'), int64(exponent), 10)
}

// withPoint adds ".0" to the number that begins at start if it has no point.
func withPoint(dst []byte, start int) []byte {
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, '.', '0')
}

// appendDecimal appends an exact number in plain digits, with all of its scale.
func appendDecimal(dst []byte, v data.Value, scale int) []byte {
	if unscaled, small := v.Unscaled(); small {
		return append(dst, types.FormatDecimal(strconv.FormatInt(unscaled, 10), scale)...)
	}
	return append(dst, types.FormatDecimal(v.BigUnscaled().String(), scale)...)
}

// appendTemporal appends a DATE, TIME or TIMESTAMP in its ISO form. A TIME
// leaves out seconds and milliseconds that are zero, as Java does.
func appendTemporal(dst []byte, v data.Value) []byte {
	const day = 24 * 60 * 60
	switch v.Kind() {
	case types.KindDate:
		return time.Unix(v.Int64()*day, 0).UTC().AppendFormat(dst, "2006-01-02")
	case types.KindTimestamp:
		return time.UnixMilli(v.Int64()).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000")
	}
	layout := "15:04"
	switch ms := v.Int64(); {
	case ms%1000 != 0:
		layout = "15:04:05.000"
	case ms%60_000 != 0:
		layout = "15:04:05"
	}
	return time.UnixMilli(v.Int64()).UTC().AppendFormat(dst, layout)
}

func appendBase64(dst, raw []byte) []byte { return base64.StdEncoding.AppendEncode(dst, raw) }
