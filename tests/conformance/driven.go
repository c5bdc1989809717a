package conformance

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// driver keeps the persistent queries of an engine, which move only when they are fed.
type driver struct {
	cluster *Memory
	mu      sync.Mutex
	queries []*driven // in the order of their creation
}

// start takes the place of what runs queries in production. A query that replaces
// another one takes its place in the order, but begins with nothing, as in ksqlDB's
// own tests.
func (d *driver) start(r query.Runtime, p *plan.Persistent, o query.PersistentOptions) (exec.Runner, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	q := &driven{driver: d, id: o.ID, sink: p.Root.Into.Topic}
	at := slices.IndexFunc(d.queries, func(other *driven) bool { return other.id == o.ID })
	topology := query.NewTopology(r, p.Root, o.Options)
	if err := topology.Check(); err != nil {
		return nil, err
	}
	q.topics = topology.Topics()
	var err error
	if q.local, err = query.NewLocal(topology, d.cluster.partitions(q.topics[0]), q.emit, nil); err != nil {
		return nil, err
	}
	if at >= 0 {
		d.queries[at] = q
	} else {
		d.queries = append(d.queries, q)
	}
	return q, nil
}

// running returns the queries that have not been stopped.
func (d *driver) running() []Query {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []Query
	for _, q := range d.queries {
		if !q.stopped {
			all = append(all, q)
		}
	}
	return all
}

// driven is a persistent query that whoever runs the case moves.
type driven struct {
	driver  *driver
	id      string
	local   *query.Local
	topics  []string
	sink    string
	stopped bool // guarded by the driver's mutex, as paused is
	paused  bool
}

var (
	_ Query       = (*driven)(nil)
	_ exec.Runner = (*driven)(nil)
)

func (q *driven) Topics() []string { return q.topics }

func (q *driven) Sink() string { return q.sink }

func (q *driven) Feed(_ context.Context, topic string, messages ...broker.Message) error {
	if !slices.Contains(q.topics, topic) {
		return fmt.Errorf("the query %s does not read %s", q.id, topic)
	}
	q.local.Reset()
	return q.local.Feed(topic, messages)
}

// emit appends what the query writes to the log of its sink, which does not wait
// for anything.
func (q *driven) emit(m broker.Message) error {
	return q.driver.cluster.Produce(context.Background(), q.sink, []broker.Message{m})
}

// Stop ends the query.
func (q *driven) Stop() {
	q.driver.mu.Lock()
	defer q.driver.mu.Unlock()
	q.stopped = true
}

// Pause does nothing but be told.
func (q *driven) Pause() { q.setPaused(true) }

// Resume does nothing but be told.
func (q *driven) Resume() { q.setPaused(false) }

func (q *driven) setPaused(paused bool) {
	q.driver.mu.Lock()
	defer q.driver.mu.Unlock()
	q.paused = paused
}

// Status says that the query runs, or is paused.
func (q *driven) Status() query.Status {
	q.driver.mu.Lock()
	defer q.driver.mu.Unlock()
	if q.paused {
		return query.Status{State: query.StatePaused}
	}
	return query.Status{State: query.StateRunning}
}
