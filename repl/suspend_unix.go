//go:build unix

package repl

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// stopSignals are what stops a process until somebody lets it go on: Ctrl-Z where
// nobody reads keys.
var stopSignals = []os.Signal{syscall.SIGTSTP}

// stopGroup asks that the processes of the terminal's job be stopped, this one among
// them, as Ctrl-Z does.
func stopGroup() { _ = syscall.Kill(0, syscall.SIGTSTP) } // it may always signal itself

// stopSelf stops this process and returns when it goes on.
func stopSelf() {
	goesOn := make(chan os.Signal, 1)
	signal.Notify(goesOn, syscall.SIGCONT)
	defer signal.Stop(goesOn)
	signal.Reset(syscall.SIGTSTP)
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGTSTP) // as above
	// A process without a shell that could let it go on is not stopped at all.
	timer := time.NewTimer(notStopped)
	defer timer.Stop()
	select {
	case <-goesOn:
	case <-timer.C:
	}
}

// notStopped is how long a process that was stopped may still run.
const notStopped = 200 * time.Millisecond
