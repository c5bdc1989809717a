package functions

import (
	"time"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions/datetime"
)

// This file holds the functions that read and write dates and times as text.

// gmt is the zone of timestamps as text unless another is given.
var gmt = time.FixedZone("GMT", 0)

const patternDoc = "The pattern, of Java's DateTimeFormatter."

func dateTexts() []Function {
	return []Function{
		{
			Name: "FORMAT_DATE", Doc: "Converts a date to text.",
			Args:      []Arg{{"date", "The date."}, {"formatPattern", patternDoc}},
			Overloads: []Overload{bound("(date DATE, formatPattern STRING) STRING", formatting((*datetime.Pattern).AppendDate))},
			Examples: []Example{
				{"FORMAT_DATE(CAST('2024-02-29' AS DATE), 'd MMM yyyy')", "'29 Feb 2024'"},
				{"FORMAT_DATE(CAST('2024-02-29' AS DATE), 'HH:mm')", Fails},
			},
		},
		{
			Name: "FORMAT_TIME", Doc: "Converts a time of day to text.",
			Args:      []Arg{{"time", "The time."}, {"formatPattern", patternDoc}},
			Overloads: []Overload{bound("(time TIME, formatPattern STRING) STRING", formatting((*datetime.Pattern).AppendTime))},
			Examples:  []Example{{"FORMAT_TIME(CAST('14:30' AS TIME), 'h:mm a')", "'2:30 PM'"}},
		},
		{
			Name: "FORMAT_TIMESTAMP", Elsewhere: []string{"TO_CHAR", "DATE_FORMAT"}, Doc: "Converts a timestamp to text, as it is in a time zone.",
			Args: []Arg{{"timestamp", "The timestamp."}, {"formatPattern", patternDoc}, {"timeZone", "The zone, GMT unless given."}},
			Overloads: []Overload{
				formatTimestamp("(timestamp TIMESTAMP, formatPattern STRING) STRING", useGMT),
				formatTimestamp("(timestamp TIMESTAMP, formatPattern STRING, timeZone STRING) STRING", useGMT),
			},
			Examples: []Example{
				{"FORMAT_TIMESTAMP(CAST('2024-02-29T12:00' AS TIMESTAMP), 'yyyy-MM-dd HH:mm')", "'2024-02-29 12:00'"},
				{"FORMAT_TIMESTAMP(CAST('2024-02-29T12:00' AS TIMESTAMP), 'HH:mm z', 'America/New_York')", "'07:00 EST'"},
			},
		},
		{
			Name: "PARSE_DATE", Doc: "Converts text to a date. The pattern is that of Java's SimpleDateFormat, unlike the one of FORMAT_DATE, " +
				"and is read leniently. A text with a time of day is an error.",
			Args:      []Arg{{"formattedDate", "The text."}, {"formatPattern", "The pattern, of Java's SimpleDateFormat."}},
			Overloads: []Overload{bound("(formattedDate STRING, formatPattern STRING) DATE", parseSimpleDate)},
			Examples: []Example{
				{"PARSE_DATE('29.2.2024', 'd.M.yyyy')", "CAST('2024-02-29' AS DATE)"},
				{"PARSE_DATE('2024-02-29 10:00', 'yyyy-MM-dd HH:mm')", Fails},
			},
		},
		{
			Name: "PARSE_TIME", Doc: "Converts text to a time of day. Case does not count; a pattern with fields of the date is an error.",
			Args: []Arg{{"formattedTime", "The text."}, {"formatPattern", patternDoc}},
			Overloads: []Overload{bound("(formattedTime STRING, formatPattern STRING) TIME",
				parsing(data.Time, (*datetime.Pattern).ParseTime))},
			Examples: []Example{{"PARSE_TIME('2:30 pm', 'h:mm a')", "CAST('14:30' AS TIME)"}},
		},
		{
			Name: "PARSE_TIMESTAMP", Elsewhere: []string{"TO_TIMESTAMP", "STRPTIME"}, Doc: "Converts text to a timestamp. Case does not count; what the pattern leaves out is that of 1970-01-01T00:00, " +
				"and a time zone in the text wins over the one given.",
			Args: []Arg{{"formattedTimestamp", "The text."}, {"formatPattern", patternDoc}, {"timeZone", "The zone, GMT unless given."}},
			Overloads: []Overload{
				parseTimestamp("(formattedTimestamp STRING, formatPattern STRING) TIMESTAMP", data.Timestamp, useGMT),
				parseTimestamp("(formattedTimestamp STRING, formatPattern STRING, timeZone STRING) TIMESTAMP", data.Timestamp, useGMT),
			},
			Examples: []Example{
				{"PARSE_TIMESTAMP('29.02.2024 12:00', 'dd.MM.yyyy HH:mm')", "CAST('2024-02-29T12:00' AS TIMESTAMP)"},
				{"PARSE_TIMESTAMP('2024-02', 'yyyy-MM', '+01:00')", "CAST('2024-01-31T23:00' AS TIMESTAMP)"},
				{"PARSE_TIMESTAMP('2024-02-30T', 'yyyy-MM-dd')", Fails},
			},
		},
	}
}

