package show

import (
	"bufio"
	"io"
	"sync"
	"time"
)

const (
	// firstPause is how long a query may bring nothing before its header is
	// shown: the first rows of a topic are usually there by then.
	firstPause = 300 * time.Millisecond
	// pause is how long output may lie in the buffer.
	pause = 30 * time.Millisecond
	// longPause is after how long a query that brings nothing is looked at again.
	longPause = 500 * time.Millisecond
)

// pace collects what is written and flushes it a moment later: output is fast
// while it comes quickly, and nothing stays hidden while it does not. Its
// methods belong to one goroutine; the lock is for the one that looks after the time.
type pace struct {
	mu    sync.Mutex
	out   *bufio.Writer
	timer *time.Timer
	// idle is called before what is written is flushed, rested after that.
	idle   func()
	rested func(now time.Time)
	// lost is told the first error of writing: there may be no next row to meet it.
	lost  func(error)
	armed bool // the timer is to flush soon
	ended bool
	err   error

	done chan struct{}
	wg   sync.WaitGroup
}

// newPace returns a pace that writes to w. Its first flush may take firstPause.
func newPace(w io.Writer, idle func(), rested func(now time.Time), lost func(error)) *pace {
	p := &pace{
		out: bufio.NewWriterSize(w, 32*1024), idle: idle, rested: rested, lost: lost, armed: true,
		timer: time.NewTimer(firstPause), done: make(chan struct{}),
	}
	p.wg.Go(func() {
		for {
			select {
			case now := <-p.timer.C:
				p.rest(now)
			case <-p.done:
				return
			}
		}
	})
	return p
}

// write calls f, which writes to out. It returns the first error of writing,
// whenever it was.
func (p *pace) write(f func(out *bufio.Writer)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p.out)
	if !p.armed {
		p.armed = true
		p.timer.Reset(pause)
	}
	return p.err
}

// aside calls f, which writes to the same terminal by another way, between two
// lines of the output.
func (p *pace) aside(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flush()
	f()
}

// rest is called when the timer runs out.
func (p *pace) rest(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.armed = false
	p.idle()
	p.flush()
	p.rested(now)
	if !p.armed {
		p.timer.Reset(longPause)
	}
}

// end flushes what is left and stops the timer: nothing is called any more
// once it has returned. It returns the first error of writing, and may be called again.
func (p *pace) end() error {
	p.mu.Lock()
	if !p.ended {
		p.ended = true
		p.timer.Stop()
		p.flush()
		close(p.done)
	}
	p.mu.Unlock()
	p.wg.Wait()
	return p.err
}

func (p *pace) flush() {
	if err := p.out.Flush(); err != nil && p.err == nil {
		p.err = err
		p.lost(err)
	}
}
