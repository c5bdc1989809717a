package serde

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"unsafe"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds what formats that write numbers as text have in common.

// scalar is a type without nested types.
type scalar struct {
	kind             types.Kind
	precision, scale int // DECIMAL
}

func scalarOf(t *types.Type) scalar { return scalar{t.Kind(), t.Precision(), t.Scale()} }

func (t scalar) String() string {
	if t.kind == types.KindDecimal {
		return fmt.Sprintf("DECIMAL(%d, %d)", t.precision, t.scale)
	}
	return t.kind.String()
}

// number is a decimal number as it was written: ±mantissa × 10^(exponent-fraction).
type number struct {
	literal  []byte
	mantissa uint64 // all digits as one number; wrapped around if there are more than 19
	digits   int    // how many, before and behind the point
	fraction int    // how many of the digits are behind the point
	exponent int
	negative bool
}

// maxExponent bounds what an exponent says, as Java's BigDecimal does.
const maxExponent = 1<<31 - 1

var pow10 = [...]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// exact10 are the powers of ten that a float64 holds exactly.
var exact10 = [...]float64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// digits reads the decimal digits at i and returns value followed by them, as
// a number that wraps around, and the position behind them.
func digits(src []byte, i int, value uint64) (uint64, int) {
	for i+8 <= len(src) {
		w := load64(src, i) ^ zeros
		others := (w + pastNines | w) & highs
		if others == 0 {
			value = value*1e8 + eightDigits(w)
			i += 8
			continue
		}
		n := bits.TrailingZeros64(others) >> 3
		// The digits move up to the end; the zeros that come in stand before them.
		return value*pow10[n&7] + eightDigits(w<<(64-8*n)), i + n
	}
	for ; i < len(src) && src[i]-'0' <= 9; i++ {
		value = value*10 + uint64(src[i]-'0')
	}
	return value, i
}

// eightDigits returns the number whose digits are the bytes of w, the lowest byte first.
func eightDigits(w uint64) uint64 {
	const pairs = 0x000000FF000000FF
	w = w*10 + w>>8
	return (w&pairs*(100+1_000_000<<32) + w>>16&pairs*(1+10_000<<32)) >> 32
}

// exponent reads the digits at i, and the sign before them; end is failed if there are none.
func exponent(src []byte, i int) (exponent, end int) {
	negative := false
	if i < len(src) && (src[i] == '-' || src[i] == '+') {
		negative = src[i] == '-'
		i++
	}
	first := i
	for ; i < len(src) && src[i]-'0' <= 9; i++ {
		exponent = min(10*exponent+int(src[i]-'0'), maxExponent)
	}
	if i == first {
		return 0, failed
	}
	if negative {
		exponent = -exponent
	}
	return exponent, i
}

// parseLoose reads a text that is a number as Java's BigDecimal has it: unlike
// in JSON there may be a plus, leading zeros, and no digits on one side of the point.
func parseLoose(text []byte) (n number, ok bool) {
	n.literal = text
	i := 0
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		n.negative = text[0] == '-'
		i++
	}
	whole := i
	n.mantissa, i = digits(text, i, 0)
	n.digits = i - whole
	if i < len(text) && text[i] == '.' {
		point := i + 1
		n.mantissa, i = digits(text, point, n.mantissa)
		n.fraction = i - point
		n.digits += n.fraction
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		n.exponent, i = exponent(text, i+1)
	}
	return n, i == len(text) && n.digits > 0
}

// parseDouble reads a text as Java's Double.parseDouble does, hexadecimal numbers apart.
func parseDouble(text []byte) (f float64, ok bool) {
	if n, ok := parseLoose(text); ok {
		return n.float64(), true
	}
	text = bytes.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	switch string(text) {
	case "NaN", "+NaN", "-NaN":
		return math.NaN(), true
	case "Infinity", "+Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	if last := len(text) - 1; last > 0 && bytes.IndexByte([]byte("dDfF"), text[last]) >= 0 {
		text = text[:last]
	}
	n, ok := parseLoose(text)
	return n.float64(), ok
}

