package repl

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/query"
)

const (
	// shortRestore is how long a restore may take without being shown.
	shortRestore = 500 * time.Millisecond
	// restoreInterval is the time between two looks at it.
	restoreInterval = 100 * time.Millisecond
	// barWidth is how many cells the bar has.
	barWidth = 20
)

// awaitRestore waits until queries have what they remember, since nobody sees anything new
// of their tables before. It shows how far that is. Ctrl-C ends the wait, not the restore.
func (s *Shell) awaitRestore(ctx context.Context) {
	if s.options.Restoring == nil {
		return
	}
	ctx, done := s.queries.begin(ctx)
	defer done()
	begun, last := time.Now(), query.Progress{} //nolint:forbidigo // of a terminal
	for ctx.Err() == nil {
		now := s.options.Restoring()
		late := time.Since(begun) > shortRestore //nolint:forbidigo // of a terminal
		if !now.Starting || late && now.Total == 0 {
			break
		}
		if last = now; late {
			s.draw(restoreLine(now, s.options.Console.width()))
		}
		select {
		case <-ctx.Done():
		case <-time.After(restoreInterval):
		}
	}
	if last.Total > 0 && time.Since(begun) > shortRestore { //nolint:forbidigo // of a terminal
		s.draw("")
	}
}

// draw puts a text in the place of the line where the cursor is.
func (s *Shell) draw(line string) {
	_, _ = io.WriteString(s.options.Console.Out, "\r"+restOfLine+line) // a lost terminal is met by the next line that is read
}

// restoreLine shows how far a restore is, in no more cells than the terminal has; 0 is no limit.
func restoreLine(p query.Progress, width int) string {
	part := float64(p.Done) / float64(max(p.Total, 1))
	full := int(part * barWidth)
	bar := "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "]"
	line := fmt.Sprintf("Restoring state %s %.0f%%, %s records/s", bar, 100*part, display.Count(int64(math.Round(p.Rate()))))
	if p.Done > 0 {
		line += fmt.Sprintf(", %s left", p.Left().Round(time.Second))
	}
	line += " (Ctrl-C: go on meanwhile)"
	if width > 0 && len(line) >= width {
		line = line[:max(0, width-1)]
	}
	return line
}
