//go:build unix

package main

import (
	"context"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lookMillis is how often it is looked whether a reader is still there, so it is
// also how long a query may outlive its reader.
const lookMillis = 200

// readerGone returns a function that waits until nobody reads any more what is
// written to f, and returns false if ctx is done before. It is nil where f is
// neither a pipe nor a socket: nobody has to read those at once.
func readerGone(f *os.File) func(ctx context.Context) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return nil
	}
	return func(ctx context.Context) bool {
		// Errors and hang-ups are told without being asked for.
		look := []unix.PollFd{{Fd: int32(f.Fd())}}
		for ctx.Err() == nil {
			n, err := unix.Poll(look, lookMillis)
			if err != nil && !errors.Is(err, unix.EINTR) {
				break // it is met when the next row is written
			}
			if n > 0 && look[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0 {
				return true
			}
		}
		return false
	}
}
