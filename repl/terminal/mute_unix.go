//go:build unix

package terminal

import (
	"os"

	"golang.org/x/sys/unix"
)

// muted is a terminal that keeps what is typed for who reads next, and does not show it.
type muted struct {
	terminal *os.File
	// end is the character that is the end of the input elsewhere. Here it is kept like any other: the
	// terminal would tell it to nobody, for nobody reads.
	end uint8
}

// mute mutes a terminal; nil if that cannot be done, or it shows nothing already.
func mute(terminal *os.File) *muted {
	m := &muted{terminal: terminal}
	done := false
	change(terminal, func(modes *unix.Termios) {
		if done = modes.Lflag&unix.ECHO != 0; done {
			m.end = modes.Cc[unix.VEOF]
			m.apply(modes)
		}
	})
	if !done {
		return nil
	}
	return m
}

// again mutes the terminal after unmute.
func (m *muted) again() { change(m.terminal, m.apply) }

func (m *muted) apply(modes *unix.Termios) {
	modes.Lflag &^= unix.ECHO
	modes.Cc[unix.VEOF] = noCharacter
}

// unmute has the terminal as it was.
func (m *muted) unmute() {
	change(m.terminal, func(modes *unix.Termios) {
		modes.Lflag |= unix.ECHO
		modes.Cc[unix.VEOF] = m.end
	})
}

// change changes the modes of a terminal. One that is gone is met when it is read.
func change(terminal *os.File, f func(*unix.Termios)) {
	connection, err := terminal.SyscallConn()
	if err != nil {
		return
	}
	_ = connection.Control(func(fd uintptr) { // as above
		if modes, err := unix.IoctlGetTermios(int(fd), getModes); err == nil {
			f(modes)
			_ = unix.IoctlSetTermios(int(fd), setModes, modes)
		}
	})
}
