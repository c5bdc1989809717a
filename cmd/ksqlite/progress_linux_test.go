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
	term.await("VALUE_FORMAT = 'JSON');")
	if screen := term.screen(); !strings.Contains(screen, "written to users") || strings.Contains(screen, "%") {
		t.Errorf("the end is:\n%s", screen)
	}
	if code := term.exit(); code != 130 {
		t.Errorf("exit code %d", code)
	}
}

// TestTerminalProduce holds that lines can be typed, and that CTRL-D and CTRL-C end that
// with a count, and that a data folder is told when it is made.
func TestTerminalProduce(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for _, c := range []struct {
		line, end, told string
		code            int
		made            bool
	}{
		{"hello\r", ctrlD, "1 record written to typed", 0, true},
		{"", ctrlC, "0 records written to typed", 130, false},
	} {
		term := openTerminal(t, home, "produce", "typed", "--data-dir", home+"/d")
		term.await("CTRL-D ends it.")
		if made := strings.Contains(term.sent(), "Making the data folder"); made != c.made {
			t.Errorf("%s: the folder is told to be made: %v", c.told, made)
		}
		term.press(c.line)
		term.press(c.end)
		term.await(c.told)
		if code := term.exit(); code != c.code {
			t.Errorf("%s: exit code %d", c.told, code)
		}
	}
}
