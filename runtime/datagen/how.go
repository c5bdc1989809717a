package datagen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// how is the arg.properties of a part of an Avro schema: how its values are made up.
// At most one of options, range, iteration and regex counts, in this order.
type how struct {
	Options   []any
	Range     *bounds
	Iteration *iteration
	Regex     string
	// Length is of texts, bytes, arrays and maps.
	Length bounds
	// Prefix and Suffix stand around a text.
	Prefix, Suffix string
	// Odds is how probable TRUE is.
	Odds *float64
}

// bounds are a smallest and a largest number; the latter is left out where there is none.
// As a plain number they are both.
type bounds struct{ Min, Max *json.Number }

// iteration counts from start in steps, and begins again before it reaches restart.
type iteration struct{ Start, Restart, Step *json.Number }

// UnmarshalJSON refuses members that mean nothing here.
func (h *how) UnmarshalJSON(text []byte) error {
	type plain how
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode((*plain)(h)); err != nil {
		return fmt.Errorf("arg.properties may have options, range, iteration, regex, length, prefix, suffix and odds: %w", err)
	}
	return nil
}

// UnmarshalJSON reads a number or an object.
func (b *bounds) UnmarshalJSON(text []byte) error {
	if text[0] != '{' {
		var both json.Number
		err := json.Unmarshal(text, &both)
		if both != "" { // not null
			b.Min, b.Max = &both, &both
		}
		return err
	}
	type plain bounds
	return json.Unmarshal(text, (*plain)(b))
}

// mostLength is how long a text, bytes, an array or a map may become.
const mostLength = 1_000_000

// lengths returns how lengths are chosen.
func (b *bounds) lengths() (func(*source) int, error) {
	const few, many = 1, 8
	low := integer(b.Min, min(few, integer(b.Max, few)))
	high := integer(b.Max, max(low, many))
	if low < 0 || high < low || high > mostLength {
		return nil, fmt.Errorf("a length goes from min to max, between 0 and %d", mostLength)
	}
	return func(s *source) int { return int(low + s.Int64N(high-low+1)) }, nil
}

// integer is a number as a whole one; what is too large for that becomes the largest, or
// the smallest.
func integer(n *json.Number, otherwise int64) int64 {
	if n == nil {
		return otherwise
	}
	if i, err := n.Int64(); err == nil {
		return i
	}
	switch f, _ := n.Float64(); { // JSON has read it
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	default:
		return int64(f)
	}
}

func floating(n *json.Number, otherwise float64) float64 {
	if n == nil {
		return otherwise
	}
	f, _ := n.Float64() // JSON has read it
	return f
}

// value returns how values of a type without parts are made up.
func (h *how) value(t *types.Type) (value, error) {
	switch {
	case len(h.Options) > 0:
		return h.option(t)
	case t.Kind() == types.KindBoolean:
		odds := 0.5
		if h.Odds != nil {
			odds = *h.Odds
		}
		return func(s *source) data.Value { return data.Boolean(s.Float64() < odds) }, nil
	case t.Kind() == types.KindString:
		return h.text()
	case t.Kind() == types.KindBytes:
		length, err := h.Length.lengths()
		return func(s *source) data.Value { return data.Bytes(s.bytes(length(s))) }, err
	case t.Kind() == types.KindDouble:
		return h.double()
	}
	return h.whole(t)
}

// double makes numbers with fractions.
func (h *how) double() (value, error) {
	low, high := 0.0, 1.0
	if h.Range != nil {
		low = floating(h.Range.Min, low)
		high = floating(h.Range.Max, max(low, high))
	}
	if !(high >= low) || math.IsInf(high-low, 0) {
		return nil, errRange
	}
	return func(s *source) data.Value { return data.Double(low + s.Float64()*(high-low)) }, nil
}

var errRange = errors.New("a range needs a max above its min")

// whole makes whole numbers, and times that are counted in such.
func (h *how) whole(t *types.Type) (value, error) {
	switch {
	case h.Range != nil:
		const usual = 999_999
		low := integer(h.Range.Min, 0)
		high := integer(h.Range.Max, min(low, math.MaxInt64-usual)+usual)
		if high <= low {
			return nil, errRange
		}
		// The largest is left out, as Kafka's own generators of numbers do.
		if err := fits(t, low, high-1); err != nil {
			return nil, err
		}
		span := uint64(high) - uint64(low)
		return func(s *source) data.Value { return ofWhole(t, low+int64(s.Uint64N(span))) }, nil
	case h.Iteration != nil:
		start, step := integer(h.Iteration.Start, 0), integer(h.Iteration.Step, 1)
		if step == 0 {
			return nil, errors.New("an iteration needs a step that is not 0")
		}
		turns := int64(1) << 62
		if h.Iteration.Restart != nil {
			turns = max((integer(h.Iteration.Restart, 0)-start)/step, 1)
		}
		return func(s *source) data.Value { return ofWhole(t, start+(s.number-1)%turns*step) }, nil
	case t.Kind().Temporal():
		const day = int64(24 * time.Hour / time.Millisecond)
		return func(s *source) data.Value {
			switch t.Kind() {
			case types.KindDate:
				return ofWhole(t, s.at/day)
			case types.KindTime:
				return ofWhole(t, s.at%day)
			default:
				return ofWhole(t, s.at)
			}
		}, nil
	}
	return func(s *source) data.Value { return ofWhole(t, s.Int64N(1_000_000)) }, nil
}

