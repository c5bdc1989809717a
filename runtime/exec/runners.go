package exec

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// Runner is a persistent query that runs in this process. Its methods are safe
// for concurrent use.
type Runner interface {
	// Stop commits what was read, ends the query and waits for it. It may be
	// called again.
	Stop()
	Pause()
	Resume()
	Status() query.Status
	// Analyze returns the plan, a step a line, with what each has done so far.
	Analyze() []string
	// CatchUp waits until what its sources held when it was called is worked on and committed.
	CatchUp(ctx context.Context) error
}

var _ Runner = (*query.Persistent)(nil)

// StartFunc starts a persistent query. An error says that it can never run.
type StartFunc func(query.Runtime, *plan.Persistent, query.PersistentOptions) (Runner, error)

// startPersistent is the StartFunc of production.
func startPersistent(r query.Runtime, p *plan.Persistent, o query.PersistentOptions) (Runner, error) {
	return query.StartPersistent(r, p, o)
}

// local is a runner and the time at which it was started.
type local struct {
	Runner
	since time.Time
}

// runners are the persistent queries that run in this process, by id. The zero
// value is empty.
type runners struct {
	mu   sync.Mutex
	byID map[string]*local
}

// Restoring tells how far the restore is of what persistent queries remember.
func (e *Engine) Restoring() query.Progress {
	e.runners.mu.Lock()
	defer e.runners.mu.Unlock()
	var all query.Progress
	for _, r := range e.runners.byID {
		all = all.Plus(r.Status().Restoring)
	}
	return all
}

// find returns the runner of a query, nil if it does not run here.
func (r *runners) find(id string) *local {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[id]
}

func (r *runners) add(id string, runner *local) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byID == nil {
		r.byID = map[string]*local{}
	}
	r.byID[id] = runner
}

// stop stops some queries at once, and waits for all of them.
func (r *runners) stop(ids ...string) {
	var stopping sync.WaitGroup
	for _, id := range ids {
		if runner := r.find(id); runner != nil {
			stopping.Go(runner.Stop)
		}
	}
	stopping.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		delete(r.byID, id)
	}
}

// close stops all.
func (r *runners) close() {
	r.mu.Lock()
	all := slices.Collect(maps.Keys(r.byID))
	r.mu.Unlock()
	r.stop(all...)
}

// check refuses a query that could not be started.
func (e *Engine) check(q *persistent) error {
	return query.NewTopology(e.runtime(), q.plan.Root, e.queryOptions(q).Options).Check()
}

// start starts a query. What keeps it from running is its status.
func (e *Engine) start(q *persistent) {
	since := e.options.Clock()
	runner, err := e.options.Start(e.runtime(), q.plan, e.queryOptions(q))
	if err != nil {
		runner = &failed{err: err, since: since}
	}
	e.runners.add(q.id, &local{Runner: runner, since: since})
}

// interrupt stops a query, if it runs here, until goOn is called. It may be nil.
func (e *Engine) interrupt(q *persistent) (goOn func()) {
	if q == nil || e.runners.find(q.id) == nil {
		return func() {}
	}
	e.runners.stop(q.id)
	return func() { e.start(q) }
}

// runtime is what persistent queries run on.
func (e *Engine) runtime() query.Runtime {
	return query.Runtime{
		Hub: e.hub, Tables: e.tables, Formats: e.formats, Functions: e.functions, Log: e.events, LogRows: e.log.rows(), Now: e.options.Clock, Memory: e.options.Memory,
	}
}

// leastWait keeps a query from doing nothing but committing, or trying again,
// whatever its properties say.
const leastWait = 10 * time.Millisecond

// nullFields reports whether queries keep records with fields that cannot be read.
func nullFields(p config.Properties) bool { return p.String(config.FieldsOnError) == "null" }

// queryOptions says how a query runs.
func (e *Engine) queryOptions(q *persistent) query.PersistentOptions {
	p := q.properties
	o := query.PersistentOptions{
		Options: query.Options{
			ID: q.id, FailOnFault: p.Bool(config.FailOnDeserialization), NestedErrorsFail: !p.Bool(config.NestedErrorSetNull), Properties: p,
			NullFields: nullFields(p),
		},
		Cluster: e.options.Cluster, Group: e.group(q.id), Default: broker.Earliest,
		CommitInterval: max(p.Duration(config.CommitInterval), leastWait),
		ExactlyOnce:    q.exactlyOnce(),
		Replicas:       int16(max(p.Int(config.ReplicationFactor), 0)),
		SessionTimeout: p.Duration(config.SessionTimeout),
		RetryInitial:   max(p.Duration(config.RetryBackoff), leastWait),
		RetryMax:       max(p.Duration(config.RetryBackoffMax), leastWait),
		CacheBytes:     p.Int(config.CacheBytes),
		DeadLetters:    p.String(config.DeadLetterTopic),
		Paused:         q.paused,
		Failed:         func(err error) { e.options.Logger.Warn("query failed", "id", q.id, "error", err) },
		Unsaved: func(err error) {
			e.options.Logger.Warn("no snapshot of the query's state: it begins more slowly next time", "id", q.id, "error", err)
		},
		Restoring: func(p query.Progress) {
			e.options.Logger.Info("restoring state", "id", q.id, "records", p.Done, "of", p.Total, "rate", int64(p.Rate()), "left", p.Left().Round(time.Second))
		},
		StateDir: e.stateDir(),
	}
	return o
}

// stateDir is the folder for the snapshots of persistent queries, "" for none.
func (e *Engine) stateDir() string {
	return cmp.Or(e.options.Properties.String(config.StateDir), e.options.StateDir)
}

// failed stands for a query that cannot run at all.
type failed struct {
	err   error
	since time.Time
}

// Stop does nothing.
func (*failed) Stop() {}

// Pause does nothing.
func (*failed) Pause() {}

// Resume does nothing.
func (*failed) Resume() {}

// Analyze shows no plan: no step has done anything.
func (*failed) Analyze() []string { return nil }

// CatchUp has nothing to wait for.
func (*failed) CatchUp(context.Context) error { return nil }

// Status tells why.
func (f *failed) Status() query.Status {
	return query.Status{State: query.StateError, Err: f.err, Since: f.since}
}
