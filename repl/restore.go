package repl

import (
	"context"
	"time"

	"github.com/ksqlite/ksqlite/repl/show"
)

const (
	// shortRestore is how long a restore may take without being shown.
	shortRestore = 500 * time.Millisecond
	// restoreInterval is the time between two looks at it.
	restoreInterval = 100 * time.Millisecond
)

// awaitRestore waits until queries have what they remember, since nobody sees anything new
// of their tables before. The status bar shows how far that is; where there is none, a line
// says why nothing happens. Ctrl-C ends the wait, not the restore.
func (s *Shell) awaitRestore(ctx context.Context) {
	if s.printer.Restoring == nil {
		return
	}
	ctx, done := s.begin(ctx)
	defer done()
	defer s.printer.Seat()()
	defer s.printer.Bar.Hide()
	begun, told := time.Now(), false //nolint:forbidigo // of a terminal
	for ctx.Err() == nil {
		now := s.printer.Restoring()
		late := time.Since(begun) > shortRestore //nolint:forbidigo // of a terminal
		if !now.Starting || late && now.Total == 0 {
			return
		}
		if late && !s.printer.Bar.Drawable() && !told {
			s.printer.Note("Restoring state " + restoreHint)
			told = true
		}
		if late {
			s.printer.Bar.Show(show.RestoreLine(now, restoreHint))
		}
		select {
		case <-ctx.Done():
		case <-time.After(restoreInterval):
		}
	}
}

const restoreHint = "(Ctrl-C: go on meanwhile)"
