//go:build unix

package main

import (
	"context"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// readerGone returns a function that waits until nobody reads any more what is
// written to f, and returns false if ctx is done before. It is nil where f is
// neither a pipe nor a socket: nobody has to read those at once.
func readerGone(f *os.File) func(ctx context.Context) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return nil
	}
	return func(ctx context.Context) bool {
		done, end, err := os.Pipe() // reads its end once ctx is done
		if err != nil {
			return false // a reader that is gone is met when the next row is written
		}
		defer done.Close()
		stop := context.AfterFunc(ctx, func() { _ = end.Close() })
		defer func() {
			if stop() {
				_ = end.Close()
			}
		}()
		return hangsUp(f, done)
	}
}

// hangsUp waits for either of two files, and reports whether it was f, whose
// reader is gone. Errors and hang-ups are told without being asked for.
func hangsUp(f, done *os.File) bool {
	look := []unix.PollFd{{Fd: int32(f.Fd())}, {Fd: int32(done.Fd()), Events: unix.POLLIN}}
	for {
		_, err := unix.Poll(look, -1)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil, look[1].Revents != 0:
			return false
		case look[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0:
			return true
		}
	}
}
