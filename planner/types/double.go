package types

import (
	"math"
	"slices"
	"strconv"
)

// AppendDouble appends a DOUBLE as Java writes it, which is what ksqlDB shows:
// always with a decimal point, plain from 0.001 up to ten million and with an
// exponent outside (1.0E10, 4.9E-324), NaN and Infinity as words. The digits
// are the fewest that read back as the same number (JDK-4511638).
func AppendDouble(buf []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(buf, "NaN"...)
	case math.IsInf(f, 1):
		return append(buf, "Infinity"...)
	case math.IsInf(f, -1):
		return append(buf, "-Infinity"...)
	}
	if abs := math.Abs(f); abs == 0 || abs >= 1e-3 && abs < 1e7 {
		start := len(buf)
		buf = strconv.AppendFloat(buf, f, 'f', -1, 64)
		return withPoint(buf, start)
	}
	return appendScientific(buf, f)
}

// FormatDouble is [AppendDouble] into a string of its own.
func FormatDouble(f float64) string { return string(AppendDouble(nil, f)) }

// withPoint makes sure that the number beginning at start has a decimal point.
func withPoint(buf []byte, start int) []byte {
	if slices.Contains(buf[start:], '.') {
		return buf
	}
	return append(buf, ".0"...)
}

// appendScientific appends d.dddE±n. Where one digit would do, Java takes the
// best two.
func appendScientific(buf []byte, f float64) []byte {
	var scratch [32]byte
	text := strconv.AppendFloat(scratch[:0], f, 'e', -1, 64)
	if digits := text[min(1, len(text)):]; f > 0 && digits[0] == 'e' || f < 0 && digits[1] == 'e' {
		text = strconv.AppendFloat(scratch[:0], f, 'e', 1, 64)
	}
	i := 0
	for text[i] != 'e' {
		i++
	}
	buf = append(buf, text[:i]...)
	exponent, _ := strconv.Atoi(string(text[i+1:]))
	return strconv.AppendInt(append(buf, 'E'), int64(exponent), 10)
}
