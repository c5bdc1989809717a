package datetime

import (
	"fmt"
	"time"
)

// field is a number that a date or a time has.
type field uint8

const (
	era field = iota // 0 is BC, 1 is AD
	year
	yearOfEra
	month
	quarter
	dayOfMonth
	dayOfYear
	julianDay // modified: days since 1858-11-17
	weekYear
	weekOfYear
	weekOfMonth
	weekday        // 1 is Monday
	localWeekday   // 1 is Sunday
	weekdayInMonth // the how manieth of its weekday in the month
	amPm           // 0 is AM, 1 is PM
	hourOfAmPm
	clockHourOfAmPm
	hourOfDay // the first field of a time that is not amPm or an hour thereof
	clockHourOfDay
	minute
	second
	nano // of the second
	milliOfDay
	nanoOfDay
	fieldCount
)

var fieldTitles = [fieldCount]string{
	"era", "year", "year of era", "month", "quarter", "day of month", "day of year", "modified Julian day", "week-based year",
	"week of year", "week of month", "day of week", "day of week", "day of week in month", "AM or PM", "hour of AM or PM",
	"clock hour of AM or PM", "hour of day", "clock hour of day", "minute", "second", "fraction of a second",
	"millisecond of day", "nanosecond of day",
}

// ofDate reports whether the field belongs to a date.
func (f field) ofDate() bool { return f < amPm }

// moment is what is formatted: a time, of which date, time of day and zone may be asked for or not.
type moment struct {
	t                  time.Time
	date, clock, zoned bool
}

// value returns a field's value.
func (m *moment) value(f field) (int64, error) {
	if f.ofDate() && !m.date || !f.ofDate() && !m.clock {
		return 0, fmt.Errorf("there is no %s to format", fieldTitles[f])
	}
	if f.ofDate() {
		return m.dateValue(f), nil
	}
	return m.clockValue(f), nil
}

// dateValue is value for the fields of a date.
func (m *moment) dateValue(f field) int64 {
	t := m.t
	switch f {
	case era:
		if t.Year() > 0 {
			return 1
		}
		return 0
	case year:
		return int64(t.Year())
	case yearOfEra:
		if t.Year() > 0 {
			return int64(t.Year())
		}
		return int64(1 - t.Year())
	case month:
		return int64(t.Month())
	case quarter:
		return int64(t.Month()-1)/3 + 1
	case dayOfMonth:
		return int64(t.Day())
	case dayOfYear:
		return int64(t.YearDay())
	case julianDay:
		return epochDay(t) + 40587
	case weekYear:
		return int64(lastOfWeek(t).Year())
	case weekOfYear:
		return int64(lastOfWeek(t).YearDay()-1)/7 + 1
	case weekOfMonth:
		return int64(t.Day()+6-int(t.Weekday())+6) / 7
	case weekday:
		return int64(t.Weekday()+6)%7 + 1
	case localWeekday:
		return int64(t.Weekday()) + 1
	default: // weekdayInMonth
		return int64(t.Day()-1)/7 + 1
	}
}

// lastOfWeek returns the Saturday of t's week.
func lastOfWeek(t time.Time) time.Time { return t.AddDate(0, 0, 6-int(t.Weekday())) }

// epochDay returns the days between 1970-01-01 and t's date.
func epochDay(t time.Time) int64 { return epochDayOf(t.Year(), int(t.Month()), t.Day()) }

const secondsPerDay = 24 * 60 * 60

// epochDayOf returns the days between 1970-01-01 and a date; a month or day out
// of its bounds runs over into the next.
func epochDayOf(year, month, day int) int64 {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
}

// clockValue is value for the fields of a time of day.
func (m *moment) clockValue(f field) int64 {
	hour, minutes, seconds := m.t.Clock()
	nanos := int64(m.t.Nanosecond())
	ofDay := int64(hour*3600 + minutes*60 + seconds)
	switch f {
	case amPm:
		return int64(hour / 12)
	case hourOfAmPm:
		return int64(hour % 12)
	case clockHourOfAmPm:
		return int64((hour+11)%12 + 1)
	case hourOfDay:
		return int64(hour)
	case clockHourOfDay:
		return int64((hour+23)%24 + 1)
	case minute:
		return int64(minutes)
	case second:
		return int64(seconds)
	case nano:
		return nanos
	case milliOfDay:
		return ofDay*1000 + nanos/1e6
	default: // nanoOfDay
		return ofDay*1e9 + nanos
	}
}
