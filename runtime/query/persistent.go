package query

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Persistent is a persistent query that runs: it reads its sources in a consumer
// group, drives a [Task] for each part of the work and writes what they emit. It goes on where the group
// last committed. After a failure it begins again by itself, first soon, then
// less and less often. Its methods are safe for concurrent use.
type Persistent struct {
	runtime  Runtime
	plan     *plan.Persistent
	topology *Topology
	options  PersistentOptions
	cancel   context.CancelFunc
	done     chan struct{}

	read, written meter
	measures      *Measures
	restoring     restoring
	reach         reach

	mu     sync.Mutex
	paused bool
	failed error              // why it does not run at the moment
	since  time.Time          // when that happened
	wake   context.CancelFunc // ends the wait of a worker that has nothing to do
}

// PersistentOptions say how a persistent query runs.
type PersistentOptions struct {
	Options
	Cluster broker.Cluster
	// Group is the consumer group and, with ExactlyOnce, the transactional id.
	Group string
	// Default is where partitions begin of which nothing was committed: broker.Earliest or Latest.
	Default int64
	// SessionTimeout is after how long without a sign of life the group gives the
	// query's partitions to others; 0 is the default of [broker.GroupOptions].
	SessionTimeout time.Duration
	// CommitInterval is how often what was read is committed.
	CommitInterval time.Duration
	// CacheBytes is how much of the changes of its tables the query keeps back between
	// two commits, so that one change of a key is left of many; 0 keeps none.
	CacheBytes int64
	// DeadLetters is the topic for records that cannot be decoded, which is there; ""
	// for none. They are committed together with the results.
	DeadLetters string
	// ExactlyOnce commits results, what is remembered, and positions in one transaction. Otherwise
	// nothing is lost, but what was written since the last commit may be written
	// again after a failure.
	ExactlyOnce bool
	// Replicas of the query's own topics; 0 means the cluster's default.
	Replicas int16
	// StateDir is the folder in which snapshots of what is remembered are kept, each
	// query in a folder of its own; "" keeps none.
	StateDir string
	// RetryInitial and RetryMax are the waits before it begins again after a failure.
	RetryInitial, RetryMax time.Duration
	Paused                 bool
	// Restoring is told now and then how far a restore is that takes long, on the query's
	// goroutine. Nil forgets it.
	Restoring func(Progress)
	// Failed is told of each failure, on the query's goroutine. Nil forgets it.
	Failed func(error)
	// Unsaved is told why there is no snapshot, on the query's goroutine. Nil forgets it.
	Unsaved func(error)
}

// State is what a persistent query is doing.
type State uint8

// The states of persistent queries.
const (
	StateRunning State = iota + 1
	StatePaused
	StateError // it has failed, and will begin again unless Fenced
)

// Status is a persistent query at one moment.
type Status struct {
	State State
	// Err is why it has failed, at the time Since.
	Err   error
	Since time.Time
	// Read and Written count records since the query was started here; BytesRead
	// counts their keys and values.
	Read, Written, BytesRead int64
	// LastRead and LastWritten are when the last of them came, ms since the epoch; 0
	// before the first.
	LastRead, LastWritten int64
	// Restoring is how far the restore is of what the query remembers.
	Restoring Progress
}

// StartPersistent starts a query, which runs until it is stopped. What is wrong
// with the plan is an error at once; what is wrong with the cluster is its status.
func StartPersistent(runtime Runtime, p *plan.Persistent, options PersistentOptions) (*Persistent, error) {
	options.Options.DeadLetters = options.DeadLetters != ""
	topology := NewTopology(runtime, p.Root, options.Options)
	if err := topology.Check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	q := &Persistent{
		runtime: runtime, plan: p, topology: topology, options: options, cancel: cancel, done: make(chan struct{}),
		paused: options.Paused, wake: func() {}, measures: topology.measures(),
	}
	q.restoring.starts(topology.Remembers())
	go q.run(ctx)
	return q, nil
}

// Stop commits what was read, ends the query and waits for it. It may be called again.
func (q *Persistent) Stop() {
	q.cancel()
	<-q.done
}

// Pause stops reading; what comes after it has returned is not processed before
// Resume.
func (q *Persistent) Pause() { q.setPaused(true) }

// Resume goes on after Pause.
func (q *Persistent) Resume() { q.setPaused(false) }

func (q *Persistent) setPaused(paused bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.paused = paused
	q.wake()
}

func (q *Persistent) isPaused() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.paused
}

// Status tells how the query is doing.
func (q *Persistent) Status() Status {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := Status{
		State: StateRunning, Err: q.failed, Since: q.since,
		Read: q.read.records.Load(), BytesRead: q.read.bytes.Load(), LastRead: q.read.last.Load(),
		Written: q.written.records.Load(), LastWritten: q.written.last.Load(),
		Restoring: q.restoring.progress(),
	}
	switch {
	case q.failed != nil:
		s.State = StateError
	case q.paused:
		s.State = StatePaused
	}
	return s
}

// Analyze returns the plan with what each step has done since the query was started here.
func (q *Persistent) Analyze() []string { return q.measures.lines() }

// run works until it is stopped, and begins again after failures.
func (q *Persistent) run(ctx context.Context) {
	defer close(q.done)
	wait := q.options.RetryInitial
	for {
		started := q.runtime.Now()
		err := q.work(ctx)
		if ctx.Err() != nil {
			if err != nil && !usual(err) { // what was not committed is done again if the query is started again
				q.tell(err)
			}
			return
		}
		if q.beginsAgain(ctx, err) {
			continue
		}
		q.fail(err)
		q.tell(err)
		if errors.Is(err, broker.ErrFenced) {
			return // another process runs the query
		}
		if q.runtime.Now().Sub(started) > healthy {
			wait = q.options.RetryInitial
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, q.options.RetryMax)
	}
}

// tell reports a failure.
func (q *Persistent) tell(err error) {
	r := newReporter(q.runtime, q.options.ID)
	r.topic = q.plan.Root.Into.Topic
	r.failure(err)
	if q.options.Failed != nil {
		q.options.Failed(err)
	}
}

// healthy is how long a query has to run for the next failure to count as the first.
const healthy = 5 * time.Minute

// fail notes a failure, or its end if err is nil.
func (q *Persistent) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failed, q.since = err, q.runtime.Now()
}
