package functions

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file rounds: DECIMALs, which are unscaled numbers here, and DOUBLEs by
// their decimal digits.

// rounding says whether a number that loses digits moves away from zero. It is
// asked only if what is lost is not 0; half compares that with one half.
type rounding func(negative bool, half int) bool

func towardsZero(bool, int) bool            { return false }
func upwards(negative bool, _ int) bool     { return !negative }
func downwards(negative bool, _ int) bool   { return negative }
func halfUpwards(negative bool, h int) bool { return h > 0 || h == 0 && !negative }

// powersOfTen are those that fit 64 bits.
var powersOfTen = func() (powers [19]int64) {
	p := int64(1)
	for i := range powers {
		powers[i] = p
		p *= 10
	}
	return powers
}()

// tenTo returns 10^n, for any n ≥ 0.
func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// dropDigits returns unscaled / 10^n, rounded.
func dropDigits(unscaled data.Value, n int, mode rounding) data.Value {
	if n <= 0 {
		return unscaled
	}
	if v, ok := unscaled.Unscaled(); ok && n < len(powersOfTen) {
		return data.Decimal(dropDigits64(v, powersOfTen[n], mode))
	}
	v := unscaled.BigUnscaled()
	digits := types.Decimal{Unscaled: v}.Digits()
	power := tenTo(min(n, digits+1)) // of more, nothing is left either
	quotient, remainder := new(big.Int).QuoRem(v, power, new(big.Int))
	if remainder.Sign() != 0 {
		double := new(big.Int).Abs(remainder)
		if mode(v.Sign() < 0, double.Lsh(double, 1).Cmp(power)) {
			quotient.Add(quotient, big.NewInt(int64(v.Sign())))
		}
	}
	return data.BigDecimal(quotient)
}

// dropDigits64 returns v / power, rounded.
func dropDigits64(v, power int64, mode rounding) int64 {
	quotient, remainder := v/power, v%power
	if remainder == 0 {
		return quotient
	}
	sign := int64(1)
	if v < 0 {
		sign = -1
	}
	if mode(v < 0, cmp.Compare(2*remainder*sign, power)) {
		quotient += sign
	}
	return quotient
}

// addDigits returns unscaled × 10^n.
func addDigits(unscaled data.Value, n int) data.Value {
	if n <= 0 {
		return unscaled
	}
	if v, ok := unscaled.Unscaled(); ok && n < len(powersOfTen) {
		if product := v * powersOfTen[n]; v == 0 || product/v == powersOfTen[n] && product/powersOfTen[n] == v {
			return data.Decimal(product)
		}
	}
	return data.BigDecimal(new(big.Int).Mul(unscaled.BigUnscaled(), tenTo(n)))
}

// mostDigits is the most digits that rounding to negative places fills with
// zeros: a number of places that comes from data must not take all memory.
const mostDigits = 1000

// roundDecimal rounds to a number of places behind the point, negative ones
// before it, and keeps the scale.
func roundDecimal(unscaled data.Value, scale, places int, mode rounding) data.Value {
	n := scale - max(places, -mostDigits)
	return addDigits(dropDigits(unscaled, n, mode), n)
}

// roundDouble rounds the shortest decimal digits of f, as Java does by way of
// BigDecimal. Numbers without digits give an error.
func roundDouble(f float64, places int, mode rounding) (float64, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, errNotFinite
	}
	var scratch [32]byte
	text := string(strconv.AppendFloat(scratch[:0], f, 'e', -1, 64))
	mantissa, exponent, _ := strings.Cut(text, "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	unscaled, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil {
		return 0, err
	}
	power, err := strconv.Atoi(exponent)
	if err != nil {
		return 0, err
	}
	scale := len(fraction) - power
	if places >= scale {
		return f, nil
	}
	rounded, _ := dropDigits(data.Decimal(unscaled), scale-places, mode).Unscaled()
	return strconv.ParseFloat(strconv.FormatInt(rounded, 10)+"e"+strconv.Itoa(-places), 64)
}

// roundToBigint is ROUND of a DOUBLE: a tie goes upwards, NaN is 0, and what
// does not fit becomes the nearest BIGINT.
func roundToBigint(f float64) int64 {
	whole := math.Floor(f)
	if f-whole >= 0.5 {
		whole++
	}
	return saturate(whole)
}

// saturate converts as Java's cast to long does.
func saturate(f float64) int64 {
	switch {
	case math.IsNaN(f):
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}
