package main

import (
	"strings"
	"testing"
)

// TestNotice holds that only who works on another Kafka without a folder is told
// that the declarations are lost at the end.
func TestNotice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flags flags
		told  bool
	}{
		{flags{}, false},
		{flags{dataDir: "d"}, false},
		{flags{servers: "localhost:9092"}, true},
		{flags{configFile: "c.properties"}, true},
		{flags{servers: "localhost:9092", dataDir: "d"}, false},
	} {
		if notice := c.flags.notice(); strings.Contains(notice, "--data-dir DIR") != c.told {
			t.Errorf("%+v: %q", c.flags, notice)
		}
	}
}
