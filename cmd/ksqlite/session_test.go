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
		{flags{kafkaFlags: kafkaFlags{dataDir: "d"}}, ""},
		{flags{kafkaFlags: kafkaFlags{servers: "localhost:9092"}}, "kept"},
		{flags{kafkaFlags: kafkaFlags{configFile: "c.properties"}}, "kept"},
		{flags{kafkaFlags: kafkaFlags{servers: "localhost:9092"}, ephemeral: true}, "forgotten at the end"},
	} {
		if notice := c.flags.notice(); !strings.Contains(notice, c.told) || (notice == "") != (c.told == "") {
			t.Errorf("%+v: %q", c.flags, notice)
		}
	}
}
