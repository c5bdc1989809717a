package main

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTerminalLeavesLater holds that CTRL-D which is pressed while a statement runs leaves the shell behind that, and
// that the terminal is as it was then.
func TestTerminalLeavesLater(t *testing.T) {
	t.Parallel()
	for kind, runs := range map[string]string{"xterm": "Press CTRL-C", "dumb": "|A "} {
		c := ksqliteIn(t, "TERM="+kind)
		c.Args = append(c.Args, "--query-timeout", "1500")
		term := openTerminalOf(t, t.TempDir(), c)
		term.await("ksql>")
		term.press(createStream + "\r")
		term.await("----\nksql>")
		term.press("SELECT * FROM s EMIT CHANGES;\r")
		term.has(runs)
		term.press(ctrlD)
		term.has("Exiting ksqlite.")
		if code := term.exit(); code != 0 || !term.cooked() || term.endOfInput() != 4 {
			t.Errorf("%s: exit code %d, CTRL-D is %d", kind, code, term.endOfInput())
		}
		if sent := term.sent(); strings.Index(sent, "Query terminated") > strings.Index(sent, "Exiting") {
			t.Errorf("it has not waited:\n%s", sent)
		}
	}
}

// endOfInput is the character that is the end of the input.
func (t *emulator) endOfInput() uint8 {
	t.t.Helper()
	modes, err := unix.IoctlGetTermios(int(t.pty.Fd()), unix.TCGETS)
	if err != nil {
		t.t.Fatal(err)
	}
	return modes.Cc[unix.VEOF]
}

// TestTerminalLeftOut holds that Ctrl-C says which statements and commands of a pasted text, or of a line, are
// not executed any more.
func TestTerminalLeftOut(t *testing.T) {
	t.Parallel()
	term := openTerminal(t, t.TempDir())
	term.await("ksql>")
	term.press(createStream + "\r")
	term.await("----\nksql>")
	term.press("SELECT * FROM s EMIT CHANGES; SHOW STREAMS;\r")
	term.await("Press CTRL-C to interrupt")
	term.press(ctrlC)
	term.await("Query terminated\nWARNING: 1 statement was left out: SHOW STREAMS;\nksql>")
	term.paste("set cli wrap off\nSELECT a\nFROM s EMIT CHANGES;\nSHOW STREAMS; SHOW\nTABLES;\noutput\n")
	term.await("Press CTRL-C to interrupt")
	term.press(ctrlC)
	term.await("Query terminated\nWARNING: 3 statements were left out, the first of them: SHOW STREAMS;\nksql>")
	term.press("SELECT * FROM s EMIT CHANGES;\r")
	term.await("Press CTRL-C to interrupt")
	term.press(ctrlC)
	term.await("EMIT CHANGES;\nQuery terminated\nksql>")
}