// aliased returns b as a string that shares its memory.
func aliased(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// convert turns the number into a value of the type; ok is false if it does
// not fit. Integers drop the fraction and the high bits, as ksqlDB's do.
func (n *number) convert(to scalar) (v data.Value, ok bool) {
	switch to.kind {
	case types.KindDouble:
		return data.Double(n.float64()), true
	case types.KindDecimal:
		return n.decimal(to.precision, to.scale)
	case types.KindBigint, types.KindTimestamp:
		return integral(n.int64(), to.kind)
	}
	return integral(int64(int32(n.int64())), to.kind)
}

// integral returns the value of an integer or temporal type that i stands for.
func integral(i int64, kind types.Kind) (v data.Value, ok bool) {
	const msPerDay = 24 * 60 * 60 * 1000
	switch kind {
	case types.KindInt:
		return data.Int(int32(i)), true
	case types.KindBigint:
		return data.Bigint(i), true
	case types.KindTimestamp:
		return data.Timestamp(i), true
	case types.KindDate:
		return data.Date(i), true
	}
	return data.Time(i), 0 <= i && i < msPerDay
}

// parseNumber reads a text as a number of the type. Integers must be written as
// such and fit, where a JSON number need not.
func parseNumber(text []byte, to scalar) (v data.Value, ok bool) {
	bits := 32
	switch to.kind {
	case types.KindDouble:
		f, ok := parseDouble(text)
		return data.Double(f), ok
	case types.KindDecimal:
		n, ok := parseLoose(text)
		if !ok {
			return data.Null, false
		}
		return n.convert(to)
	case types.KindBigint, types.KindTimestamp:
		bits = 64
	}
	i, ok := parseInteger(text, bits)
	if !ok {
		return data.Null, false
	}
	return integral(i, to.kind)
}

// parseInteger reads digits with an optional sign as a number of so many bits.
func parseInteger(text []byte, bits int) (i int64, ok bool) {
	if n, end := digits(text, 0, 0); end == len(text) && 0 < end && end < 19 {
		return int64(n), n>>(bits-1) == 0
	}
	i, err := strconv.ParseInt(aliased(text), 10, bits)
	return i, err == nil
}

// small reports whether the mantissa holds all digits.
func (n *number) small() bool { return n.digits <= 19 }

// int64 returns the number without what is behind the point. Of a number that
// is too large the low 64 bits remain.
func (n *number) int64() int64 {
	value := n.mantissa
	if n.fraction|n.exponent != 0 || !n.small() {
		value = n.wholePart()
	}
	if n.negative {
		return -int64(value)
	}
	return int64(value)
}

// wholePart returns the low 64 bits of the number, sign and fraction apart.
func (n *number) wholePart() (value uint64) {
	left := n.digits - n.fraction + n.exponent // digits before the point, once the exponent has moved it
	for _, c := range n.literal {
		if left <= 0 || c|0x20 == 'e' {
			break
		}
		if c-'0' <= 9 {
			value = value*10 + uint64(c-'0')
			left--
		}
	}
	for range min(left, 64) { // 10^64 is 0 in 64 bits
		value *= 10
	}
	return value
}

// float64 returns the nearest float64, ±Inf for numbers that are too large.
func (n *number) float64() float64 {
	power := n.exponent - n.fraction
	if n.mantissa > 1<<53 || !n.small() || power < -22 || power > 22 {
		f, _ := strconv.ParseFloat(aliased(n.literal), 64)
		return f
	}
	// Both are exact, so one operation rounds once (Clinger's fast path).
	f := float64(n.mantissa)
	if power < 0 {
		f /= exact10[-power]
	} else {
		f *= exact10[power]
	}
	if n.negative {
		return math.Copysign(f, -1)
	}
	return f
}

// decimal returns the number as a DECIMAL(precision, scale); ok is false if it
// does not fit without rounding.
func (n *number) decimal(precision, scale int) (v data.Value, ok bool) {
	shift := scale - n.fraction + n.exponent
	if n.digits > 18 || shift > 18 || n.digits+max(shift, 0) > 18 || shift < -18 {
		return n.bigDecimal(precision, scale)
	}
	unscaled := n.mantissa
	if shift >= 0 {
		unscaled *= pow10[shift]
	} else {
		if unscaled%pow10[-shift] != 0 {
			return data.Null, false
		}
		unscaled /= pow10[-shift]
	}
	if precision <= 18 && unscaled >= pow10[precision] {
		return data.Null, false
	}
	if n.negative {
		return data.Decimal(-int64(unscaled)), true
	}
	return data.Decimal(int64(unscaled)), true
}

// bigDecimal is decimal for numbers of any length.
func (n *number) bigDecimal(precision, scale int) (v data.Value, ok bool) {
	shift := scale - n.fraction + n.exponent
	digits := n.significant()
	switch {
	case len(digits) == 0:
		return data.Decimal(0), true
	case len(digits)+shift > precision || len(digits)+shift <= 0:
		return data.Null, false // too large, or less than one unit
	case shift < 0 && len(bytes.TrimRight(digits[len(digits)+shift:], "0")) > 0:
		return data.Null, false
	case shift < 0:
		digits = digits[:len(digits)+shift]
	default:
		digits = append(digits, bytes.Repeat([]byte{'0'}, shift)...)
	}
	unscaled, ok := new(big.Int).SetString(string(digits), 10)
	if n.negative && ok {
		unscaled.Neg(unscaled)
	}
	return data.BigDecimal(unscaled), ok
}

// significant returns the digits of the mantissa without leading zeros.
func (n *number) significant() []byte {
	digits := make([]byte, 0, n.digits)
	for _, c := range n.literal {
		if c|0x20 == 'e' {
			break
		}
		if c-'0' <= 9 && (c != '0' || len(digits) > 0) {
			digits = append(digits, c)
		}
	}
	return digits
}
