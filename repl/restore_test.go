package repl

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/repl/repltest"
	"github.com/ksqlite/ksqlite/repl/show"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/query"
)

func TestRestoreLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		p    query.Progress
		want string
	}{
		{query.Progress{Total: 10}, "Restoring state [....................] 0%, 0 records/s (Ctrl-C: go on meanwhile)"},
		{
			query.Progress{Done: 45_000, Total: 100_000, Took: 9 * time.Second},
			"Restoring state [#########...........] 45%, 5,000 records/s, 11s left (Ctrl-C: go on meanwhile)",
		},
		{
			query.Progress{Done: 10, Total: 10, Took: time.Second},
			"Restoring state [####################] 100%, 10 records/s, 0s left (Ctrl-C: go on meanwhile)",
		},
	}
	for _, tt := range tests {
		if got := restoreLine(tt.p); got != tt.want {
			t.Errorf("got  %q\nwant %q", got, tt.want)
		}
	}
}

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
			s = NewShell(&repltest.Backend{}, Options{Display: show.Display{Console: console}, Restoring: restoring})
			defer aside.Lend(s.jobs.Tell)()
			s.awaitRestore(t.Context())
			const bar, wipe = "\x1b[7mRestoring state [....................]…\x1b[0m", "\r" + terminal.RestOfLine
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
