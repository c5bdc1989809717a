package datetime

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ParseTimestamp reads a date and time, in milliseconds since 1970-01-01T00:00
// UTC. A zone in the text wins over zone. A time that a zone skips when its
// clocks go forward is moved by as much; one that it has twice is the first.
func (p *Pattern) ParseTimestamp(text string, zone *time.Location) (int64, error) {
	f, err := p.parse(text)
	if err != nil {
		return 0, err
	}
	days, err := f.epochDay()
	if err != nil {
		return 0, parseError(text, err)
	}
	ofDay, err := f.milliOfDay()
	if err != nil {
		return 0, parseError(text, err)
	}
	if f.zone != nil {
		zone = f.zone
	}
	return instantOf(days*millisPerDay+ofDay, zone), nil
}

var (
	errDateInTime = errors.New("a time has no date")
	errTimeInDate = errors.New("a date has no time")
)

// ParseTime reads a time of day, in milliseconds since midnight. A text with a
// field of the date is an error.
func (p *Pattern) ParseTime(text string) (int64, error) {
	f, err := p.parse(text)
	if err != nil {
		return 0, err
	}
	if f.anySet(field.ofDate) {
		return 0, parseError(text, errDateInTime)
	}
	ms, err := f.milliOfDay()
	if err != nil || ms >= millisPerDay {
		return 0, parseError(text, orError(err, errClock))
	}
	return ms, nil
}

// ParseDate reads a date, in days since 1970-01-01. A text with a field of the
// time of day is an error.
func (p *Pattern) ParseDate(text string) (int64, error) {
	f, err := p.parse(text)
	if err != nil {
		return 0, err
	}
	if f.anySet(func(f field) bool { return !f.ofDate() }) {
		return 0, parseError(text, errTimeInDate)
	}
	days, err := f.epochDay()
	if err != nil {
		return 0, parseError(text, err)
	}
	return days, nil
}

func orError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// parseError says which text could not be read.
func parseError(text string, err error) error {
	return fmt.Errorf("text '%s' could not be parsed: %w", strings.ToValidUTF8(text, "?"), err)
}

// parse reads the fields of a text.
func (p *Pattern) parse(text string) (*fields, error) {
	s := &parser{text: text, pattern: p}
	for _, e := range p.elements {
		if !e.parse(s) {
			return nil, parseError(text, fmt.Errorf("it is not '%s' at index %d", p.text, max(s.pos, s.farthest)))
		}
	}
	if s.pos != len(text) {
		return nil, parseError(text, fmt.Errorf("text is left over at index %d", max(s.pos, s.farthest)))
	}
	return &s.fields, nil
}

// parser is how far a text has been read.
type parser struct {
	pattern  *Pattern
	text     string
	pos      int
	farthest int // where an optional part gave up
	fields   fields
}

func (p *parser) rest() string { return p.text[p.pos:] }

// set notes a field that takes length bytes. A field that the text has twice
// must have the same value.
func (p *parser) set(f field, value int64, length int) bool {
	if old, ok := p.fields.value(f); ok && old != value {
		return false
	}
	p.fields.values[f] = value
	p.fields.set |= 1 << f
	p.pos += length
	return true
}

// fields is the fields that a text has.
type fields struct {
	values [fieldCount]int64
	set    uint32 // a bit for each field
	zone   *time.Location
}

// value returns the value of a field, and whether the text has it.
func (f *fields) value(which field) (int64, bool) {
	return f.values[which], f.set&(1<<which) != 0
}

// or returns a field's value, or another if it is not set.
func (f *fields) or(which field, otherwise int64) int64 {
	if v, ok := f.value(which); ok {
		return v
	}
	return otherwise
}

// anySet reports whether the text has a field of a kind.
func (f *fields) anySet(of func(field) bool) bool {
	for which := range fieldCount {
		if _, ok := f.value(which); ok && of(which) {
			return true
		}
	}
	return false
}
