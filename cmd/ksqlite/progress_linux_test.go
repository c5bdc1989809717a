package main

import (
	"strings"
	"testing"
)

// TestTerminalProgress holds that datagen shows how far it has come at a terminal, that
// CTRL-C ends it with the count, and that nothing of the bar is left behind.
func TestTerminalProgress(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	term := openTerminal(t, home, "datagen", "users", "--count", "1000", "--rate", "1", "--data-dir", home+"/d")
	term.await("s left")
	if screen := term.screen(); !strings.Contains(screen, "of 1,000") {
		t.Errorf("no progress is shown:\n%s", screen)
	}
	term.press(ctrlC)
	term.await("VALUE_FORMAT='JSON');")
	if screen := term.screen(); !strings.Contains(screen, "written to users") || strings.Contains(screen, "%") {
		t.Errorf("the end is:\n%s", screen)
	}
	if code := term.exit(); code != 130 {
		t.Errorf("exit code %d", code)
	}
}
