package datetime

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// SimplePattern is a compiled pattern in the dialect of Java's
// SimpleDateFormat. It reads dates leniently: a number may have any number of
// digits unless another follows at once, day 32 is in the next month, and text
// behind the last field is ignored. The years 0 to 99 of y and yy are those
// from 80 years back to 19 years ahead.
type SimplePattern struct {
	text     string
	elements []simpleElement
}

// simpleElement is a letter with its count, or literal text.
type simpleElement struct {
	letter  byte // 0 for literal text
	count   int
	literal string
	width   int // most digits of a number that another follows, else 0
}

// simpleLetters are the letters of the dialect.
const simpleLetters = "GyYMLwWDdFEuaHkKhmsSzZX"

// CompileSimple compiles a pattern of the SimpleDateFormat dialect.
func CompileSimple(pattern string) (*SimplePattern, error) {
	p := &SimplePattern{text: pattern}
	c := &compiler{pattern: pattern, rest: pattern}
	for c.rest != "" {
		e, err := c.simple()
		if err != nil {
			return nil, fmt.Errorf("pattern '%s': %w", pattern, err)
		}
		p.elements = append(p.elements, e)
	}
	for i := range len(p.elements) - 1 {
		if p.elements[i].numeric() && p.elements[i+1].numeric() {
			p.elements[i].width = p.elements[i].count
		}
	}
	return p, nil
}

// simple reads an element of the dialect off the front; brackets are nothing special in it.
func (c *compiler) simple() (simpleElement, error) {
	switch first := c.rest[0]; {
	case first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z':
		letter, count := c.run()
		if strings.IndexByte(simpleLetters, letter) < 0 {
			return simpleElement{}, fmt.Errorf("unknown letter %c", letter)
		}
		return simpleElement{letter: letter, count: count}, nil
	case first == '\'':
		text, rest, err := cutQuoted(c.rest)
		c.rest = rest
		return simpleElement{literal: text}, err
	}
	n := strings.IndexFunc(c.rest, func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '\''
	})
	if n < 0 {
		n = len(c.rest)
	}
	text := c.rest[:n]
	c.rest = c.rest[n:]
	return simpleElement{literal: text}, nil
}

// numeric reports whether the element is read in digits.
func (e simpleElement) numeric() bool {
	switch e.letter {
	case 0, 'G', 'E', 'a', 'z', 'Z', 'X':
		return false
	case 'M', 'L':
		return e.count < 3
	}
	return true
}

var errTimeOfDay = errors.New("it has a time of day")

// ParseDate reads a date, in days since 1970-01-01. The clock tells which
// century the years of y and yy are in. A text with a time other than midnight
// UTC is an error.
func (p *SimplePattern) ParseDate(text string, now time.Time) (int64, error) {
	s := &simpleParser{rest: text, now: now}
	s.fields = fields{zone: time.UTC}
	for _, e := range p.elements {
		if !s.read(e) {
			return 0, parseError(text, fmt.Errorf("it is not '%s' at index %d", p.text, len(text)-len(s.rest)))
		}
	}
	ms := s.instant()
	if ms%millisPerDay != 0 {
		return 0, parseError(text, errTimeOfDay)
	}
	return ms / millisPerDay, nil
}

// simpleParser is how far a text has been read. The value of a field that
// comes twice is that of the last.
type simpleParser struct {
	rest   string
	now    time.Time
	fields fields
}

// read reads an element and reports whether it is there.
func (s *simpleParser) read(e simpleElement) bool {
	switch {
	case e.letter == 0:
		rest, ok := strings.CutPrefix(s.rest, e.literal)
		s.rest = rest
		return ok
	case e.numeric():
		return s.readNumber(e)
	}
	switch e.letter {
	case 'M', 'L':
		return s.readName(month)
	case 'E':
		return s.readName(weekday)
	case 'G':
		return s.readName(era)
	case 'a':
		value, length := amPmNames.match(s.rest)
		s.set(amPm, value, length)
		return length > 0
	}
	return s.readZone(e)
}

// readName reads a name in its full or its short form.
func (s *simpleParser) readName(f field) bool {
	value, length := int64(0), 0
	for _, names := range fieldNames[f][:2] {
		if v, n := names.match(s.rest); n > length {
			value, length = v, n
		}
	}
	s.set(f, value, length)
	return length > 0
}

var simpleFields = map[byte]field{
	'y': yearOfEra, 'Y': yearOfEra, 'M': month, 'L': month, 'D': dayOfYear, 'd': dayOfMonth, 'w': weekOfYear, 'W': weekOfMonth,
	'F': weekdayInMonth, 'u': weekday, 'H': hourOfDay, 'k': clockHourOfDay, 'K': hourOfAmPm, 'h': clockHourOfAmPm,
	'm': minute, 's': second, 'S': milliOfDay,
}

// readNumber reads a number, before which there may be blanks.
func (s *simpleParser) readNumber(e simpleElement) bool {
	s.rest = strings.TrimLeft(s.rest, " \t")
	most := 9
	if e.width > 0 {
		most = min(e.width, most)
	}
	digits := countDigits(s.rest, most)
	if digits == 0 {
		return false
	}
	value := atoi(s.rest[:digits])
	if (e.letter == 'y' || e.letter == 'Y') && e.count <= 2 && value < 100 {
		value = fullYear(value, s.now)
	}
	s.set(simpleFields[e.letter], value, digits)
	return true
}

// fullYear returns the year that ends in two digits within the century that began 80 years ago.
func fullYear(twoDigits int64, now time.Time) int64 {
	start := int64(now.Year() - 80)
	y := start - start%100 + twoDigits
	if y < start {
		y += 100
	}
	return y
}

// readZone reads an offset or, for z, a zone by its name too.
func (s *simpleParser) readZone(e simpleElement) bool {
	p := &parser{text: s.rest, pattern: &Pattern{}}
	ok := false
	switch {
	case e.letter == 'X':
		ok = offset{style: offsetStyle(min(e.count, 3) - 1), zulu: true}.parse(p)
	case e.letter == 'Z' && e.count == 2:
		ok = offset{style: colonMinutes, zulu: true}.parse(p)
	default:
		ok = offset{style: hoursMinutes}.parse(p) || e.letter == 'z' && (zoneName{}).parse(p)
	}
	if ok {
		s.fields.zone = p.fields.zone
		s.rest = s.rest[p.pos:]
	}
	return ok
}

func (s *simpleParser) set(f field, value int64, length int) {
	s.fields.values[f] = value
	s.fields.set |= 1 << f
	s.rest = s.rest[length:]
}

// instant returns the milliseconds since 1970-01-01T00:00 UTC. Fields beyond
// their bounds run over into the next.
func (s *simpleParser) instant() int64 {
	f := &s.fields
	y := int(f.year())
	days := epochDayOf(y, int(f.or(month, 1)), int(f.or(dayOfMonth, 1)))
	if day, ok := f.value(dayOfYear); ok {
		days = epochDayOf(y, 1, 1) + day - 1
	}
	ofDay := f.hour()*3_600_000 + f.or(minute, 0)*60_000 + f.or(second, 0)*1000 + f.or(milliOfDay, 0)
	return instantOf(days*millisPerDay+ofDay, f.zone)
}
