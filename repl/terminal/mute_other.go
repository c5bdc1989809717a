//go:build !unix

package terminal

import "os"

// muted is a terminal that does not show what is typed: elsewhere one shows it when it is read.
type muted struct{}

func mute(*os.File) *muted { return nil }

func (*muted) again()  {}
func (*muted) unmute() {}

func (*muted) setKeys(bool)  {}
func (*muted) typed() string { return "" }
