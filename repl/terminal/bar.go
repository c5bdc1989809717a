package terminal

import (
	"io"
	"sync"

	"github.com/ksqlite/ksqlite/repl/cells"
)

// Bar is a line below the output that says how a query goes and what can be done
// while it runs. Everything written beside it wipes it away first. Without a terminal
// that can be drawn on there is none. Its methods may be called by several goroutines.
type Bar struct {
	mu       sync.Mutex
	terminal io.Writer
	width    func() int
	off      bool     // it cannot be drawn
	shown    string   // "" if it is not there
	lent     bool     // another program has the terminal
	kept     []string // what was told meanwhile
}

var _ Guest = (*Bar)(nil)

// NewBar returns the bar of a console.
func NewBar(c Console) *Bar {
	return &Bar{terminal: c.Out, width: c.LineWidth, off: !c.Terminal || c.Height == nil}
}

// Drawable reports whether there is a terminal on which the bar can be drawn.
func (s *Bar) Drawable() bool { return !s.off }

// Screen returns the terminal itself, for who draws on it while the bar does not.
func (s *Bar) Screen() io.Writer { return s.terminal }

// Show shows the bar, in inverse video, where the cursor is.
func (s *Bar) Show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if width := s.width(); width > 0 {
		text = cells.Truncated(text, max(width-1, 1), "…")
	}
	if s.off || s.lent || text == s.shown {
		return
	}
	wipe := ""
	if s.shown != "" {
		wipe = "\r" + RestOfLine
	}
	_, err := io.WriteString(s.terminal, wipe+"\x1b[7m"+text+"\x1b[0m")
	if s.shown = ""; err == nil { // a lost terminal is met when the next row is written
		s.shown = text
	}
}

// Lend leaves the terminal to another program until the function it returns is called: the
// bar is not drawn, and what others tell waits for that.
func (s *Bar) Lend() (back func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.wipe() // a lost terminal is met when the next row is written
	s.lent = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, line := range s.kept {
			_, _ = io.WriteString(s.terminal, line+"\n") // as above
		}
		s.lent, s.kept = false, nil
	}
}

// Hide takes the bar away until Show is called.
func (s *Bar) Hide() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.wipe() // a lost terminal is met when the next row is written
}

// wipe takes the bar away.
func (s *Bar) wipe() error {
	if s.shown == "" {
		return nil
	}
	s.shown = ""
	_, err := io.WriteString(s.terminal, "\r"+RestOfLine)
	return err
}

// Withdraw implements Guest. Nothing is written beside the bar until Restore.
func (s *Bar) Withdraw() {
	s.mu.Lock()
	_ = s.wipe() // a lost terminal is met when the next row is written
}

// Restore implements Guest. The bar comes back with the next word about the query.
func (s *Bar) Restore() { s.mu.Unlock() }

// Tell implements Guest.
func (s *Bar) Tell(line string, write func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lent {
		s.kept = append(s.kept, line)
		return
	}
	_ = s.wipe() // a lost terminal is met when the next row is written
	write()
}

// Beside returns a writer to the same terminal that wipes the bar away first.
func (s *Bar) Beside(w io.Writer) io.Writer { return &besideBar{s, w} }

type besideBar struct {
	bar *Bar
	w   io.Writer
}

func (b *besideBar) Write(p []byte) (int, error) {
	b.bar.mu.Lock()
	defer b.bar.mu.Unlock()
	if err := b.bar.wipe(); err != nil {
		return 0, err
	}
	return b.w.Write(p)
}
