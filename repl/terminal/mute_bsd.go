//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package terminal

import "golang.org/x/sys/unix"

const (
	// noCharacter stands for a character that does nothing.
	noCharacter = 0xff

	getModes = unix.TIOCGETA
	setModes = unix.TIOCSETA
)
