package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// stoppedError is the cause of a context that a signal has ended.
type stoppedError struct{ signal os.Signal }

func (e *stoppedError) Error() string { return "stopped by signal: " + e.signal.String() }

// exitCode is what shells expect of a process that a signal has ended.
func (e *stoppedError) exitCode() int {
	if number, ok := e.signal.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return exitFailed
}

// untilSignal returns a context that ends when one of the signals comes. A second
// one ends the process at once, as if nobody listened. stop is to be called when
// nothing needs the context any more.
func untilSignal(parent context.Context, signals ...os.Signal) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	came := make(chan os.Signal, 1)
	signal.Notify(came, signals...)
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case s := <-came:
			signal.Stop(came)
			cancel(&stoppedError{s})
		case <-ctx.Done():
		}
	})
	return ctx, func() {
		signal.Stop(came)
		cancel(nil)
		wg.Wait()
	}
}
