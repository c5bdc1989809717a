package datetime

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// This file holds the elements of patterns, zones apart, and both things that
// each of them does.

// literal is text that stands for itself.
type literal string

func (l literal) format(buf []byte, _ *moment) ([]byte, error) { return append(buf, l...), nil }

func (l literal) parse(p *parser) bool {
	rest := p.rest()
	if hasPrefixFold(rest, string(l)) {
		p.pos += len(l)
		return true
	}
	return false
}

// optional is a part that is left out where its fields are missing.
type optional []element

func (o optional) format(buf []byte, m *moment) ([]byte, error) {
	if out, err := formatAll(buf, o, m); err == nil {
		return out, nil
	}
	return buf, nil
}

// parse forgets the fields of a part that is there in part only.
func (o optional) parse(p *parser) bool {
	before := *p
	for _, e := range o {
		if !e.parse(p) {
			farthest := max(p.farthest, p.pos)
			*p = before
			p.farthest = farthest
			return true
		}
	}
	return true
}

// padded fills an element up with blanks on the left.
type padded struct {
	element
	width int
}

var errTooWide = errors.New("a value is wider than its padding")

func (w padded) format(buf []byte, m *moment) ([]byte, error) {
	start := len(buf)
	out, err := w.element.format(buf, m)
	if err != nil {
		return buf, err
	}
	missing := w.width - utf8.RuneCount(out[start:])
	if missing < 0 {
		return buf, errTooWide
	}
	value := string(out[start:])
	return append(append(out[:start], strings.Repeat(" ", missing)...), value...), nil
}

// parse takes as many bytes as there were written, neither more nor less.
func (w padded) parse(p *parser) bool {
	if len(p.rest()) < w.width {
		return false
	}
	end := p.pos + w.width
	whole := p.text
	p.text = whole[:end]
	p.pos += len(p.rest()) - len(strings.TrimLeft(p.rest(), " "))
	ok := w.element.parse(p) && p.pos == end
	p.text = whole
	return ok
}

// text is a field by its name.
type text struct {
	field field
	names names
}

func (t text) format(buf []byte, m *moment) ([]byte, error) {
	v, err := m.value(t.field)
	if err != nil {
		return buf, err
	}
	return append(buf, t.names.words[v-t.names.first]...), nil
}

func (t text) parse(p *parser) bool {
	value, length := t.names.match(p.rest())
	if length == 0 {
		return false
	}
	return p.set(t.field, value, length)
}

// signStyle says which signs a number has.
type signStyle uint8

const (
	noSign          signStyle = iota
	plainSign                 // a minus where it is negative
	signBeyondWidth           // and a plus where it is wider than its least width
)

// number is a field in digits.
type number struct {
	field       field
	least, most int // digits
	sign        signStyle
	reduced     bool // the last two digits of a year of this century
	fraction    bool // the first digits of a fraction

	behind int // digits of the numbers right behind it, which are theirs; see adjoin
}

// fixedWidth reports whether the number always has as many digits.
func (n *number) fixedWidth() bool { return n.least == n.most && n.sign == noSign }

func (n *number) format(buf []byte, m *moment) ([]byte, error) {
	v, err := m.value(n.field)
	if err != nil {
		return buf, err
	}
	negative := v < 0
	switch {
	case n.reduced:
		v, negative = abs(v)%100, false
	case n.fraction:
		v /= powers[9-n.least]
	}
	var scratch [20]byte
	digits := strconv.AppendInt(scratch[:0], abs(v), 10)
	width := max(len(digits), n.least)
	switch {
	case width > n.most || negative && n.sign == noSign:
		return buf, fmt.Errorf("the %s %d does not fit %d digits", fieldTitles[n.field], v, n.most)
	case negative:
		buf = append(buf, '-')
	case n.sign == signBeyondWidth && width > n.least:
		buf = append(buf, '+')
	}
	for range width - len(digits) {
		buf = append(buf, '0')
	}
	return append(buf, digits...), nil
}

func abs(v int64) int64 { return max(v, -v) }

var powers = [10]int64{1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// parse reads a number by the rules of a strict Java formatter: a sign only
// where one is written, and a year of more than four digits only with its plus.
func (n *number) parse(p *parser) bool {
	s := p.rest()
	sign := byte(0)
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = s[0], s[1:]
		if n.sign == noSign || sign == '+' && n.sign != signBeyondWidth {
			return false
		}
	}
	digits := n.digits(s)
	if digits < n.least || digits > 18 || n.sign == signBeyondWidth && sign != '-' && (digits > n.least) != (sign == '+') {
		return false
	}
	value := atoi(s[:digits])
	switch {
	case sign == '-' && value == 0:
		return false
	case sign == '-':
		value = -value
	case n.reduced:
		value += 2000
	case n.fraction:
		value *= powers[9-n.least]
	}
	return p.set(n.field, value, len(p.rest())-len(s)+digits)
}

// digits returns how many of the digits at the front of s are the number's.
func (n *number) digits(s string) int {
	count := countDigits(s, n.most+n.behind)
	if n.behind > 0 {
		count = countDigits(s, max(n.least, count-n.behind))
	}
	return count
}

// countDigits returns the number of digits at the front of s, at most most.
func countDigits(s string, most int) int {
	n := 0
	for n < len(s) && n < most && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// atoi returns the value of digits, at most 18.
func atoi(digits string) int64 {
	v := int64(0)
	for i := range len(digits) {
		v = v*10 + int64(digits[i]-'0')
	}
	return v
}
