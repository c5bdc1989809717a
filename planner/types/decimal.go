package types

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is an exact number: Unscaled × 10^-Scale. It is what a DECIMAL literal
// holds; rows hold the unscaled number alone, since the column's type knows the scale.
type Decimal struct {
	Unscaled *big.Int // never changed once the Decimal is made
	Scale    int
}

// ParseDecimal reads digits with an optional sign, point and exponent, as in
// -1.50 or 12e3; its scale is the number of digits behind the point, less the exponent.
func ParseDecimal(text string) (Decimal, error) {
	mantissa, exponent, err := splitExponent(text)
	if err != nil {
		return Decimal{}, err
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	unscaled, ok := new(big.Int).SetString(digits, 10)
	if !ok || strings.ContainsAny(fraction, "+-_") || strings.Contains(whole, "_") {
		return Decimal{}, fmt.Errorf("not a number: %q", text)
	}
	return Decimal{Unscaled: unscaled, Scale: len(fraction) - exponent}, nil
}

// maxExponent bounds what a few characters of text can make of memory.
const maxExponent = 1_000_000

func splitExponent(text string) (mantissa string, exponent int, err error) {
	i := strings.IndexAny(text, "eE")
	if i < 0 {
		return text, 0, nil
	}
	exponent, err = strconv.Atoi(text[i+1:])
	if err != nil || exponent > maxExponent || exponent < -maxExponent {
		return "", 0, fmt.Errorf("not a number: %q", text)
	}
	return text[:i], exponent, nil
}

// Digits returns the number of decimal digits of the unscaled number; 0 has one.
func (d Decimal) Digits() int {
	return len(new(big.Int).Abs(d.Unscaled).String())
}

// Type returns the smallest DECIMAL type that holds the number at its own scale.
// Digits before the point count at least one: 0.25 is DECIMAL(3, 2).
func (d Decimal) Type() *Type {
	scale := max(d.Scale, 0)
	precision := d.Digits()
	if d.Scale < 0 {
		precision -= d.Scale
	}
	return DecimalOf(max(precision, scale+1), scale)
}

// String returns the number in plain digits, with all digits of its scale.
func (d Decimal) String() string { return FormatDecimal(d.Unscaled.String(), d.Scale) }

// FormatDecimal puts the point into the digits of an unscaled number: ("-150", 2) is "-1.50".
func FormatDecimal(unscaled string, scale int) string {
	if scale <= 0 {
		if unscaled == "0" {
			return unscaled
		}
		return unscaled + strings.Repeat("0", -scale)
	}
	sign := ""
	if strings.HasPrefix(unscaled, "-") {
		sign, unscaled = "-", unscaled[1:]
	}
	if missing := scale + 1 - len(unscaled); missing > 0 {
		unscaled = strings.Repeat("0", missing) + unscaled
	}
	point := len(unscaled) - scale
	return sign + unscaled[:point] + "." + unscaled[point:]
}
