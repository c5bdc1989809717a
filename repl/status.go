package repl

import (
	"io"
	"sync"
)

// statusBar is a line below the output that says what can be done while a
// query waits for rows. Everything written beside it wipes it away first.
type statusBar struct {
	mu       sync.Mutex
	terminal io.Writer
	shown    bool
}

// show shows the bar, in inverse video, where the cursor is.
func (s *statusBar) show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown {
		return
	}
	_, err := io.WriteString(s.terminal, "\x1b[7m"+text+"\x1b[0m")
	s.shown = err == nil // a lost terminal is met when the next row is written
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
	if b.bar.shown {
		b.bar.shown = false
		if _, err := io.WriteString(b.bar.terminal, "\r\x1b[K"); err != nil {
			return 0, err
		}
	}
	return b.w.Write(p)
}