// fits refuses whole numbers that no value of a type can be.
func fits(t *types.Type, numbers ...int64) error {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	switch t.Kind() {
	case types.KindInt, types.KindDate:
		low, high = math.MinInt32, math.MaxInt32
	case types.KindTime:
		low, high = 0, int64(24*time.Hour/time.Millisecond)-1
	}
	for _, n := range numbers {
		if n < low || n > high {
			return fmt.Errorf("%d is no value of type %s", n, t)
		}
	}
	return nil
}

// ofWhole is a whole number as a value of a type.
func ofWhole(t *types.Type, n int64) data.Value {
	switch t.Kind() {
	case types.KindInt:
		return data.Int(int32(n))
	case types.KindDate:
		return data.Date(n)
	case types.KindTime:
		return data.Time(n)
	case types.KindTimestamp:
		return data.Timestamp(n)
	default:
		return data.Bigint(n)
	}
}

// option makes one of the values that are listed.
func (h *how) option(t *types.Type) (value, error) {
	values := make([]data.Value, len(h.Options))
	for i, option := range h.Options {
		switch o := option.(type) {
		case string:
			values[i] = data.String(h.Prefix + o + h.Suffix)
		case bool:
			values[i] = data.Boolean(o)
		case json.Number:
			if t.Kind() == types.KindDouble {
				values[i] = data.Double(floating(&o, 0))
				break
			}
			if err := fits(t, integer(&o, 0)); err != nil {
				return nil, err
			}
			values[i] = ofWhole(t, integer(&o, 0))
		default:
			return nil, fmt.Errorf("the option %v is no text, number or boolean", o)
		}
		if values[i].Kind() != t.Kind() {
			return nil, fmt.Errorf("the option %v is not of type %s", option, t)
		}
	}
	return func(s *source) data.Value { return values[s.IntN(len(values))] }, nil
}

// text makes texts: what a pattern matches, a number, or letters.
func (h *how) text() (value, error) {
	length, err := h.Length.lengths()
	if err != nil {
		return nil, err
	}
	between := func(s *source) string { return s.letters(length(s)) }
	switch {
	case h.Regex != "":
		pattern, err := syntax.Parse(h.Regex, syntax.Perl)
		if err != nil {
			return nil, fmt.Errorf("regex: %w", err)
		}
		if !matchable(pattern) {
			return nil, fmt.Errorf("regex: %s has a part that matches nothing", h.Regex)
		}
		between = func(s *source) string {
			var b strings.Builder
			matching(s.Rand, pattern, &b)
			return b.String()
		}
	case h.Iteration != nil || h.Range != nil:
		number, err := h.whole(types.Bigint)
		if err != nil {
			return nil, err
		}
		between = func(s *source) string { return strconv.FormatInt(number(s).Int64(), 10) }
	}
	return func(s *source) data.Value { return data.String(h.Prefix + between(s) + h.Suffix) }, nil
}

// matchable reports whether there are characters for every part of a pattern.
func matchable(pattern *syntax.Regexp) bool {
	if pattern.Op == syntax.OpNoMatch || pattern.Op == syntax.OpCharClass && len(pattern.Rune) == 0 {
		return false
	}
	return !slices.ContainsFunc(pattern.Sub, func(part *syntax.Regexp) bool { return !matchable(part) })
}

// matching appends a text that a pattern matches. What may repeat without end does so
// a few times.
func matching(r *rand.Rand, pattern *syntax.Regexp, b *strings.Builder) {
	const often = 8
	repeat := func(low, high int) {
		if high < 0 {
			high = low + often
		}
		for range low + r.IntN(high-low+1) {
			matching(r, pattern.Sub[0], b)
		}
	}
	switch pattern.Op {
	case syntax.OpLiteral:
		b.WriteString(string(pattern.Rune))
	case syntax.OpCharClass:
		at := 2 * r.IntN(len(pattern.Rune)/2)
		low, high := pattern.Rune[at], min(pattern.Rune[at+1], pattern.Rune[at]+'~'-' ')
		b.WriteRune(low + r.Int32N(high-low+1))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune('a' + r.Int32N('z'-'a'+1))
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range pattern.Sub {
			matching(r, sub, b)
		}
	case syntax.OpAlternate:
		matching(r, pattern.Sub[r.IntN(len(pattern.Sub))], b)
	case syntax.OpStar:
		repeat(0, -1)
	case syntax.OpPlus:
		repeat(1, -1)
	case syntax.OpQuest:
		repeat(0, 1)
	case syntax.OpRepeat:
		repeat(pattern.Min, pattern.Max)
	default: // places between characters
	}
}

// letters returns so many letters.
func (s *source) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(s.IntN('z'-'a'+1))
	}
	return string(b)
}

// bytes returns so many bytes.
func (s *source) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(s.Uint32())
	}
	return b
}
