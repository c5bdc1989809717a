package config

import (
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Moment returns the point in time that a value of auto.offset.reset names: a date and time of
// ISO 8601, which is UTC where it names no zone, or how long before now it was, such as -10m, -1h30m
// or -7d. ok is false for all other texts.
func Moment(value string, now time.Time) (at time.Time, ok bool) {
	if ago, negative := strings.CutPrefix(value, "-"); negative {
		d, ok := duration(ago)
		return now.Add(-d), ok
	}
	if len(value) < len("2006-01-02") { // a number is no year here
		return time.Time{}, false
	}
	ms, err := types.ParseTimestamp(value)
	return time.UnixMilli(ms), err == nil
}

// duration reads a length of time as Go writes it, or as a number of days.
func duration(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 32)
		return time.Duration(n) * 24 * time.Hour, err == nil && n <= 36500
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d >= 0 && text != "" && text[0] != '-' && text[0] != '+'
}
