package functions

import (
	"fmt"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions/datetime"
)

// This file holds the functions that count with dates and times; those that
// read and write them are in date_text.go.

const (
	millisPerSecond = 1000
	millisPerMinute = 60 * millisPerSecond
	millisPerHour   = 60 * millisPerMinute
	millisPerDay    = 24 * millisPerHour
)

func dateArithmetic() []Function {
	return []Function{
		{
			Name: "DATEADD", Label: "dateadd", Doc: "Adds an interval to a date. What is less than a day is dropped.",
			Args:      intervalArgs("date", "The date."),
			Overloads: []Overload{intervals("(unit INTERVALUNIT, interval INT, date DATE) DATE", addToDate, 1)},
			Examples:  []Example{{"DATEADD(DAYS, 1, CAST('2024-02-28' AS DATE))", "CAST('2024-02-29' AS DATE)"}},
		},
		{
			Name: "DATESUB", Label: "datesub", Doc: "Subtracts an interval from a date. What is less than a day is dropped.",
			Args:      intervalArgs("date", "The date."),
			Overloads: []Overload{intervals("(unit INTERVALUNIT, interval INT, date DATE) DATE", addToDate, -1)},
			Examples:  []Example{{"DATESUB(HOURS, 50, CAST('2024-03-01' AS DATE))", "CAST('2024-02-28' AS DATE)"}},
		},
		{
			Name: "TIMEADD", Label: "timeadd", Doc: "Adds an interval to a time of day, beginning anew at midnight.",
			Args:      intervalArgs("time", "The time of day."),
			Overloads: []Overload{intervals("(unit INTERVALUNIT, interval INT, time TIME) TIME", addToTime, 1)},
			Examples:  []Example{{"TIMEADD(MINUTES, 40, CAST('23:30' AS TIME))", "CAST('00:10' AS TIME)"}},
		},
		{
			Name: "TIMESUB", Label: "timesub", Doc: "Subtracts an interval from a time of day, going on at the end of the day.",
			Args:      intervalArgs("time", "The time of day."),
			Overloads: []Overload{intervals("(unit INTERVALUNIT, interval INT, time TIME) TIME", addToTime, -1)},
			Examples:  []Example{{"TIMESUB(HOURS, 1, CAST('00:30' AS TIME))", "CAST('23:30' AS TIME)"}},
		},
		{
			Name: "TIMESTAMPADD", Label: "timestampadd", Doc: "Adds an interval to a timestamp.",
			Args:      intervalArgs("timestamp", "The timestamp."),
			Overloads: []Overload{intervals("(unit INTERVALUNIT, interval INT, timestamp TIMESTAMP) TIMESTAMP", addToTimestamp, 1)},
			Examples:  []Example{{"TIMESTAMPADD(SECONDS, 90, CAST('2024-02-28T23:59:00' AS TIMESTAMP))", "CAST('2024-02-29T00:00:30' AS TIMESTAMP)"}},
		},
		{
			Name: "TIMESTAMPSUB", Label: "timestampsub", Doc: "Subtracts an interval from a timestamp.",
			Args:      intervalArgs("timestamp", "The timestamp."),
			Overloads: []Overload{intervals("(unit INTERVALUNIT, interval INT, timestamp TIMESTAMP) TIMESTAMP", addToTimestamp, -1)},
			Examples:  []Example{{"TIMESTAMPSUB(DAYS, 1, CAST('2024-03-01T12:00' AS TIMESTAMP))", "CAST('2024-02-29T12:00' AS TIMESTAMP)"}},
		},
	}
}

