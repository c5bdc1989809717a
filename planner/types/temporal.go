package types

import (
	"fmt"
	"strings"
)

// This file reads and writes DATE, TIME and TIMESTAMP as text. All are without
// a zone; a TIMESTAMP is shown in UTC.

const (
	millisPerSecond = 1000
	millisPerMinute = 60 * millisPerSecond
	millisPerHour   = 60 * millisPerMinute
	millisPerDay    = 24 * millisPerHour
)

// AppendDate appends a DATE, in days since 1970-01-01, as 2020-02-28.
func AppendDate(buf []byte, days int64) []byte {
	year, month, day := civil(days)
	buf = appendYear(buf, year)
	buf = appendDigits(append(buf, '-'), month, 2)
	return appendDigits(append(buf, '-'), day, 2)
}

// AppendTime appends a TIME, in milliseconds since midnight, as 10:30 or, if it
// is not a full minute, 10:30:05. Milliseconds are left out: ksqlDB's rule.
func AppendTime(buf []byte, ms int64) []byte {
	buf = appendDigits(buf, ms/millisPerHour, 2)
	buf = appendDigits(append(buf, ':'), ms/millisPerMinute%60, 2)
	if seconds := ms / millisPerSecond % 60; seconds != 0 {
		buf = appendDigits(append(buf, ':'), seconds, 2)
	}
	return buf
}

// AppendTimestamp appends a TIMESTAMP, in milliseconds since the epoch, as 2020-02-28T14:10:00.000.
func AppendTimestamp(buf []byte, ms int64) []byte {
	days, rest := floorDiv(ms, millisPerDay)
	buf = append(AppendDate(buf, days), 'T')
	buf = appendDigits(buf, rest/millisPerHour, 2)
	buf = appendDigits(append(buf, ':'), rest/millisPerMinute%60, 2)
	buf = appendDigits(append(buf, ':'), rest/millisPerSecond%60, 2)
	return appendDigits(append(buf, '.'), rest%millisPerSecond, 3)
}

// SplitTimestamp returns the day of a TIMESTAMP and the milliseconds since that day's midnight.
func SplitTimestamp(ms int64) (days, ofDay int64) { return floorDiv(ms, millisPerDay) }

// JoinTimestamp returns the TIMESTAMP of a DATE and a TIME.
func JoinTimestamp(days, ofDay int64) int64 { return days*millisPerDay + ofDay }

// ParseDate reads a date such as 2020-02-28; day and month may be left out.
func ParseDate(text string) (days int64, err error) {
	s := &digits{rest: text}
	days, ok := s.date()
	if !ok || s.rest != "" {
		return 0, BadText(Date, text)
	}
	return days, nil
}

// ParseTime reads a time of day such as 10:30, 10:30:05 or 10:30:05.123, in milliseconds.
func ParseTime(text string) (ms int64, err error) {
	s := &digits{rest: text}
	ms, ok := s.clock()
	if !ok || ms == millisPerDay || s.rest != "" || len(text) < len("10:30") {
		return 0, BadText(Time, text)
	}
	return ms, nil
}

// ParseTimestamp reads an ISO 8601 date and time such as
// 2020-02-28T14:10:00.000+0100. Everything behind the year may be left out from
// the right, as may the zone, which is then UTC.
func ParseTimestamp(text string) (ms int64, err error) {
	s := &digits{rest: text}
	days, ok := s.date()
	if !ok {
		return 0, BadText(Timestamp, text)
	}
	if s.accept('T') && s.rest != "" {
		if ms, ok = s.clock(); !ok {
			return 0, BadText(Timestamp, text)
		}
	}
	offset, ok := s.zone()
	if !ok || s.rest != "" {
		return 0, BadText(Timestamp, text)
	}
	return JoinTimestamp(days, ms) - offset, nil
}

// BadText returns ksqlDB's error for text that does not read as a value of a type.
func BadText(t *Type, text string) error {
	return fmt.Errorf("invalid input syntax for type %s: %q.", t, text)
}

// digits reads numbers of fixed width from the front of a text.
type digits struct{ rest string }

