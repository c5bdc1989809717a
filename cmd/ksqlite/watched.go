package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"

	"github.com/ksqlite/ksqlite/repl/show"
)

// watched is standard output or standard error, and remembers the first error of
// writing: who writes help or a message does not look, and a full disk must not pass
// for success. It is safe for concurrent use.
type watched struct {
	out  io.Writer
	what string // is written
	// heard says that somebody has to read it: a pipe that nobody reads is an error.
	heard bool

	mu  sync.Mutex
	err error
}

// Write implements io.Writer.
func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.out.Write(p)
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("writing %s: %w", w.what, err)
	}
	return n, err
}

// named returns the error of a command, which is the first error of writing with what was
// written if the command ended because of that and has not told it.
func (w *watched) named(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, shown := errors.AsType[*show.ShownError](err)
	if w.err != nil && !shown && errors.Is(err, errors.Unwrap(w.err)) {
		return w.err
	}
	return err
}

// fault returns the first error.
func (w *watched) fault() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.heard && errors.Is(w.err, syscall.EPIPE) {
		return nil
	}
	return w.err
}