func dateNumbers() []Function {
	return []Function{
		{
			Name: "CONVERT_TZ", Doc: "Moves a timestamp by the difference of two time zones, as it is at that instant.",
			Args: []Arg{
				{"col_ts", "The timestamp."},
				{"from_zone", "The zone it is in: a name such as Europe/Berlin, or an offset such as +02:00."},
				{"to_zone", "The zone it is to be in."},
			},
			Overloads: []Overload{bound("(col_ts TIMESTAMP, from_zone STRING, to_zone STRING) TIMESTAMP", convertZone)},
			Examples: []Example{
				{"CONVERT_TZ(CAST('2024-07-01T12:00' AS TIMESTAMP), 'UTC', 'Europe/Berlin')", "CAST('2024-07-01T14:00' AS TIMESTAMP)"},
				{"CONVERT_TZ(CAST('2024-07-01T12:00' AS TIMESTAMP), '+0200', 'nowhere')", Fails},
			},
		},
		{
			Name: "FROM_DAYS", Doc: "Returns the date of a number of days since 1970-01-01.",
			Args:      []Arg{{"days", "The number of days; a NULL is an error."}},
			Overloads: []Overload{fn1("(days INT) DATE", func(days int32) day { return day(days) }).refuseNulls()},
			Examples:  []Example{{"FROM_DAYS(19782)", "CAST('2024-02-29' AS DATE)"}},
		},
		{
			Name: "FROM_UNIXTIME", Doc: "Returns the timestamp of a number of milliseconds since 1970-01-01T00:00 UTC.",
			Args:      []Arg{{"epochMilli", "The number of milliseconds."}},
			Overloads: []Overload{fn1("(epochMilli BIGINT) TIMESTAMP", func(ms int64) instant { return instant(ms) })},
			Examples:  []Example{{"FROM_UNIXTIME(1709208000000)", "CAST('2024-02-29T12:00' AS TIMESTAMP)"}},
		},
		{
			Name: "UNIX_DATE", Doc: "Returns the days of a date, or of today, since 1970-01-01.",
			Args: []Arg{{"date", "The date."}},
			Overloads: []Overload{
				call("() INT", func(env *Env, _ []data.Value) (data.Value, error) { return data.Int(today(env)), nil }),
				fn1("(date DATE) INT", func(d day) int32 { return int32(d) }),
			},
			Examples: []Example{{"UNIX_DATE(CAST('2024-02-29' AS DATE))", "19782"}},
		},
		{
			Name: "UNIX_TIMESTAMP", Elsewhere: []string{"NOW", "CURRENT_TIMESTAMP", "GETDATE"}, Doc: "Returns the milliseconds of a timestamp, or of now, since 1970-01-01T00:00 UTC.",
			Args: []Arg{{"timestamp", "The timestamp."}},
			Overloads: []Overload{
				call("() BIGINT", func(env *Env, _ []data.Value) (data.Value, error) { return data.Bigint(env.now().UnixMilli()), nil }),
				fn1("(timestamp TIMESTAMP) BIGINT", func(i instant) int64 { return int64(i) }),
			},
			Examples: []Example{{"UNIX_TIMESTAMP(CAST('2024-02-29T12:00' AS TIMESTAMP))", "1709208000000"}},
		},
	}
}

// intervalArgs is the arguments of a function that adds to a value of that name.
func intervalArgs(name, doc string) []Arg {
	return []Arg{
		{"unit", "MILLISECONDS, SECONDS, MINUTES, HOURS or DAYS, without quotes."},
		{"interval", "How many of them."},
		{name, doc},
	}
}

// intervals is the overload of a function that adds milliseconds, times side, to a value.
func intervals(signature string, add func(v data.Value, ms int64) data.Value, side int64) Overload {
	return call(signature, func(_ *Env, args []data.Value) (data.Value, error) {
		unit, err := unitMillis(args[0].Text())
		if err != nil {
			return data.Null, err
		}
		return add(args[2], side*args[1].Int64()*unit), nil
	})
}

// unitMillis returns the milliseconds of an interval unit.
func unitMillis(unit string) (int64, error) {
	switch strings.TrimSuffix(strings.ToUpper(unit), "S") {
	case "MILLISECOND":
		return 1, nil
	case "SECOND":
		return millisPerSecond, nil
	case "MINUTE":
		return millisPerMinute, nil
	case "HOUR":
		return millisPerHour, nil
	case "DAY":
		return millisPerDay, nil
	}
	return 0, fmt.Errorf("unknown interval unit %s", unit)
}

// addToDate drops what is less than a day, towards zero: -1 hour changes nothing.
func addToDate(v data.Value, ms int64) data.Value { return data.Date(v.Int64() + ms/millisPerDay) }

// addToTime goes round the clock.
func addToTime(v data.Value, ms int64) data.Value {
	sum := (v.Int64() + ms) % millisPerDay
	if sum < 0 {
		sum += millisPerDay
	}
	return data.Time(sum)
}

func addToTimestamp(v data.Value, ms int64) data.Value { return data.Timestamp(v.Int64() + ms) }

// convertZone is CONVERT_TZ.
func convertZone(*Binding) (Func, error) {
	fromZones, toZones := newMemo(datetime.FindZone), newMemo(datetime.FindZone)
	return func(_ *Env, args []data.Value) (data.Value, error) {
		from, err := fromZones.of(args[1].Text())
		if err != nil {
			return data.Null, err
		}
		to, err := toZones.of(args[2].Text())
		if err != nil {
			return data.Null, err
		}
		t := time.UnixMilli(args[0].Int64())
		_, fromOffset := t.In(from).Zone()
		_, toOffset := t.In(to).Zone()
		return data.Timestamp(args[0].Int64() + int64(toOffset-fromOffset)*millisPerSecond), nil
	}, nil
}

// today returns the days since 1970-01-01 in the local zone.
func today(env *Env) int32 {
	year, month, day := env.now().In(env.zone()).Date()
	return int32(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (millisPerDay / millisPerSecond))
}
