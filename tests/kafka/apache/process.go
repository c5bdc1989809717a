package apache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// process is a running Java. It belongs to whoever launched it, who ends it
// with stop or kill.
type process struct {
	command *exec.Cmd
	ended   chan struct{} // closed once the process is gone
	release func()        // tells the watchdog that all is well
}

// launch starts Java in a folder, with its output at the end of logFile there.
func launch(folder, java string, args []string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(folder, logFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening Kafka's log: %w", err)
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
	p := &process{command: command, ended: make(chan struct{})}
	p.release, err = watch(command.Process)
	go p.wait()
	if err != nil {
		p.release = func() {}
		p.kill()
		return nil, fmt.Errorf("starting the watchdog: %w", err)
	}
	return p, nil
}

// wait notes the end of the process. Its exit code is of no use: Java ends
// with 143 when it was told to stop.
func (p *process) wait() {
	_ = p.command.Wait()
	close(p.ended)
}

// stop asks the process to end and waits until it has. When ctx ends first,
// it is killed.
func (p *process) stop(ctx context.Context) error {
	if err := terminate(p.command.Process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.kill()
		return fmt.Errorf("asking Kafka to stop: %w", err)
	}
	select {
	case <-p.ended:
		p.release()
		return nil
	case <-ctx.Done():
		p.kill()
		return fmt.Errorf("stopping Kafka: %w", ctx.Err())
	}
}

// kill ends the process and all that it started, and waits until it is gone.
func (p *process) kill() {
	killGroup(p.command.Process)
	<-p.ended
	p.release()
}
