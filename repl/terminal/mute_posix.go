//go:build unix && !(darwin || dragonfly || freebsd || netbsd || openbsd)

package terminal

import "golang.org/x/sys/unix"

const (
	// noCharacter stands for a character that does nothing.
	noCharacter = 0

	getModes = unix.TCGETS
	setModes = unix.TCSETS
)
