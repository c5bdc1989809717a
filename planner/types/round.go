package types

import (
	"fmt"
	"math/big"
	"strconv"
)

// NewDecimal returns unscaled × 10^-scale.
func NewDecimal(unscaled int64, scale int) Decimal {
	return Decimal{Unscaled: big.NewInt(unscaled), Scale: scale}
}

// PowerOfTen returns 10^n for n ≥ 0.
func PowerOfTen(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// Rescale returns the number with the given scale; digits that fall away round
// the last one, a half away from zero.
func (d Decimal) Rescale(scale int) Decimal {
	if scale >= d.Scale {
		unscaled := new(big.Int).Mul(d.Unscaled, PowerOfTen(scale-d.Scale))
		return Decimal{Unscaled: unscaled, Scale: scale}
	}
	divisor := PowerOfTen(d.Scale - scale)
	quotient, rest := new(big.Int).QuoRem(d.Unscaled, divisor, new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).Cmp(divisor) >= 0 {
		quotient.Add(quotient, big.NewInt(int64(d.Unscaled.Sign())))
	}
	return Decimal{Unscaled: quotient, Scale: scale}
}

// Fit returns the number as one of a DECIMAL type: rounded to its scale. The
// error says that it is too large.
func (d Decimal) Fit(t *Type) (Decimal, error) {
	if d.Scale < -t.precision-1 && d.Unscaled.Sign() != 0 {
		return Decimal{}, Overflow(t, d.String)
	}
	if d.Scale-d.Digits() > t.scale {
		return NewDecimal(0, t.scale), nil // far too small to round up to the last digit
	}
	r := d.Rescale(t.scale)
	if r.Digits() > t.precision && r.Unscaled.Sign() != 0 {
		return Decimal{}, Overflow(t, d.String)
	}
	return r, nil
}

// maxShownDigits bounds the numbers that error messages quote.
const maxShownDigits = 100

// Overflow returns the error of a number too large for a DECIMAL type.
func Overflow(t *Type, number func() string) error {
	text := number()
	if len(text) > maxShownDigits {
		text = text[:maxShownDigits] + "..."
	}
	return fmt.Errorf("Numeric field overflow: A field with precision %d and scale %d must round to an absolute value less than 10^%d. Got %s",
		t.precision, t.scale, t.precision-t.scale, text)
}

// Float64 returns the nearest DOUBLE.
func (d Decimal) Float64() float64 {
	f, _ := strconv.ParseFloat(d.Unscaled.String()+"e"+strconv.Itoa(-d.Scale), 64)
	return f // out of range it is ±Inf, as in Java
}

// DecimalOfDouble returns the decimal that a DOUBLE is written as; NaN and the infinities have none.
func DecimalOfDouble(f float64) (Decimal, error) {
	d, err := ParseDecimal(strconv.FormatFloat(f, 'e', -1, 64))
	if err != nil {
		return Decimal{}, fmt.Errorf("no DECIMAL for the DOUBLE %s", FormatDouble(f))
	}
	return d, nil
}

// Negated returns the number with its sign changed.
func (d Decimal) Negated() Decimal {
	return Decimal{Unscaled: new(big.Int).Neg(d.Unscaled), Scale: d.Scale}
}
