package main

import (
	"testing"
)

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
