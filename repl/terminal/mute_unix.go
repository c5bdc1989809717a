//go:build unix

package terminal

import (
	"os"

	"golang.org/x/sys/unix"
)

// muted is a terminal that keeps what is typed for who reads next, and does not show it.
type muted struct {
	terminal *os.File
	before   unix.Termios
	keys     bool // it gives each key at once
}

// mute mutes a terminal; nil if that cannot be done, or it shows nothing already.
func mute(terminal *os.File) *muted {
	m := &muted{terminal: terminal}
	done := false
	m.control(func(fd int) {
		modes, err := unix.IoctlGetTermios(fd, getModes)
		if done = err == nil && modes.Lflag&unix.ECHO != 0; done {
			m.before = *modes
		}
	})
	if !done {
		return nil
	}
	m.again()
	return m
}

// again mutes the terminal after unmute. The character that ends the input elsewhere is kept here like any other:
// the terminal would tell the end to nobody, for nobody reads.
func (m *muted) again() {
	modes := m.before
	modes.Lflag &^= unix.ECHO
	modes.Cc[unix.VEOF] = noCharacter
	if m.keys {
		modes.Lflag &^= unix.ICANON
		modes.Cc[unix.VMIN], modes.Cc[unix.VTIME] = 0, 0
	}
	m.set(modes)
}

// unmute has the terminal as it was.
func (m *muted) unmute() { m.set(m.before) }

// setKeys says whether the terminal gives each key at once to who reads, and nothing if there is none.
func (m *muted) setKeys(on bool) {
	m.keys = on
	m.again()
}

// typed returns what can be read without waiting, whatever modes another program has left behind. A lost terminal is met
// where it is written to.
func (m *muted) typed() string {
	buf, n := make([]byte, 256), 0
	m.control(func(fd int) {
		ready := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if found, err := unix.Poll(ready, 0); err == nil && found > 0 {
			n, _ = unix.Read(fd, buf)
		}
	})
	return string(buf[:max(n, 0)])
}

// set sets the modes of the terminal. One that is gone is met when it is read.
func (m *muted) set(modes unix.Termios) {
	m.control(func(fd int) { _ = unix.IoctlSetTermios(fd, setModes, &modes) })
}

func (m *muted) control(f func(fd int)) {
	if connection, err := m.terminal.SyscallConn(); err == nil {
		_ = connection.Control(func(fd uintptr) { f(int(fd)) }) // as above
	}
}
