//go:build unix

package java

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// ownGroup puts a command into a process group of its own, so that it can be
// killed whole and a Ctrl-C at the terminal does not reach it.
func ownGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// terminate asks a process to end.
func terminate(p *os.Process) error {
	return p.Signal(syscall.SIGTERM)
}

// killGroup kills the group that ownGroup made. That it has ended already is
// no error.
func killGroup(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
}

// watch starts a shell that kills the process's group when ours ends without
// having called release: after a panic, a test's timeout or a SIGKILL, when no
// clean-up of ours runs. It waits on a pipe whose other end only we hold.
func watch(p *os.Process) (release func(), err error) {
	shell := exec.Command("sh", "-c", `read -r _ || kill -s KILL -- "-$1"`, "sh", strconv.Itoa(p.Pid))
	ownGroup(shell)
	pipe, err := shell.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("making its pipe: %w", err)
	}
	if err := shell.Start(); err != nil {
		return nil, err
	}
	return func() {
		_, _ = pipe.Write([]byte("\n"))
		_ = pipe.Close()
		_ = shell.Wait()
	}, nil
}
