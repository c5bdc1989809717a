package repl

import (
	"bufio"
	"io"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// rowPrinter shows the rows of one query. It writes to a buffer that the pace
// flushes; errors of writing are met there.
type rowPrinter interface {
	// begin comes first. Everything is written to out.
	begin(out *bufio.Writer, id string, columns []types.Column)
	// row is called for each row, whose values are valid until it returns.
	row(query.Row)
	// idle says that nothing more has come for a moment: what is held back is
	// to be shown now.
	idle()
	// end comes last.
	end()
}

const (
	// firstPause is how long a query may bring nothing before its header is
	// shown: the first rows of a topic are usually there by then.
	firstPause = 300 * time.Millisecond
	// pause is how long output may lie in the buffer.
	pause = 30 * time.Millisecond
)

// pace collects what is written and flushes it a moment later: output is fast
// while it comes quickly, and nothing stays hidden while it does not. Its
// methods belong to one goroutine; the lock is for the timer.
type pace struct {
	mu    sync.Mutex
	out   *bufio.Writer
	timer *time.Timer
	// idle is called by the timer before it flushes, rested after that.
	idle, rested func()
	armed        bool
	ended        bool
	err          error
}

// newPace returns a pace that writes to w. Its first flush may take firstPause.
func newPace(w io.Writer, idle, rested func()) *pace {
	p := &pace{out: bufio.NewWriterSize(w, 32*1024), idle: idle, rested: rested, armed: true}
	p.timer = time.AfterFunc(firstPause, p.rest)
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

// rest is called by the timer.
func (p *pace) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.armed = false
	p.idle()
	p.flush()
	p.rested()
}

// end flushes what is left and stops the timer: nothing is called any more
// once it has returned. It returns the first error of writing.
func (p *pace) end() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.timer.Stop()
	p.flush()
	return p.err
}

func (p *pace) flush() {
	if err := p.out.Flush(); p.err == nil {
		p.err = err
	}
}
