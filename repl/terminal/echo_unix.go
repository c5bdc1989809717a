//go:build unix

package terminal

import (
	"os"

	"golang.org/x/sys/unix"
)

// setEcho sets whether a terminal shows what is typed while nobody reads keys, and returns whether it did
// before; false if that cannot be set.
func setEcho(terminal *os.File, on bool) (before bool) {
	connection, err := terminal.SyscallConn()
	if err != nil {
		return false
	}
	_ = connection.Control(func(fd uintptr) { // a terminal that is gone is met when it is read
		modes, err := unix.IoctlGetTermios(int(fd), getModes)
		if err != nil {
			return
		}
		before = modes.Lflag&unix.ECHO != 0
		if modes.Lflag &^= unix.ECHO; on {
			modes.Lflag |= unix.ECHO
		}
		if unix.IoctlSetTermios(int(fd), setModes, modes) != nil {
			before = false
		}
	})
	return before
}
