package display_test

import (
	"math"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/display"
)

// TestPeople holds how numbers, sizes and times are written for people.
func TestPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{display.Count(0), "0"},
		{display.Count(999), "999"},
		{display.Count(1000), "1,000"},
		{display.Count(-999), "-999"},
		{display.Count(-1234567), "-1,234,567"},
		{display.Count(math.MaxInt64), "9,223,372,036,854,775,807"},
		{display.Count(math.MinInt64), "-9,223,372,036,854,775,808"},
		{display.Counted(0, "row"), "0 rows"},
		{display.Counted(1, "row"), "1 row"},
		{display.Counted(int64(2000), "record"), "2,000 records"},
		{display.Bytes(999), "999 B"},
		{display.Bytes(1000), "1.0 kB"},
		{display.Bytes(9_949), "9.9 kB"},
		{display.Bytes(9_950), "10 kB"},
		{display.Bytes(999_499), "999 kB"},
		{display.Bytes(999_500), "1.0 MB"},
		{display.Bytes(math.MaxInt64), "9.2 EB"},
		{display.Instant(0), "1970-01-01T00:00:00.000Z"},
		{display.Instant(1_767_225_600_123), "2026-01-01T00:00:00.123Z"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}
