package repl

import (
	"os"
	"os/signal"
	"sync"
)

// guest is what has something on the terminal that is not to stay there: a prompt, a
// status bar, a live table. Its methods are called one after the other.
type guest interface {
	// withdraw takes it away, and leaves the terminal as other programs want it.
	withdraw()
	// restore shows it again.
	restore()
	// tell has a line written by somebody else where it disturbs nothing.
	tell(line string, write func())
}

// jobs stops the process when Ctrl-Z is typed, and has the terminal left in order
// before, and taken back when it goes on. Its methods may be called by several
// goroutines.
type jobs struct {
	mu    sync.Mutex
	guest guest // nil if nothing is to be taken away
	// stopped gets a value when a stop is over, if somebody waits for that.
	stopped chan struct{}
	done    chan struct{} // closed when nobody listens any more
}

// listen begins to take the signal. The function it returns ends that.
func (j *jobs) listen() (stop func()) {
	if len(stopSignals) == 0 {
		return func() {}
	}
	j.stopped, j.done = make(chan struct{}, 1), make(chan struct{})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, stopSignals...)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-j.done:
				return
			case <-signals:
			}
			j.suspend()
			select {
			case j.stopped <- struct{}{}:
			default:
			}
		}
	})
	return func() {
		signal.Stop(signals)
		close(j.done)
		wg.Wait()
	}
}

// suspend stops the process, and returns when it goes on.
func (j *jobs) suspend() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.guest != nil {
		j.guest.withdraw()
		defer j.guest.restore()
	}
	stopSelf()
}

// stop stops all processes of the job, and returns when this one goes on.
func (j *jobs) stop() {
	if j.stopped == nil {
		return
	}
	select {
	case <-j.stopped: // of an earlier one, for which nobody has waited
	default:
	}
	stopGroup()
	select {
	case <-j.stopped:
	case <-j.done:
	}
}

// tell has a line written beside what is on the terminal.
func (j *jobs) tell(line string, write func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.guest == nil {
		write()
		return
	}
	j.guest.tell(line, write)
}

// seat makes g the guest until the function it returns is called; then it is the one
// before again.
func (j *jobs) seat(g guest) (leave func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	before := j.guest
	j.guest = g
	return func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.guest = before
	}
}
