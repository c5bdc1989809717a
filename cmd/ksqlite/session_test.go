package main

import (
	"strings"
	"testing"
)

// TestNotice holds that only who works on another Kafka is told what becomes of
// his declarations.
func TestNotice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flags flags
		told  string
	}{
		{flags{}, ""},
		{flags{dataDir: "d"}, ""},
		{flags{servers: "localhost:9092"}, "kept"},
		{flags{configFile: "c.properties"}, "kept"},
		{flags{servers: "localhost:9092", ephemeral: true}, "forgotten at the end"},
	} {
		if notice := c.flags.notice(); !strings.Contains(notice, c.told) || (notice == "") != (c.told == "") {
			t.Errorf("%+v: %q", c.flags, notice)
		}
	}
}
