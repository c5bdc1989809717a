package main

import (
	"log/slog"
	"strings"
	"testing"
)

func TestNotices(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	log := slog.New(notices{&out})
	log.Info("nobody needs to know")
	log.Warn("no broker answers", "topic", "t", "address", "localhost:\x1b[2J9092")
	log.Error("it is over")
	want := "WARNING: no broker answers: topic t, address localhost:\\x1b[2J9092\nWARNING: it is over\n"
	if out.String() != want {
		t.Errorf("said %q", out.String())
	}
}
