package show

import (
	"io"
	"strings"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

const (
	// liveInterval is the time between two pictures of a live table.
	liveInterval = 100 * time.Millisecond
	// redraws is after how many intervals without a change it is drawn anew: the rate falls.
	redraws = 10
	// liveHeight is how low a screen may be: the status, a table of one row.
	liveHeight = 1 + render.FrameLines + 1
)

// liveScreen draws a live table, at most once an interval. Its methods may be called by
// several goroutines.
type liveScreen struct {
	terminal io.Writer
	size     func() (width, height int)
	color    bool

	mu      sync.Mutex
	table   *render.LiveTable
	entered bool
	scrolls bool   // keys are read
	page    int    // how many rows were seen last
	told    string // what went wrong last
	from    int    // how many rows stand above those that are seen
	rate    rate
	drawn   drawing
	err     error // the first of writing

	done chan struct{}
	wg   sync.WaitGroup
}

// drawing is what a picture was drawn of: it is drawn again when that is another.
type drawing struct {
	changes       int64
	width, height int
	told          string
	from          int
	age           int // intervals since then
}

// start begins to draw, an interval later: a query that ends before has no need of a screen.
func (s *liveScreen) start() {
	s.done = make(chan struct{})
	s.wg.Go(func() {
		ticker := time.NewTicker(liveInterval)
		defer ticker.Stop()
		for {
			select {
			case <-s.done:
				return
			case now := <-ticker.C:
				s.tick(now)
			}
		}
	})
}

// change takes a row in. It returns the first error of writing, whenever it was.
func (s *liveScreen) change(f func(*render.LiveTable)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.table)
	return s.err
}

// tick draws the table if there is anything new about it.
func (s *liveScreen) tick(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rate.note(now, s.table.Changes)
	width, height := s.size()
	next := drawing{changes: s.table.Changes, width: width, height: height, told: s.told, from: s.from, age: s.drawn.age}
	if s.entered && next == s.drawn && next.age < redraws {
		s.drawn.age++
		return
	}
	next.age = 0
	s.drawn = next
	s.draw()
}

// draw draws the whole screen with one write, so that it does not flicker. Each line is
// wiped before: behind its end, that would take the last cell of a line that is as wide
// as the terminal. So what a person types meanwhile is gone too.
func (s *liveScreen) draw() {
	var b strings.Builder
	if !s.entered {
		s.entered = true
		b.WriteString(terminal.EnterScreen)
	}
	b.WriteString(terminal.ToTop)
	lines := s.picture(s.drawn.width, s.drawn.height)
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		wipe := terminal.RestOfLine
		if i == len(lines)-1 {
			wipe = terminal.RestOfAll
		}
		if i == 0 && s.color {
			line = "\x1b[7m" + line + "\x1b[0m"
		}
		b.WriteString(wipe + line)
	}
	s.write(b.String())
}

// picture is the lines of the screen: the status, the table, and what went wrong last.
func (s *liveScreen) picture(width, height int) []string {
	status := s.table.Status(s.rate.perSecond())
	hints := []string{interruptHint, "CTRL-C"}
	if s.scrolls {
		hints = append([]string{scrollHint}, hints...)
	}
	for _, hint := range hints {
		if blanks := width - cells.Width(status) - len(hint); blanks > 1 {
			status += strings.Repeat(" ", blanks) + hint
			break
		}
	}
	told := 0
	if s.told != "" && height > liveHeight {
		told = 1
	}
	room := height - 1 - told
	s.page = s.table.Room(room)
	s.from = min(s.from, max(s.table.Len()-s.page, 0))
	lines := append([]string{cells.Truncated(status, width, "")}, s.table.Draw(width, room, s.from)...)
	if told == 1 {
		lines = append(lines, cells.Truncated(s.told, width, ""))
	}
	return lines[:min(len(lines), height)]
}

// scrollHint says which keys there are.
const scrollHint = "Arrows, PgUp, PgDn, Home, End scroll; q or CTRL-C ends"

// press takes a key, and reports whether it ends the query.
func (s *liveScreen) press(key terminal.Key) (leave bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch key {
	case terminal.Up:
		s.from--
	case terminal.Down:
		s.from++
	case terminal.PageUp:
		s.from -= s.page
	case terminal.PageDown:
		s.from += s.page
	case terminal.Home:
		s.from = 0
	case terminal.End:
		s.from = s.table.Len()
	case terminal.Quit:
		return true
	}
	s.from = max(s.from, 0)
	if s.entered {
		s.drawn.from = s.from
		s.draw()
	}
	return false
}

// mayScroll says whether keys are read.
func (s *liveScreen) mayScroll(keys bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scrolls = keys
}

// Tell shows a message on the screen, and calls f to write it to where the terminal
// was before, and is at the end.
func (s *liveScreen) Tell(message string, f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = message
	if !s.entered {
		f()
		return
	}
	s.leave()
	f()
	s.draw()
}

// end gives the terminal back and draws no more. It returns the first error of
// writing, and may be called again.
func (s *liveScreen) end() error {
	s.mu.Lock()
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	s.mu.Unlock()
	s.wg.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave()
	return s.err
}

// Withdraw implements Guest. Nothing is drawn until Restore.
func (s *liveScreen) Withdraw() {
	s.mu.Lock()
	s.leave()
}

// Restore implements Guest. The next interval draws the table again.
func (s *liveScreen) Restore() { s.mu.Unlock() }

func (s *liveScreen) leave() {
	if s.entered {
		s.entered = false
		s.write(terminal.LeaveScreen)
	}
}

func (s *liveScreen) write(text string) {
	if _, err := io.WriteString(s.terminal, text); s.err == nil {
		s.err = err
	}
}
