package sqltest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/memory"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// driver keeps the persistent queries of an engine.
type driver struct {
	cluster *memory.Cluster
	mu      sync.Mutex
	queries []*Query // in the order of their creation
}

// start takes the place of what runs queries in production. A query that replaces
// another one takes its place in the order, and what it remembers.
func (d *driver) start(r query.Runtime, p *plan.Persistent, o query.PersistentOptions) (exec.Runner, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	q := &Query{driver: d, id: o.ID, sink: p.Root.Into.Topic, paused: o.Paused}
	at := slices.IndexFunc(d.queries, func(other *Query) bool { return other.id == o.ID })
	topology := query.NewTopology(r, p.Root, o.Options)
	q.topics = topology.Topics()
	var err error
	if q.tasks, err = query.NewLocal(topology, d.cluster.Spread, q.emit, nil); err != nil {
		return nil, err
	}
	if at >= 0 {
		if err := q.tasks.Inherit(d.queries[at].tasks); err != nil {
			return nil, err
		}
		d.queries[at] = q
	} else {
		d.queries = append(d.queries, q)
	}
	return q, nil
}

// running returns the queries that have not been stopped.
func (d *driver) running() []*Query {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []*Query
	for _, q := range d.queries {
		if !q.stopped {
			all = append(all, q)
		}
	}
	return all
}

// Query is a persistent query that moves when it is fed.
type Query struct {
	driver  *driver
	id      string
	tasks   *query.Local
	topics  []string
	sink    string
	missed  []missed // while it was paused
	stopped bool     // guarded by the driver's mutex, as paused is
	paused  bool
}

// missed is a record that a paused query has not seen yet.
type missed struct {
	topic   string
	message broker.Message
}

var _ exec.Runner = (*Query)(nil)

// Topics are the topics that it reads, without those of its inner steps.
func (q *Query) Topics() []string { return q.topics }

// Sink is the topic that it writes, empty for none.
func (q *Query) Sink() string { return q.sink }

// Feed processes records of one partition to their end, inner steps included. What
// that writes is appended to the log of its sink. An error is one that ends the query.
func (q *Query) Feed(topic string, messages ...broker.Message) error {
	if !slices.Contains(q.Topics(), topic) {
		return fmt.Errorf("the query %s does not read %s", q.id, topic)
	}
	q.tasks.Reset()
	return q.tasks.Feed(topic, messages)
}

// emit appends what the query writes to the log of its sink, which does not wait
// for anything.
func (q *Query) emit(m broker.Message) error {
	return q.driver.cluster.Produce(context.Background(), q.sink, []broker.Message{m})
}

// Stop ends the query.
func (q *Query) Stop() {
	q.driver.mu.Lock()
	defer q.driver.mu.Unlock()
	q.stopped = true
}

// CatchUp implements [exec.Runner]: whoever feeds the query knows how far it is.
func (*Query) CatchUp(context.Context) error { return nil }

// Analyze implements [exec.Runner].
func (q *Query) Analyze() []string { return q.tasks.Analyze() }

// Pause has a test keep what it inserts for later.
func (q *Query) Pause() { q.setPaused(true) }

// Resume ends that.
func (q *Query) Resume() { q.setPaused(false) }

func (q *Query) setPaused(paused bool) {
	q.driver.mu.Lock()
	defer q.driver.mu.Unlock()
	q.paused = paused
}

func (q *Query) isPaused() bool {
	q.driver.mu.Lock()
	defer q.driver.mu.Unlock()
	return q.paused
}

// Status says that the query runs, or is paused.
func (q *Query) Status() query.Status {
	if q.isPaused() {
		return query.Status{State: query.StatePaused}
	}
	return query.Status{State: query.StateRunning}
}
