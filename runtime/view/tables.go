// Package view keeps tables at hand for pull queries. What a table has is what its topic comes to: of each
// key the newest record. A view reads the topic when it is asked for the first time, and afterwards only what has
// come since, so it needs no goroutine and costs nothing but memory while nobody asks. It shows what was
// committed before the query began, of any table, whichever process fills it.
package view

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/serde"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Options are what views are made of.
type Options struct {
	Cluster broker.Cluster
	Formats *serde.Formats
	Memory  *state.Memory // what their rows share with the stores of queries; nil is without a bound
	Now     func() time.Time
}

// Tables are the views of the tables of an engine. They are safe for concurrent use.
type Tables struct {
	Options
	mu     sync.Mutex
	views  map[viewOf]*view
	sweeps *time.Timer // closes views that nobody has asked for in a while; nil if nothing is to be closed
	closed bool
}

// viewOf is what feeds have to agree on to share a view. A source in the catalog is never changed, so its address
// names it.
type viewOf struct {
	source                  *catalog.Source
	nullFields, failOnFault bool
}

// New returns the tables of an engine, none of which has a view yet.
func New(o Options) *Tables { return &Tables{Options: o, views: map[viewOf]*view{}} }

// Request says what of a table is read.
type Request struct {
	Source *catalog.Source
	// Keys are those whose rows are read, of all their windows. Nil reads all rows.
	Keys []data.Row
	// NullFields makes fields that cannot be read NULL, instead of whole records bad.
	NullFields bool
	// FailOnFault ends the reading with an error at a record that cannot be decoded, whoever has met it before.
	FailOnFault bool
	Tell        Tell
}

// Tell is who is told of what is wrong in the topic of a table, by whoever is the first to read it.
type Tell struct {
	// Fault is told of each record, or field, that cannot be decoded.
	Fault func(hub.Fault)
	// Record is told of records that are no rows.
	Record func(record *data.Record, err error, skipped bool)
	// Gap is told of what happens to the topic: offsets that were gone, a batch that was corrupt.
	Gap func(error)
}

// ErrClosed says that the engine was closed.
var ErrClosed = errors.New("the engine is closed")

// idle is how long the view of a table is kept that nobody asks for.
const idle = 10 * time.Minute

// Open begins to read a table as it is at this moment. Its rows come with [Feed.Next].
func (t *Tables) Open(ctx context.Context, r Request) (*Feed, error) {
	upTo, err := broker.ExtentOf(ctx, t.Cluster, r.Source.Topic)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, ErrClosed
	}
	of := viewOf{r.Source, r.NullFields, r.FailOnFault}
	v := t.views[of]
	if v == nil {
		if v, err = t.newView(of); err != nil {
			return nil, err
		}
		t.views[of] = v
	}
	v.readers++
	return newFeed(t, v, r, upTo), nil
}

// leave counts out a feed, and sees to it that its view is closed if nobody asks for it again.
func (t *Tables) leave(v *view) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v.readers--
	v.left = t.Now()
	switch {
	case t.closed:
		if v.readers == 0 {
			_ = v.close() // nobody reads it, and its disk goes with the engine
		}
	case t.sweeps == nil:
		t.sweeps = time.AfterFunc(idle, t.sweep)
	}
}

// sweep closes the views that nobody has asked for in a while, and comes again when the next one may have to be.
func (t *Tables) sweep() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweeps = nil
	if t.closed {
		return
	}
	now, next := t.Now(), time.Duration(0)
	for of, v := range t.views {
		if v.readers > 0 {
			continue // its last reader will see to it
		}
		left := idle - now.Sub(v.left)
		switch {
		case left <= 0:
			_ = v.close() // what cannot be given back is the loss of nobody who reads
			delete(t.views, of)
		case next == 0 || left < next:
			next = left
		}
	}
	if next > 0 {
		t.sweeps = time.AfterFunc(next, t.sweep)
	}
}

// Close closes all views, those that are being read with their last feed.
func (t *Tables) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	t.closed = true
	if t.sweeps != nil {
		t.sweeps.Stop()
	}
	for _, v := range t.views {
		if v.readers == 0 {
			_ = v.close()
		}
	}
}
