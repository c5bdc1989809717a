package java

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Process is a running Java. It belongs to whoever launched it, who ends it
// with Stop or Kill.
type Process struct {
	command *exec.Cmd
	Ended   chan struct{} // closed once the process is gone
	release func()        // tells the watchdog that all is well
}

// Launch starts Java in a folder, with its output at the end of logFile there. The
// process is killed when ours ends without having ended it.
func Launch(java, folder, logFile string, args []string) (*Process, error) {
	log, err := os.OpenFile(filepath.Join(folder, logFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening its log: %w", err)
	}
	defer log.Close()

	command := exec.Command(java, args...)
	command.Dir = folder
	command.Stdout = log
	command.Stderr = log
	ownGroup(command)
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", java, err)
	}
	p := &Process{command: command, Ended: make(chan struct{})}
	p.release, err = watch(command.Process)
	go p.wait()
	if err != nil {
		p.release = func() {}
		p.Kill()
		return nil, fmt.Errorf("starting the watchdog: %w", err)
	}
	return p, nil
}

// wait notes the end of the process. Its exit code is of no use: Java ends
// with 143 when it was told to stop.
func (p *Process) wait() {
	_ = p.command.Wait()
	close(p.Ended)
}

// Wait waits until the process ends by itself and reports whether it succeeded. When
// ctx ends first, it is killed.
func (p *Process) Wait(ctx context.Context) (succeeded bool, err error) {
	select {
	case <-p.Ended:
		p.release()
		return p.command.ProcessState.Success(), nil
	case <-ctx.Done():
		p.Kill()
		return false, ctx.Err()
	}
}

// Stop asks the process to end and waits until it has. When ctx ends first,
// it is killed.
func (p *Process) Stop(ctx context.Context) error {
	if err := terminate(p.command.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.Kill()
		return fmt.Errorf("asking it to stop: %w", err)
	}
	select {
	case <-p.Ended:
		p.release()
		return nil
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("stopping it: %w", ctx.Err())
	}
}

// Kill ends the process and all that it started, and waits until it is gone.
func (p *Process) Kill() {
	killGroup(p.command.Process)
	<-p.Ended
	p.release()
}
