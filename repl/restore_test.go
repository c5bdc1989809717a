package repl

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/repl/repltest"
	"github.com/ksqlite/ksqlite/repl/show"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// TestAwaitRestore holds that a long restore is shown in the status bar, beside which others
// may write, and by one plain line where nothing can be drawn in place.
func TestAwaitRestore(t *testing.T) {
	t.Parallel()
	for name, height := range map[string]func() int{"drawn": func() int { return 24 }, "dumb": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var screen bytes.Buffer
			console := terminal.Console{Out: &screen, Err: &screen, Terminal: true, Height: height, Width: func() int { return 40 }}
			aside := terminal.NewAside(&screen)
			var s *Shell
			looks := 0
			restoring := func() query.Progress {
				if strings.Contains(screen.String(), "Restoring") {
					looks++
				}
				if looks == 2 {
					if _, err := aside.Write([]byte("WARNING: slow\n")); err != nil {
						t.Error(err)
					}
				}
				return query.Progress{Starting: looks < 4, Total: 10}
			}
			s = NewShell(&repltest.Backend{}, Options{Display: show.Display{Console: console, Restoring: restoring}})
			defer aside.Lend(s.jobs.Tell)()
			s.awaitRestore(t.Context())
			const bar, wipe = "\x1b[7mRestoring state (Ctrl-C: go on meanwhi…\x1b[0m", "\r" + terminal.RestOfLine
			want := "Restoring state (Ctrl-C: go on\nmeanwhile)\nWARNING: slow\n"
			if height != nil {
				want = bar + wipe + "WARNING: slow\n" + bar + wipe
			}
			if got := screen.String(); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}
