package show

import (
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/repl/cells"
)

// tellFaultsBeside is tellFaults between the lines of an output.
func (p *Printer) tellFaultsBeside(pace *pace) (stop func()) {
	return p.tellFaults(func(line string) { pace.aside(func() { p.Note(line) }) })
}

// tellFaults tells of the records that go wrong while a query runs: a line, at
// most one a second. The function it returns ends that, and tells what has not
// been told.
func (p *Printer) tellFaults(tell func(line string)) (stop func()) {
	if p.Faults == nil {
		return func() {}
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for p.faultDue(done) {
			if line, ok := p.Faults.Line(); ok {
				tell(cells.Escaped(line))
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
		if line, ok := p.Faults.Rest(); ok {
			tell(cells.Escaped(line))
		}
	}
}

// faultDue waits until there is something to be told. It returns false when done
// is closed first.
func (p *Printer) faultDue(done <-chan struct{}) bool {
	select {
	case <-done:
		return false
	case <-p.Faults.Changed():
	}
	wait, _ := p.Faults.Due()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-done:
		return false
	case <-timer.C:
		return true
	}
}
