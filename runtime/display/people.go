package display

import (
	"strconv"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Count writes a number with commas, as people read it: 1,234,567.
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Counted writes a number with its noun, which takes an s unless it is one: 1 row,
// 2,000 rows.
func Counted[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(int64(n)) + " " + noun + "s"
}

// Bytes writes a number of bytes with two digits or more: 512 B, 3.1 kB, 42 MB. As
// everywhere in the project, a kilobyte is 1000 bytes, and a megabyte 1000 of those.
func Bytes(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, unit := float64(n)/1000, 0
	for value >= 999.5 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	precision := 0
	if value < 9.95 {
		precision = 1
	}
	return strconv.FormatFloat(value, 'f', precision, 64) + " " + units[unit:unit+1] + "B"
}

// Instant writes a time in ms since the epoch, in UTC: 2026-01-31T12:00:00.000Z.
func Instant(ms int64) string { return string(append(types.AppendTimestamp(nil, ms), 'Z')) }

// Warning writes a warning, so that it is known as one among other messages.
func Warning(text string) string { return "WARNING: " + text }
