//go:build !unix

package java

import (
	"os"
	"os/exec"
)

// ownGroup does nothing: there are no process groups here.
func ownGroup(*exec.Cmd) {}

// terminate kills the process, since it cannot be asked to end.
func terminate(p *os.Process) error {
	return p.Kill()
}

// killGroup kills the process. That it has ended already is no error.
func killGroup(p *os.Process) {
	_ = p.Kill()
}

// watch does nothing: without process groups there is nothing it could kill.
func watch(*os.Process) (release func(), err error) {
	return func() {}, nil
}
