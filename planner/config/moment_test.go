package config_test

import (
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/planner/config"
)

func TestMoments(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 5, 10, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]string{
		"-10m":                      "2024-05-10T11:50:00Z",
		"-1h30m":                    "2024-05-10T10:30:00Z",
		"-7d":                       "2024-05-03T12:00:00Z",
		"-0s":                       "2024-05-10T12:00:00Z",
		"2024-05-01":                "2024-05-01T00:00:00Z",
		"2024-05-01T08:00:00":       "2024-05-01T08:00:00Z",
		"2024-05-01T08:00:00+02:00": "2024-05-01T06:00:00Z",
		"":                          "", "-": "", "--10m": "", "-10": "", "-1.5d": "", "-99999999999d": "", "10m": "", "earliest": "",
		"2024": "", "2024-13-01": "", "1714521600000": "", "-7D": "",
	} {
		at, ok := config.Moment(value, now)
		got := ""
		if ok {
			got = at.UTC().Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}
