package repl

import (
	"io"
	"sync"
)

// statusBar is a line below the output that says how a query goes and what can be done
// while it runs. Everything written beside it wipes it away first. Without a terminal
// that can be drawn on there is none. Its methods may be called by several goroutines.
type statusBar struct {
	mu       sync.Mutex
	terminal io.Writer
	width    func() int
	off      bool     // it cannot be drawn
	shown    string   // "" if it is not there
	lent     bool     // another program has the terminal
	kept     []string // what was told meanwhile
}

var _ guest = (*statusBar)(nil)

// newStatusBar returns the bar of a console.
func newStatusBar(c Console) *statusBar {
	return &statusBar{terminal: c.Out, width: c.width, off: !c.Terminal || c.Height == nil}
}

// show shows the bar, in inverse video, where the cursor is.
func (s *statusBar) show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if width := s.width(); width > 0 {
		text = cells.Truncate(text, max(width-1, 1), "…")
	}
	if s.off || s.lent || text == s.shown {
		return
	}
	wipe := ""
	if s.shown != "" {
		wipe = "\r" + restOfLine
	}
	_, err := io.WriteString(s.terminal, wipe+"\x1b[7m"+text+"\x1b[0m")
	if s.shown = ""; err == nil { // a lost terminal is met when the next row is written
		s.shown = text
	}
}

// lend leaves the terminal to another program until the function it returns is called: the
// bar is not drawn, and what others tell waits for that.
func (s *statusBar) lend() (back func()) {
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

// hide takes the bar away until show is called.
func (s *statusBar) hide() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.wipe() // a lost terminal is met when the next row is written
}

// wipe takes the bar away.
func (s *statusBar) wipe() error {
	if s.shown == "" {
		return nil
	}
	s.shown = ""
	_, err := io.WriteString(s.terminal, "\r"+restOfLine)
	return err
}

// withdraw implements guest. Nothing is written beside the bar until restore.
func (s *statusBar) withdraw() {
	s.mu.Lock()
	_ = s.wipe() // a lost terminal is met when the next row is written
}

// restore implements guest. The bar comes back with the next word about the query.
func (s *statusBar) restore() { s.mu.Unlock() }

// tell implements guest.
func (s *statusBar) tell(line string, write func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lent {
		s.kept = append(s.kept, line)
		return
	}
	_ = s.wipe() // a lost terminal is met when the next row is written
	write()
}

// beside returns a writer to the same terminal that wipes the bar away first.
func (s *statusBar) beside(w io.Writer) io.Writer { return &besideBar{s, w} }

type besideBar struct {
	bar *statusBar
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