func deprecatedDateTexts() []Function {
	return []Function{
		{
			Name: "DATETOSTRING", Doc: "Converts a number of days since 1970-01-01 to text. Deprecated: use FORMAT_DATE.",
			Args:      []Arg{{"epochDays", "The number of days."}, {"formatPattern", patternDoc}},
			Overloads: []Overload{bound("(epochDays INT, formatPattern STRING) STRING", formatting((*datetime.Pattern).AppendDate))},
			Examples:  []Example{{"DATETOSTRING(19782, 'yyyy-MM-dd')", "'2024-02-29'"}},
		},
		{
			Name: "STRINGTODATE", Doc: "Converts text to the number of days since 1970-01-01. Deprecated: use PARSE_DATE.",
			Args: []Arg{{"formattedDate", "The text; a NULL is an error."}, {"formatPattern", patternDoc}},
			Overloads: []Overload{bound("(formattedDate STRING, formatPattern STRING) INT",
				parsing(func(days int64) data.Value { return data.Int(clampInt32(days)) }, (*datetime.Pattern).ParseDate)).refuseNulls()},
			Examples: []Example{{"STRINGTODATE('20240229', 'yyyyMMdd')", "19782"}},
		},
		{
			Name: "STRINGTOTIMESTAMP", Doc: "Converts text to the number of milliseconds since 1970-01-01T00:00 UTC. Deprecated: use PARSE_TIMESTAMP.",
			Args: []Arg{{"formattedTimestamp", "The text; a NULL is an error."}, {"formatPattern", patternDoc}, {"timeZone", "The zone, that of the process unless given."}},
			Overloads: []Overload{
				parseTimestamp("(formattedTimestamp STRING, formatPattern STRING) BIGINT", data.Bigint, (*Env).zone).refuseNulls(),
				parseTimestamp("(formattedTimestamp STRING, formatPattern STRING, timeZone STRING) BIGINT", data.Bigint, (*Env).zone).refuseNulls(),
			},
			Examples: []Example{{"STRINGTOTIMESTAMP('2024-02-29 12:00', 'yyyy-MM-dd HH:mm', 'UTC')", "1709208000000"}},
		},
		{
			Name: "TIMESTAMPTOSTRING", Doc: "Converts a number of milliseconds since 1970-01-01T00:00 UTC to text. Deprecated: use FORMAT_TIMESTAMP.",
			Args: []Arg{{"epochMilli", "The number of milliseconds; a NULL is an error."}, {"formatPattern", patternDoc}, {"timeZone", "The zone, that of the process unless given."}},
			Overloads: []Overload{
				formatTimestamp("(epochMilli BIGINT, formatPattern STRING) STRING", (*Env).zone).refuseNulls(),
				formatTimestamp("(epochMilli BIGINT, formatPattern STRING, timeZone STRING) STRING", (*Env).zone).refuseNulls(),
			},
			Examples: []Example{{"TIMESTAMPTOSTRING(1709208000000, 'HH:mm', 'Asia/Tokyo')", "'21:00'"}},
		},
	}
}

