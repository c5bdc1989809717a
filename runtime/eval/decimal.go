package eval

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file is arithmetic on DECIMALs. A value is the unscaled number; the
// scales are known when the expression is compiled. As long as everything fits
// 64 bits it stays there, else it goes on with math/big. All of it is exact.

// decimalOperation returns arithmetic on operands of scales s1 and s2 with a result of scale s.
func decimalOperation(op ast.Op, s1, s2, s int) operation {
	switch op {
	case ast.Multiply:
		return func(a, b data.Value) (data.Value, error) { return multiplyDecimals(a, b), nil }
	case ast.Divide:
		shift := powerOfTen(s + s2 - s1)
		return func(a, b data.Value) (data.Value, error) { return divideDecimals(shift.times(a), b) }
	}
	left, right := powerOfTen(s-s1), powerOfTen(s-s2)
	switch op {
	case ast.Plus:
		return func(a, b data.Value) (data.Value, error) { return addDecimals(left.times(a), right.times(b)), nil }
	case ast.Minus:
		return func(a, b data.Value) (data.Value, error) {
			return addDecimals(left.times(a), negateDecimal(right.times(b))), nil
		}
	}
	return func(a, b data.Value) (data.Value, error) { return remainderOfDecimals(left.times(a), right.times(b)) }
}

// multiplier is a power of ten.
type multiplier struct {
	small int64    // 0 if it does not fit
	big   *big.Int // always set
}

// maxSmallPower is the largest power of ten that 64 bits hold.
const maxSmallPower = 18

// powerOfTen returns 10^n for n ≥ 0.
func powerOfTen(n int) multiplier {
	m := multiplier{big: types.PowerOfTen(n)}
	if n <= maxSmallPower {
		m.small = m.big.Int64()
	}
	return m
}

// times returns the DECIMAL v × m.
func (m multiplier) times(v data.Value) data.Value {
	if m.small == 1 {
		return v
	}
	if unscaled, ok := v.Unscaled(); ok && m.small != 0 {
		if product, ok := multiply(unscaled, m.small); ok {
			return data.Decimal(product)
		}
	}
	return data.BigDecimal(new(big.Int).Mul(v.BigUnscaled(), m.big))
}

// multiply returns a × b and whether it fits.
func multiply(a, b int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high != 0 || low > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(low), true
	}
	return int64(low), true
}

// magnitude returns |i|, which for the smallest number only fits unsigned.
func magnitude(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

// small returns two DECIMALs as 64 bits each, if they fit.
func small(a, b data.Value) (x, y int64, ok bool) {
	x, ok1 := a.Unscaled()
	y, ok2 := b.Unscaled()
	return x, y, ok1 && ok2
}

// addDecimals adds two DECIMALs of the same scale.
func addDecimals(a, b data.Value) data.Value {
	if x, y, ok := small(a, b); ok {
		if sum := x + y; (sum > x) == (y > 0) { // else it has wrapped, or y is 0
			return data.Decimal(sum)
		}
	}
	return data.BigDecimal(new(big.Int).Add(a.BigUnscaled(), b.BigUnscaled()))
}

// multiplyDecimals multiplies; the scale of the product is the sum of both.
func multiplyDecimals(a, b data.Value) data.Value {
	if x, y, ok := small(a, b); ok {
		if product, ok := multiply(x, y); ok {
			return data.Decimal(product)
		}
	}
	return data.BigDecimal(new(big.Int).Mul(a.BigUnscaled(), b.BigUnscaled()))
}

// divideDecimals refuses to round: ksqlDB's rule.
func divideDecimals(a, b data.Value) (data.Value, error) {
	// The smallest number divided by -1 does not fit.
	if x, y, ok := small(a, b); ok && x != math.MinInt64 {
		switch {
		case y == 0:
			return data.Null, errDivideByZero
		case x%y != 0:
			return data.Null, errInexact
		}
		return data.Decimal(x / y), nil
	}
	if b.BigUnscaled().Sign() == 0 {
		return data.Null, errDivideByZero
	}
	quotient, rest := new(big.Int).QuoRem(a.BigUnscaled(), b.BigUnscaled(), new(big.Int))
	if rest.Sign() != 0 {
		return data.Null, errInexact
	}
	return data.BigDecimal(quotient), nil
}

// remainderOfDecimals has the sign of a.
func remainderOfDecimals(a, b data.Value) (data.Value, error) {
	if unscaled, ok := b.Unscaled(); ok && unscaled == 0 {
		return data.Null, errDivideByZero
	}
	if x, y, ok := small(a, b); ok {
		return data.Decimal(x % y), nil
	}
	return data.BigDecimal(new(big.Int).Rem(a.BigUnscaled(), b.BigUnscaled())), nil
}

// negateDecimal changes the sign.
func negateDecimal(v data.Value) data.Value {
	if unscaled, ok := v.Unscaled(); ok && unscaled != math.MinInt64 {
		return data.Decimal(-unscaled)
	}
	return data.BigDecimal(new(big.Int).Neg(v.BigUnscaled()))
}

// rescale converts the unscaled number of a DECIMAL of scale from to one of
// type to, rounding a half away from zero. It fails if the number is too large.
func rescale(v data.Value, from int, to *types.Type, limit multiplier) (data.Value, error) {
	if unscaled, ok := v.Unscaled(); ok && from <= to.Scale() && to.Scale()-from <= maxSmallPower && limit.small != 0 {
		if product, ok := multiply(unscaled, smallPowers[to.Scale()-from]); ok && magnitude(product) < uint64(limit.small) {
			return data.Decimal(product), nil
		}
	}
	fitted, err := types.Decimal{Unscaled: v.BigUnscaled(), Scale: from}.Fit(to)
	if err != nil {
		return data.Null, err
	}
	return data.BigDecimal(fitted.Unscaled), nil
}

// smallPowers are the powers of ten that 64 bits hold.
var smallPowers = func() (powers [maxSmallPower + 1]int64) {
	powers[0] = 1
	for i := range maxSmallPower {
		powers[i+1] = 10 * powers[i]
	}
	return powers
}()
