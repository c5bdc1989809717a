package datetime

import (
	"errors"
	"fmt"
	"time"
)

// This file works out the date and the time of day from the fields that a text
// has, by the rules of Java's SMART resolver: values are checked, but a day that
// a month does not have becomes its last, and 24:00 is the next day's 00:00.

const millisPerDay = secondsPerDay * 1000

var errClock = errors.New("24:00 is no time of day")

// bounds are the values that fields may have.
var bounds = [fieldCount][2]int64{
	era: {0, 1}, year: {-999_999_999, 999_999_999}, yearOfEra: {1, 999_999_999}, month: {1, 12}, quarter: {1, 4},
	dayOfMonth: {1, 31}, dayOfYear: {1, 366}, julianDay: {-365_000_000_000, 365_000_000_000},
	weekYear: {-999_999_999, 999_999_999}, weekOfYear: {1, 54}, weekOfMonth: {0, 6},
	weekday: {1, 7}, localWeekday: {1, 7}, weekdayInMonth: {1, 5},
	amPm: {0, 1}, hourOfAmPm: {0, 11}, clockHourOfAmPm: {1, 12}, hourOfDay: {0, 24}, clockHourOfDay: {1, 24},
	minute: {0, 59}, second: {0, 59}, nano: {0, 999_999_999}, milliOfDay: {0, millisPerDay - 1}, nanoOfDay: {0, millisPerDay*1_000_000 - 1},
}

// check checks the values of all fields that are set.
func (f *fields) check(of func(field) bool) error {
	for which := range fieldCount {
		v, ok := f.value(which)
		if ok && of(which) && (v < bounds[which][0] || v > bounds[which][1]) {
			return fmt.Errorf("%s is %d, but must be from %d to %d", fieldTitles[which], v, bounds[which][0], bounds[which][1])
		}
	}
	return nil
}

// epochDay returns the date in days since 1970-01-01.
func (f *fields) epochDay() (int64, error) {
	if err := f.check(field.ofDate); err != nil {
		return 0, err
	}
	days, err := f.rawEpochDay()
	if err != nil {
		return 0, err
	}
	return days, f.confirm(days)
}

// rawEpochDay takes the date from the first of the ways to give one that is complete.
func (f *fields) rawEpochDay() (int64, error) {
	if day, ok := f.value(julianDay); ok {
		return day - 40587, nil
	}
	y := int(f.year())
	if day, ok := f.value(dayOfYear); ok {
		first := epochDayOf(y, 1, 1)
		if day > epochDayOf(y+1, 1, 1)-first {
			return 0, fmt.Errorf("%d has no day %d", y, day)
		}
		return first + day - 1, nil
	}
	if days, ok := f.weekDate(); ok {
		return days, nil
	}
	m, d := int(f.or(month, 1)), int(f.or(dayOfMonth, 1))
	last := time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return epochDayOf(y, m, min(d, last)), nil
}

// year returns the proleptic year, in which 1 BC is 0.
func (f *fields) year() int64 {
	if y, ok := f.value(year); ok {
		return y
	}
	y := f.or(yearOfEra, 1970)
	if f.or(era, 1) == 0 {
		return 1 - y
	}
	return y
}

// weekDate is the date of a week-based year, a week and a day of the week.
func (f *fields) weekDate() (int64, bool) {
	y, hasYear := f.value(weekYear)
	w, hasWeek := f.value(weekOfYear)
	d, hasDay := f.value(localWeekday)
	if iso, ok := f.value(weekday); ok {
		d, hasDay = iso%7+1, true
	}
	if !hasYear || !hasWeek || !hasDay {
		return 0, false
	}
	newYear := time.Date(int(y), 1, 1, 0, 0, 0, 0, time.UTC)
	sunday := epochDay(newYear) - int64(newYear.Weekday())
	return sunday + (w-1)*7 + d - 1, true
}

// confirm checks the fields that say again what the date is.
func (f *fields) confirm(days int64) error {
	m := &moment{t: time.Unix(days*secondsPerDay, 0).UTC(), date: true}
	for _, which := range []field{month, quarter, weekday, localWeekday} {
		if v, ok := f.value(which); ok && v != m.dateValue(which) {
			return fmt.Errorf("%s is %d, which is not that of the date", fieldTitles[which], v)
		}
	}
	return nil
}

// milliOfDay returns the milliseconds since midnight, those of a whole day for 24:00.
func (f *fields) milliOfDay() (int64, error) {
	if err := f.check(func(f field) bool { return !f.ofDate() }); err != nil {
		return 0, err
	}
	if n, ok := f.value(nanoOfDay); ok {
		return n / 1_000_000, nil
	}
	if ms, ok := f.value(milliOfDay); ok {
		return ms, nil
	}
	rest := f.or(minute, 0)*60_000 + f.or(second, 0)*1000 + f.or(nano, 0)/1_000_000
	hour := f.hour()
	if hour == 24 && rest != 0 {
		return 0, errClock
	}
	return hour*3_600_000 + rest, nil
}

// hour returns the hour of the day. An hour of AM or PM without either is of AM.
func (f *fields) hour() int64 {
	if h, ok := f.value(hourOfDay); ok {
		return h
	}
	if h, ok := f.value(clockHourOfDay); ok {
		return h % 24
	}
	h := f.or(hourOfAmPm, 0)
	if clock, ok := f.value(clockHourOfAmPm); ok {
		h = clock % 12
	}
	return f.or(amPm, 0)*12 + h
}

// instantOf returns the instant of a local time in a zone; see [Pattern.ParseTimestamp].
func instantOf(local int64, zone *time.Location) int64 {
	before := offsetAt(local-millisPerDay, zone)
	after := offsetAt(local+millisPerDay, zone)
	if at := local - after; before != after && offsetAt(local-before, zone) != before && offsetAt(at, zone) == after {
		return at
	}
	return local - before
}

// offsetAt returns a zone's offset in milliseconds at an instant.
func offsetAt(ms int64, zone *time.Location) int64 {
	_, seconds := time.UnixMilli(ms).In(zone).Zone()
	return int64(seconds) * 1000
}
