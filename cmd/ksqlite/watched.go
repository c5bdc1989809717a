package main

import (
	"errors"
	"fmt"
	"io"
	"syscall"
)

// watched is standard output or standard error, and remembers the first error of
// writing: who writes help or a message does not look, and a full disk must not pass
// for success. It belongs to one goroutine at a time.
type watched struct {
	io.Writer
	what string // is written
	// heard says that somebody has to read it: a pipe that nobody reads is an error.
	heard bool
	err   error
}

// Write implements io.Writer.
func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("writing %s: %w", w.what, err)
	}
	return n, err
}

// fault returns the first error.
func (w *watched) fault() error {
	if !w.heard && errors.Is(w.err, syscall.EPIPE) {
		return nil
	}
	return w.err
}
