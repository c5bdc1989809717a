package kafka

import (
	"context"
	"fmt"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// poller is where the chunks of one or several readers come together to be
// polled: one topic's, or those of all topics of a group.
type poller struct {
	// name says whose poller it is, in errors.
	name    string
	decoder decoder
	// sources are the partitions of each reader, whose events are told.
	sources []*partitions

	// responses go from the fetchers to Poll, unbuffered: a fetcher asks for
	// more once its last response is being polled.
	responses chan []chunk
	// events wakes Poll when something is to be told.
	events chan struct{}
	// current is what Poll has still to decode of a response, out the fetches
	// it returned last.
	current []chunk
	out     []broker.Fetch

	failOnce  sync.Once
	failed    chan struct{} // closed once failure is set
	failure   error
	closeOnce sync.Once
	closed    chan struct{}
}

func newPoller(name string) *poller {
	return &poller{
		name:      name,
		responses: make(chan []chunk),
		events:    make(chan struct{}, 1),
		failed:    make(chan struct{}),
		closed:    make(chan struct{}),
	}
}

// Poll implements broker.Reader.
func (p *poller) Poll(ctx context.Context) ([]broker.Fetch, error) {
	p.begin()
	for {
		if p.fill(); len(p.out) > 0 {
			return p.out, nil
		}
		if err := p.await(ctx); err != nil {
			return nil, err
		}
	}
}

// begin takes back what the last Poll returned.
func (p *poller) begin() {
	clear(p.out)
	p.out = p.out[:0]
}

// fill adds to out what there is at hand: the next records of the current
// response and the events. What happened to a partition before its records
// came is told first.
func (p *poller) fill() {
	p.tell()
	for want := pollRecords; len(p.current) > 0 && want > 0; {
		c := &p.current[0]
		if !c.of.current(c) {
			p.current = p.current[1:]
			continue
		}
		before := c.position
		f := p.decoder.decode(c, want)
		want -= len(f.Messages)
		if f.Next > before || len(f.Messages) > 0 || f.Err != nil {
			p.out = append(p.out, f)
		}
		if f.Next == before || len(c.raw) == 0 {
			p.current[0] = chunk{}
			p.current = p.current[1:]
		}
	}
}

// tell adds the events to out.
func (p *poller) tell() {
	for _, source := range p.sources {
		p.out = source.takeEvents(p.out)
	}
}

// await waits for a response or an event.
func (p *poller) await(ctx context.Context) error {
	select {
	case <-p.closed: // first, since a select takes any that is ready
		return p.closedError()
	default:
	}
	select {
	case p.current = <-p.responses:
	case <-p.events:
	case <-p.failed:
		return p.failure
	case <-ctx.Done():
		return ctx.Err()
	case <-p.closed:
		return p.closedError()
	}
	return nil
}

func (p *poller) closedError() error { return fmt.Errorf("%s: %w", p.name, broker.ErrClosed) }

// Recycle implements broker.Reader.
func (p *poller) Recycle(messages []broker.Message) { p.decoder.recycle(messages) }

// fail ends the poller: Poll returns err from now on.
func (p *poller) fail(err error) {
	p.failOnce.Do(func() {
		p.failure = err
		close(p.failed)
	})
}

// shut ends a Poll in progress and calls stop, once.
func (p *poller) shut(stop func()) {
	p.closeOnce.Do(func() {
		close(p.closed)
		stop()
	})
}
