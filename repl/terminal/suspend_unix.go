//go:build unix

package terminal

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// stopSignals are what stops a process until somebody lets it go on: Ctrl-Z where
// nobody reads keys.
var stopSignals = []os.Signal{syscall.SIGTSTP}

// stopGroup asks that the processes of the terminal's job be stopped, this one among
// them, as Ctrl-Z does.
func stopGroup() { _ = syscall.Kill(0, syscall.SIGTSTP) } // it may always signal itself

// stopSelf stops this process and returns when it goes on. A process without a shell
// that could let it go on is not stopped.
//
// The signal is not SIGTSTP: Go keeps its handler for that once it was asked for.
func stopSelf() {
	if !hasShell() {
		return
	}
	goesOn := make(chan os.Signal, 1)
	signal.Notify(goesOn, syscall.SIGCONT)
	defer signal.Stop(goesOn)
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGSTOP) // as above
	timer := time.NewTimer(stopLag)
	defer timer.Stop()
	select {
	case <-goesOn:
	case <-timer.C:
	}
}

// askToEnd asks another process to end.
func askToEnd(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// stopLag is how long a process that was told to stop may still run.
const stopLag = 200 * time.Millisecond

// hasShell reports whether another process of the session has started this one.
func hasShell() bool {
	own, err := unix.Getsid(0)
	if err != nil || own == os.Getpid() {
		return false
	}
	parent, err := unix.Getsid(os.Getppid())
	return err == nil && parent == own
}
