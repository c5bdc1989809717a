package terminal

import (
	"os"
	"os/signal"
	"sync"
)

// Guest is what has something on the terminal that is not to stay there: a prompt, a
// status bar, a live table. Its methods are called one after the other.
type Guest interface {
	// Withdraw takes it away, and leaves the terminal as other programs want it.
	Withdraw()
	// Restore shows it again.
	Restore()
	// Tell has a line written by somebody else where it disturbs nothing.
	Tell(line string, write func())
}

// Jobs stops the process when Ctrl-Z is typed, and has the terminal left in order
// before, and taken back when it goes on. Its methods may be called by several
// goroutines.
type Jobs struct {
	mu    sync.Mutex
	guest Guest  // nil if nothing is to be taken away
	muted *muted // the terminal that does not show what is typed; nil for none
	// stopped gets a value when a stop is over, if somebody waits for that.
	stopped chan struct{}
	done    chan struct{} // closed when nobody listens any more
}

// Listen begins to take the signal. The function it returns ends that.
func (j *Jobs) Listen() (stop func()) {
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
func (j *Jobs) suspend() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.guest != nil {
		j.guest.Withdraw()
		defer j.guest.Restore()
	}
	if j.muted != nil {
		j.muted.unmute()
		defer j.muted.again()
	}
	stopSelf()
}

// Mute has a terminal not show what is typed, until the function it returns is called: it would stand
// among the rows of what runs. It is read all the same, CTRL-D too, by who reads next.
func (j *Jobs) Mute(terminal *os.File) (speak func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.muted != nil {
		return func() {}
	}
	silent := mute(terminal)
	if silent == nil {
		return func() {}
	}
	j.muted = silent
	return func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.muted = nil
		silent.unmute()
	}
}

// Unmute undoes Mute for another program that has the terminal, until the function it returns is called.
func (j *Jobs) Unmute() (mute func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	silent := j.muted
	if silent == nil {
		return func() {}
	}
	j.muted = nil
	silent.unmute()
	return func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.muted = silent
		silent.again()
	}
}

// Stop stops all processes of the job, and returns when this one goes on.
func (j *Jobs) Stop() {
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

// Tell has a line written beside what is on the terminal.
func (j *Jobs) Tell(line string, write func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.guest == nil {
		write()
		return
	}
	j.guest.Tell(line, write)
}

// Seat makes g the guest until the function it returns is called; then it is the one
// before again.
func (j *Jobs) Seat(g Guest) (leave func()) {
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