func useGMT(*Env) *time.Location { return gmt }

// formatting binds a function whose first argument is written by a pattern, its second.
func formatting(write func(p *datetime.Pattern, buf []byte, n int64) ([]byte, error)) func(*Binding) (Func, error) {
	return func(*Binding) (Func, error) {
		patterns := newMemo(datetime.Compile)
		return func(env *Env, args []data.Value) (data.Value, error) {
			p, err := patterns.of(args[1].Text())
			if err != nil {
				return data.Null, err
			}
			return textOr(write(p, buffer(env, formattedSize), args[0].Int64()))
		}, nil
	}
}

// formattedSize is the room for a date or time as text; more is made where it is not enough.
const formattedSize = 48

// textOr returns the bytes as text.
func textOr(b []byte, err error) (data.Value, error) {
	if err != nil {
		return data.Null, err
	}
	return data.StringBytes(b), nil
}

// zoneOf returns the zone that the third argument names, or the one to use without.
func zoneOf(env *Env, args []data.Value, zones *memo[*time.Location], otherwise func(*Env) *time.Location) (*time.Location, error) {
	if len(args) < 3 {
		return otherwise(env), nil
	}
	return zones.of(args[2].Text())
}

// formatTimestamp is an overload whose first argument, in milliseconds, is
// written by a pattern, its second, in a zone: its third or, without, the given one.
func formatTimestamp(signature string, zone func(*Env) *time.Location) Overload {
	return bound(signature, func(*Binding) (Func, error) {
		patterns, zones := newMemo(datetime.Compile), newMemo(datetime.FindZone)
		return func(env *Env, args []data.Value) (data.Value, error) {
			p, err := patterns.of(args[1].Text())
			if err != nil {
				return data.Null, err
			}
			z, err := zoneOf(env, args, zones, zone)
			if err != nil {
				return data.Null, err
			}
			return textOr(p.AppendTimestamp(buffer(env, formattedSize), args[0].Int64(), z))
		}, nil
	})
}

// parsing binds a function that reads its first argument by a pattern, its second.
func parsing(value func(int64) data.Value, read func(p *datetime.Pattern, text string) (int64, error)) func(*Binding) (Func, error) {
	return func(*Binding) (Func, error) {
		patterns := newMemo(datetime.Compile)
		return func(_ *Env, args []data.Value) (data.Value, error) {
			p, err := patterns.of(args[1].Text())
			if err != nil {
				return data.Null, err
			}
			n, err := read(p, args[0].Text())
			if err != nil {
				return data.Null, err
			}
			return value(n), nil
		}, nil
	}
}

// parseTimestamp is the reverse of formatTimestamp; value makes the result of the milliseconds.
func parseTimestamp(signature string, value func(int64) data.Value, zone func(*Env) *time.Location) Overload {
	return bound(signature, func(*Binding) (Func, error) {
		patterns, zones := newMemo(datetime.Compile), newMemo(datetime.FindZone)
		return func(env *Env, args []data.Value) (data.Value, error) {
			p, err := patterns.of(args[1].Text())
			if err != nil {
				return data.Null, err
			}
			z, err := zoneOf(env, args, zones, zone)
			if err != nil {
				return data.Null, err
			}
			ms, err := p.ParseTimestamp(args[0].Text(), z)
			if err != nil {
				return data.Null, err
			}
			return value(ms), nil
		}, nil
	})
}

// parseSimpleDate is PARSE_DATE.
func parseSimpleDate(*Binding) (Func, error) {
	patterns := newMemo(datetime.CompileSimple)
	return func(env *Env, args []data.Value) (data.Value, error) {
		p, err := patterns.of(args[1].Text())
		if err != nil {
			return data.Null, err
		}
		days, err := p.ParseDate(args[0].Text(), env.now())
		if err != nil {
			return data.Null, err
		}
		return data.Date(days), nil
	}, nil
}
