package repl

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// spool passes what is written on to the terminal, and copies it to a file
// while there is one.
type spool struct {
	terminal io.Writer
	file     *os.File // nil while nothing is copied
	path     string   // absolute, of file
	err      error    // the first one of writing to file
}

// Write passes p to the terminal. A spool file that cannot be written is no
// reason to lose output: its error is told by stop.
func (s *spool) Write(p []byte) (int, error) {
	s.record(string(p))
	return s.terminal.Write(p)
}

// record copies text to the file only.
func (s *spool) record(text string) {
	if s.file == nil {
		return
	}
	if _, err := s.file.WriteString(text); s.err == nil {
		s.err = err
	}
}

// start begins to copy to a file, which is overwritten.
func (s *spool) start(path string) error {
	if s.file != nil {
		return fmt.Errorf("Session is already being spooled to %s. Use 'spool OFF' to end that first.", s.path)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	file, err := os.Create(absolute)
	if err != nil {
		return fmt.Errorf("opening the spool file: %w", err)
	}
	s.file, s.path, s.err = file, absolute, nil
	return nil
}

// stop ends copying, if it was on.
func (s *spool) stop() error {
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.err, s.file.Close())
	s.file = nil
	if err != nil {
		return fmt.Errorf("writing the spool file: %w", err)
	}
	return nil
}
