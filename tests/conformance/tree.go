package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
)

// This file reads JSON without losing what a comparison needs: the text of
// numbers, and the order of members. A tree is nil, bool, json.Number, string,
// []any or *Object.

// Object is a JSON object with its members in the order in which they were written.
type Object struct {
	Names   []string
	Members map[string]any
}

// Get returns the member of exactly that name, nil if there is none.
func (o *Object) Get(name string) any {
	if o == nil {
		return nil
	}
	return o.Members[name]
}

// Has reports whether there is a member of exactly that name.
func (o *Object) Has(name string) bool {
	if o == nil {
		return false
	}
	_, ok := o.Members[name]
	return ok
}

// fold returns the member of that name, ignoring case; an exact match goes first.
func (o *Object) fold(name string) any {
	if v, ok := o.Members[name]; ok {
		return v
	}
	for _, n := range o.Names {
		if strings.EqualFold(n, name) {
			return o.Members[n]
		}
	}
	return nil
}

// errTrailing: a text that holds more than one JSON value.
var errTrailing = errors.New("text after the JSON value")

// parseTree reads a text that holds one JSON value.
func parseTree(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	tree, err := readTree(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errTrailing
	}
	return tree, nil
}

func readTree(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return readObject(d)
	case json.Delim('['):
		return readArray(d)
	}
	return t, nil
}

func readObject(d *json.Decoder) (any, error) {
	o := &Object{Members: map[string]any{}}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		member, err := readTree(d)
		if err != nil {
			return nil, err
		}
		text, ok := name.(string)
		if !ok {
			return nil, fmt.Errorf("%v is no member's name", name)
		}
		if !o.Has(text) {
			o.Names = append(o.Names, text)
		}
		o.Members[text] = member
	}
	_, err := d.Token()
	return o, err
}

func readArray(d *json.Decoder) (any, error) {
	elems := []any{}
	for d.More() {
		elem, err := readTree(d)
		if err != nil {
			return nil, err
		}
		elems = append(elems, elem)
	}
	_, err := d.Token()
	return elems, err
}

// appendTree writes a tree as JSON, with fractions in plain notation.
func appendTree(dst []byte, tree any) []byte {
	switch t := tree.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return fmt.Append(dst, t)
	case json.Number:
		return append(dst, plainNumber(t.String())...)
	case string:
		return appendString(dst, t)
	case []any:
		dst = append(dst, '[')
		for i, elem := range t {
			dst = appendTree(comma(dst, i), elem)
		}
		return append(dst, ']')
	case *Object:
		dst = append(dst, '{')
		for i, name := range t.Names {
			dst = append(appendString(comma(dst, i), name), ':')
			dst = appendTree(dst, t.Members[name])
		}
		return append(dst, '}')
	}
	panic(fmt.Sprintf("conformance: %T in a tree", tree))
}

func comma(dst []byte, i int) []byte {
	if i == 0 {
		return dst
	}
	return append(dst, ',')
}

func appendString(dst []byte, s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("conformance: a string that is no JSON: " + err.Error())
	}
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// isFraction reports whether a number was written with a point or an exponent.
func isFraction(number string) bool { return strings.ContainsAny(number, ".eE") }

// plainNumber writes a fraction without exponent, and an integer as it stands.
func plainNumber(number string) string {
	if !isFraction(number) {
		return number
	}
	d, ok := parseDecimal(number)
	if !ok {
		return number
	}
	return d.plain()
}

// textOf returns a tree as the text that a test means by it: strings without
// quotes, everything else as JSON.
func textOf(tree any) string {
	if s, ok := tree.(string); ok {
		return s
	}
	return string(appendTree(nil, tree))
}

// Decimal is a number with a scale: Unscaled × 10^-Scale. The scale may be negative.
type Decimal struct {
	Unscaled *big.Int
	Scale    int
}

// maxExponent bounds the digits that a number may be written out to.
const maxExponent = 10_000

// parseDecimal reads a number as Java's BigDecimal does: the scale is that of the text.
func parseDecimal(text string) (Decimal, bool) {
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		var err error
		if exponent, err = strconv.Atoi(text[i+1:]); err != nil || max(exponent, -exponent) > maxExponent {
			return Decimal{}, false
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	unscaled, ok := new(big.Int).SetString(strings.TrimPrefix(whole, "+")+fraction, 10)
	if !ok {
		return Decimal{}, false
	}
	return Decimal{Unscaled: unscaled, Scale: len(fraction) - exponent}, true
}

// equal reports whether both have the same digits and the same scale.
func (d Decimal) equal(e Decimal) bool { return d.Scale == e.Scale && d.Unscaled.Cmp(e.Unscaled) == 0 }

// truncated returns the whole part.
func (d Decimal) truncated() *big.Int {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(d.Scale, -d.Scale))), nil)
	if d.Scale >= 0 {
		return power.Quo(d.Unscaled, power)
	}
	return power.Mul(d.Unscaled, power)
}

// float returns the nearest float64.
func (d Decimal) float() float64 {
	f, _, err := big.ParseFloat(fmt.Sprintf("%se%d", d.Unscaled, -d.Scale), 10, 200, big.ToNearestEven)
	if err != nil {
		panic("conformance: a decimal that is no number: " + err.Error())
	}
	near, _ := f.Float64()
	return near
}

// rescaled returns the same number at another scale; ok is false if digits would be lost.
func (d Decimal) rescaled(scale int) (Decimal, bool) {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale-d.Scale, d.Scale-scale))), nil)
	if scale >= d.Scale {
		return Decimal{Unscaled: power.Mul(d.Unscaled, power), Scale: scale}, true
	}
	q, r := new(big.Int).QuoRem(d.Unscaled, power, new(big.Int))
	return Decimal{Unscaled: q, Scale: scale}, r.Sign() == 0
}

// plain returns the number without exponent, as BigDecimal.toPlainString.
func (d Decimal) plain() string {
	if d.Scale <= 0 {
		return d.truncated().String()
	}
	digits := new(big.Int).Abs(d.Unscaled).String()
	if missing := d.Scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	sign := ""
	if d.Unscaled.Sign() < 0 {
		sign = "-"
	}
	point := len(digits) - d.Scale
	return sign + digits[:point] + "." + digits[point:]
}

// String returns the plain number.
func (d Decimal) String() string { return d.plain() }
