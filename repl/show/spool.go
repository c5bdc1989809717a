package show

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
)

// Spool passes what is written on to the terminal, and copies it to a file
// while there is one.
type Spool struct {
	// Path is that of the file, absolute.
	Path string

	terminal io.Writer
	file     *os.File // nil while nothing is copied
	err      error    // the first one of writing to file
}

// NewSpool returns a spool before a terminal, which copies nothing yet.
func NewSpool(terminal io.Writer) *Spool { return &Spool{terminal: terminal} }

// On reports whether a file gets a copy.
func (s *Spool) On() bool { return s.file != nil }

// Write passes p to the terminal. A spool file that cannot be written is no
// reason to lose output: its error is told by Stop.
func (s *Spool) Write(p []byte) (int, error) {
	s.Record(string(p))
	return s.terminal.Write(p)
}

// colours are what colours a text for the terminal. A file is read without one.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Record copies text to the file only, without colours.
func (s *Spool) Record(text string) {
	if !s.On() {
		return
	}
	if _, err := s.file.WriteString(colours.ReplaceAllString(text, "")); s.err == nil {
		s.err = err
	}
}

// Start begins to copy to a file, which is overwritten.
func (s *Spool) Start(path string) error {
	if s.On() {
		return fmt.Errorf("Session is already being spooled to %s. Use 'spool OFF' to end that first.", s.Path)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	file, err := os.Create(absolute)
	if err != nil {
		return fmt.Errorf("opening the spool file: %w", err)
	}
	s.file, s.Path, s.err = file, absolute, nil
	return nil
}

// Stop ends copying, if it was on.
func (s *Spool) Stop() error {
	if !s.On() {
		return nil
	}
	err := errors.Join(s.err, s.file.Close())
	s.file = nil
	if err != nil {
		return fmt.Errorf("writing the spool file: %w", err)
	}
	return nil
}
