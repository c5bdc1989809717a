package expr

import (
	"math"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Truth reads text as a truth value. It is TRUE for any beginning of true or
// yes and FALSE for one of false or no; ok tells whether it was any of these.
func Truth(text string) (value, ok bool) {
	word := strings.ToLower(strings.TrimSpace(text))
	if word == "" {
		return false, false
	}
	if strings.HasPrefix("true", word) || strings.HasPrefix("yes", word) {
		return true, true
	}
	return false, strings.HasPrefix("false", word) || strings.HasPrefix("no", word)
}

// parseBoolean reads a truth value; unlike CAST it refuses other words.
func parseBoolean(text string) (any, error) {
	value, ok := Truth(text)
	if !ok {
		return nil, types.BadText(types.Boolean, text)
	}
	return value, nil
}

// parseWhole reads a whole number of so many bits, in any notation: 1, 1.00, 1e2.
func parseWhole(text string, to *types.Type, bits int) (any, error) {
	d, err := types.ParseDecimal(strings.TrimSpace(text))
	if err != nil {
		return nil, types.BadText(to, text)
	}
	whole, ok := wholeNumber(d)
	if !ok || bits == 32 && whole != int64(int32(whole)) {
		return nil, types.BadText(to, text)
	}
	return whole, nil
}

// wholeNumber returns a decimal as 64 bits, if it is whole and they hold it.
func wholeNumber(d types.Decimal) (int64, bool) {
	if d.Scale < -19 || d.Scale > maxDigits {
		return 0, d.Unscaled.Sign() == 0
	}
	r := d.Rescale(0)
	exact := r.Rescale(max(d.Scale, 0)).Unscaled.Cmp(d.Rescale(max(d.Scale, 0)).Unscaled) == 0
	return r.Unscaled.Int64(), exact && r.Unscaled.IsInt64()
}

// parseDouble reads a DOUBLE. There is no text for NaN and the infinities, as in
// ksqlDB, and none of the notations that only Go has.
func parseDouble(text string) (any, error) {
	trimmed := strings.TrimSpace(text)
	f, err := strconv.ParseFloat(trimmed, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(trimmed, "_xX") {
		return nil, types.BadText(types.Double, text)
	}
	return f, nil
}

// literalOfNumber reads text as a number of the type that a literal of these
// digits has; an exponent makes it a DECIMAL too. ok is false if it is no number.
func literalOfNumber(text string) (e *Literal, ok bool) {
	text = strings.TrimSpace(text)
	d, err := types.ParseDecimal(text)
	if err != nil || d.Scale < -maxDigits || d.Scale > maxDigits {
		return nil, false
	}
	if whole, fits := wholeNumber(d); fits && !strings.ContainsAny(text, ".eE") {
		if whole == int64(int32(whole)) {
			return &Literal{whole, types.Int}, true
		}
		return &Literal{whole, types.Bigint}, true
	}
	d = d.Rescale(max(d.Scale, 0))
	return &Literal{d, d.Type()}, true
}

// maxDigits bounds the exponents of numbers in text.
const maxDigits = 1000