// number reads exactly n digits.
func (s *digits) number(n int) (int64, bool) {
	if len(s.rest) < n {
		return 0, false
	}
	value := int64(0)
	for i := range n {
		c := s.rest[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + int64(c-'0')
	}
	s.rest = s.rest[n:]
	return value, true
}

// accept takes a character if it is next.
func (s *digits) accept(c byte) bool {
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// date reads a year, and a month and a day if they are there.
func (s *digits) date() (days int64, ok bool) {
	negative := s.accept('-')
	year, ok := s.number(4)
	month, day := int64(1), int64(1)
	if negative {
		year = -year
	}
	if ok && s.accept('-') {
		month, ok = s.number(2)
		if ok && s.accept('-') {
			day, ok = s.number(2)
		}
	}
	if !ok || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return daysOf(year, month, day), true
}

// clock reads hours, and minutes, seconds and their fraction if they are there.
func (s *digits) clock() (ms int64, ok bool) {
	hour, ok := s.number(2)
	var minute, second, fraction int64
	if ok && s.accept(':') {
		minute, ok = s.number(2)
		if ok && s.accept(':') {
			second, ok = s.number(2)
			if ok && s.accept('.') {
				fraction, ok = s.millis()
			}
		}
	}
	if !ok || hour > 24 || minute > 59 || second > 59 || hour == 24 && minute+second+fraction > 0 { // 24:00 is the end of a day
		return 0, false
	}
	return hour*millisPerHour + minute*millisPerMinute + second*millisPerSecond + fraction, true
}

// millis reads the one to nine digits behind the point of a second.
func (s *digits) millis() (int64, bool) {
	n := 0
	for n < len(s.rest) && s.rest[n] >= '0' && s.rest[n] <= '9' {
		n++
	}
	if n == 0 || n > 9 {
		return 0, false
	}
	padded := digits{rest: s.rest[:n] + "00"}
	s.rest = s.rest[n:]
	return padded.number(3)
}

// zone reads what may stand behind a time: Z, or an offset such as +0100, +01:00 or +01.
func (s *digits) zone() (offset int64, ok bool) {
	if s.rest == "" || s.rest == "Z" {
		s.rest = ""
		return 0, true
	}
	negative := strings.HasPrefix(s.rest, "-")
	if !s.accept('+') && !s.accept('-') {
		return 0, false
	}
	hours, ok := s.number(2)
	if !ok {
		return 0, false
	}
	minutes := int64(0)
	if s.accept(':') || s.rest != "" {
		minutes, ok = s.number(2)
	}
	offset = hours*millisPerHour + minutes*millisPerMinute
	if negative {
		offset = -offset
	}
	return offset, ok && hours <= 18 && minutes <= 59
}

// appendYear appends a year as ISO 8601 does: with a sign if it has not four digits.
func appendYear(buf []byte, year int64) []byte {
	switch {
	case year > 9999:
		buf = append(buf, '+')
	case year < 0:
		buf, year = append(buf, '-'), -year
	}
	return appendDigits(buf, year, 4)
}

// appendDigits appends n ≥ 0 with at least width digits.
func appendDigits(buf []byte, n int64, width int) []byte {
	var scratch [20]byte
	i := len(scratch)
	for n > 0 || len(scratch)-i < width {
		i--
		scratch[i] = byte('0' + n%10)
		n /= 10
	}
	return append(buf, scratch[i:]...)
}

// floorDiv divides so that the remainder is never negative.
func floorDiv(a, b int64) (quotient, remainder int64) {
	quotient, remainder = a/b, a%b
	if remainder < 0 {
		quotient, remainder = quotient-1, remainder+b
	}
	return quotient, remainder
}

// civil turns days since 1970-01-01 into a date of the Gregorian calendar,
// counting years from March so that the leap day comes last (Howard Hinnant's
// civil_from_days).
func civil(days int64) (year, month, day int64) {
	era, dayOfEra := floorDiv(days+719468, 146097)
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	m := (5*dayOfYear + 2) / 153
	day = dayOfYear - (153*m+2)/5 + 1
	month = m + 3
	if month > 12 {
		month -= 12
	}
	year = yearOfEra + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

// daysOf is the inverse of civil.
func daysOf(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era, yearOfEra := floorDiv(year, 400)
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return era*146097 + dayOfEra - 719468
}

// daysIn returns the length of a month.
func daysIn(year, month int64) int64 {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}
