// Package datetime formats and parses dates and times by patterns, and knows
// time zones by name.
//
// [Compile] takes the patterns of Java's DateTimeFormatter, which is what
// ksqlDB's functions and its TIMESTAMP_FORMAT property take. Text is English.
// Parsing ignores case; fields that a pattern does not have are those of
// 1970-01-01T00:00. [CompileSimple] takes the dialect of Java's
// SimpleDateFormat, which PARSE_DATE alone understands.
//
//	letter          meaning                       | letter  meaning
//	G               era                           | a       AM or PM
//	u y             year, year of era             | h K     hour of AM or PM, from 1, from 0
//	D               day of year                   | H k     hour of day, from 0, from 1
//	M L             month                         | m s     minute, second
//	d               day of month                  | S       fraction of a second
//	g               modified Julian day           | A n N   milliseconds of day, nanoseconds of second, of day
//	Q q             quarter                       | VV      time zone
//	Y w W F         week-based year, week of it,  | z       name of the time zone
//	                week and weekday's turn in    | O       offset, such as GMT+8
//	                the month                     | X x Z   offset, such as +08
//	E e c           day of the week               | p       padding
//	' '' [ ]        text, a quote, optional part  |
//
// Weeks are those of the United States: they start on Sunday, and the first is
// that of January 1. B, the period of the day, and v, the generic zone name,
// are not supported.
//
// A pattern may be used by several goroutines at once.
package datetime
