package query

import (
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/serde"
	"github.com/ksqlite/ksqlite/runtime/state"
	"github.com/ksqlite/ksqlite/runtime/view"
)

// Runtime is what queries run on.
type Runtime struct {
	Hub       *hub.Hub
	Tables    *view.Tables // of pull queries
	Formats   *serde.Formats
	Functions *functions.Registry
	Log       proclog.Log
	LogRows   bool // the log is told what is in records, not only where they are
	Now       func() time.Time
	// Memory is what the stores of all queries share; nil is memory without a bound.
	Memory *state.Memory
}

// Options say how one query runs.
type Options struct {
	ID string
	// Latest starts a push query behind what is there already, Since at the first records
	// of that time, in ms since the epoch; with a Since of 0 it starts with the first records.
	Latest bool
	Since  int64
	// FailOnFault ends the query with an error at the first record that cannot
	// be decoded, instead of skipping it.
	FailOnFault bool
	// NullFields makes fields that cannot be read NULL, instead of whole records bad.
	NullFields bool
	// NestedErrorsFail says that an element of an ARRAY, MAP or STRUCT that
	// cannot be computed makes the whole value NULL, not the element alone.
	NestedErrorsFail bool
	// Properties are those that functions look at.
	Properties config.Properties
	// Follow makes a push query over one topic go on where a consumer group stands; nil for none.
	Follow *Follow
	// DeadLetters says that what a persistent query cannot decode is handed to the
	// task's surroundings, unless the query ends with that.
	DeadLetters bool
}

// query is a push or pull query. It has no goroutine: whoever
// asks for rows runs it, so a query that nobody reads costs nothing.
type query struct {
	reporter
	runtime  Runtime
	options  Options
	plan     *plan.Query
	topology *Topology
	feed     hub.Feed
	local    *Local
	collect  *op.Collect
	follower *follower  // nil unless it follows a group
	result   *counts    // of the projection, which collect does
	arena    data.Arena // of the functions' results, until the next step

	lag  atomic.Int64 // negative once it has ended without an answer of a broker
	read atomic.Int64
	one  data.Batch // of a single record
	row  Row
	left int64 // rows until the limit; negative for no limit
	// spreads says that a record may make several rows.
	spreads bool
	total   *total // nil unless the result is one row
	fatal   error  // a fault that ends the query
	failed  error  // what ends it when the rows that were found before it are taken

	running sync.Mutex // held while Next runs, and by whoever ends the query
	mu      sync.Mutex // guards the following
	end     End        // changed by who holds running alone
	err     error
	closed  bool
	cancel  context.CancelFunc // of the step that runs
}

var _ Rows = (*query)(nil)

// Start begins a query and returns its rows. Nothing is computed before they are
// asked for; the offsets at which the query begins, and ends if it is bounded, are
// those of this moment.
func Start(ctx context.Context, runtime Runtime, p *plan.Query, options Options) (Rows, error) {
	q := &query{
		reporter: newReporter(runtime, options.ID), runtime: runtime, options: options, plan: p,
		left: p.Limit, spreads: spreads(p.Root),
	}
	if err := q.collector(); err != nil {
		return nil, err
	}
	if p.Total && !p.Push && q.left != 0 {
		q.total, q.left = &total{}, -1 // what is read on the way to the one row is not limited
	}
	q.follower = newFollower(options.Follow, runtime.Now)
	q.topology = NewTopology(runtime, p.Root.Input, options)
	q.topology.result = p.Root
	var err error
	if q.feed, err = q.open(ctx); err != nil {
		return nil, err
	}
	if q.local, err = NewLocal(q.topology, q.feed.Partitions, nil, q.collect); err != nil {
		q.feed.Close()
		return nil, err
	}
	q.result = q.local.result()
	q.lag.Store(q.feed.Lag())
	return q, nil
}

// open begins to read the sources. The table that a stream is joined with is read from
// its beginning, whatever else begins at the end.
func (q *query) open(ctx context.Context) (hub.Feed, error) {
	readings := q.topology.readings()
	if readings[0].lookup != nil {
		return q.openTable(ctx, readings[0])
	}
	var requests []hub.Request
	for _, r := range readings {
		request := hub.Request{
			Source: r.source, Wanted: q.reads(r.source, r.wanted), NullFields: q.options.NullFields,
			Bounded: !q.plan.Push, Fault: q.fault, Notice: q.notice, Bounds: r.bounds, Ends: q.ends(r),
		}
		if q.plan.Push && (len(readings) == 1 || r.source.Kind == catalog.Stream) {
			request.Latest, request.Since, request.Starts = q.options.Latest, q.options.Since, q.follower.starts()
		}
		requests = append(requests, request)
	}
	whole := q.topology.ordered() || q.topology.looksUp()
	if len(requests) == 1 && (!whole || requests[0].Source.Pattern != "") {
		return q.runtime.Hub.Feed(ctx, requests[0])
	}
	return q.runtime.Hub.Merge(ctx, requests, whole)
}

// ends reports whether the query can end behind the last offsets that matter: where a limit
// is set and nothing more can come, nobody waits for the rows that are missing. More topics may
// match a pattern later.
func (q *query) ends(r reading) bool {
	return q.plan.Limit >= 0 && r.bounds != nil && r.bounds.Offset.Last < math.MaxInt64 && r.source.Pattern == ""
}

// collector makes the end of the operators.
func (q *query) collector() error {
	frame := &eval.Frame{Env: functions.Env{Arena: &q.arena, Now: q.runtime.Now}}
	report := func(record *data.Record, err error, skipped bool) {
		q.result.fault(err, skipped)
		q.report(record, err, skipped)
	}
	frame.Warn = func(err error) { report(frame.Record, err, false) }
	b := builder{
		ctx:  &op.Context{Frame: frame, Report: report},
		eval: eval.Options{Functions: q.runtime.Functions, NestedErrorsFail: q.options.NestedErrorsFail},
	}
	var err error
	q.collect, err = b.collect(q.plan)
	return err
}

// ID returns the query's id.
func (q *query) ID() string { return q.options.ID }

// Columns describes the values of each row.
func (q *query) Columns() []types.Column { return q.plan.Columns() }

// Key describes the keys of a table's rows.
func (q *query) Key() []types.Column {
	if q.plan.Kind != catalog.Table {
		return nil
	}
	return append([]types.Column{}, q.plan.Root.Input.Schema().Key...)
}

// Lag returns how far the query was behind when it read last, or when it began; -1 while
// no broker answers, and for good if none did at the end.
func (q *query) Lag() int64 {
	if !q.runtime.Hub.Answers() {
		return -1
	}
	if table, ok := q.feed.(*view.Feed); ok { // which tells it while it reads
		return table.Lag()
	}
	return q.lag.Load()
}

// Read returns how many records the query has taken.
func (q *query) Read() int64 { return q.read.Load() }

// Analyze returns the plan with what each step has done.
func (q *query) Analyze() []string { return q.local.Analyze() }

// Row returns the row that Next has found.
func (q *query) Row() Row { return q.row }

// End says how the query ended.
func (q *query) End() End {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.end
}

// Err returns what ended the query, if that is an error.
func (q *query) Err() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

// Next waits for the next row.
func (q *query) Next(ctx context.Context) bool {
	q.running.Lock()
	defer q.running.Unlock()
	for q.end == Running {
		if q.left == 0 {
			q.finish(LimitReached, nil)
			break
		}
		if values, tombstone, ok := q.take(); ok {
			q.row = Row{Values: values, Tombstone: tombstone}
			q.row.Key, q.row.Window = q.collect.Key()
			q.left--
			return true
		}
		q.follower.returned()
		if err := q.step(ctx); err != nil && !q.sum(err) {
			if _, broken := errors.AsType[*panicError](err); broken {
				q.failure(err)
			}
			q.finish(q.ending(ctx, err))
		}
	}
	q.row = Row{}
	return false
}

// step runs one batch through the operators. A panic is an error of it.
func (q *query) step(ctx context.Context) (err error) {
	defer catch(&err)
	ctx, err = q.begin(ctx)
	if err != nil {
		return err
	}
	defer q.cancel()
	q.collect.Reset(q.left)
	q.arena.Reset()
	q.local.Reset()
	if err = q.feedOperators(ctx); err == nil {
		err = q.local.count()
	}
	q.lag.Store(q.feed.Lag())
	q.total.note(q.collect)
	q.result.out += int64(q.collect.Len())
	q.local.measures.show()
	return err
}

// rowsPerStep is how many rows are found before they are handed out, if that many come at once.
const rowsPerStep = 512

// feedOperators waits for records and runs what is at hand through the operators. Rows that
// were found before an error are handed out before it is told.
func (q *query) feedOperators(ctx context.Context) error {
	if q.failed != nil {
		return q.failed
	}
	q.local.Heed(ctx)
	for {
		batch, err := q.feed.Next(ctx)
		q.topic = q.feed.Topic()
		if err == nil && q.options.FailOnFault {
			q.feed.TellFaults(math.MaxInt64)
		}
		if err = cmp.Or(q.fatal, err); err == nil {
			q.local.owner.Resume()
			err = q.push(batch)
			q.local.owner.Rest() // unless it has panicked, which leaves the stores as they are
		}
		found := int64(q.collect.Len())
		if err != nil && found > 0 && ctx.Err() == nil {
			q.failed = err
			return nil
		}
		if err != nil || !q.feed.More() || found >= rowsPerStep || found == q.left {
			return err
		}
	}
}

// push runs a batch through the operators: record by record where the limit may be
// reached in it, so that nothing behind the last row is computed or told.
func (q *query) push(batch *data.Batch) error {
	q.works(q.feed.Source(), batch)
	q.read.Add(int64(len(batch.Records)))
	if left := q.left - int64(q.collect.Len()); q.left < 0 || left > int64(len(batch.Records)) && !q.spreads {
		q.feed.TellFaults(math.MaxInt64)
		q.follower.pushed(batch.Records)
		return q.local.Push(q.topic, q.feed.Source(), batch)
	}
	for i := range batch.Records {
		q.one.Records = batch.Records[i : i+1]
		if err := q.local.Push(q.topic, q.feed.Source(), &q.one); err != nil {
			return err
		}
		q.follower.pushed(batch.Records[i : i+1])
		if int64(q.collect.Len()) >= q.left {
			q.feed.TellFaults(batch.Records[i].Offset + 1) // a field of this one may be bad
			return nil
		}
	}
	return nil
}

// fault is told of a record that cannot be decoded.
func (q *query) fault(f hub.Fault) {
	q.topic = q.feed.Topic()
	q.local.undecodable(q.feed.Source(), f)
	err := q.undecodable(f)
	if q.options.FailOnFault && !f.Kept && q.fatal == nil {
		q.fatal = err
		q.cancel() // there may be nothing else to wait for
	}
}

// notice is told of what happens to a topic.
func (q *query) notice(err error) {
	q.topic = q.feed.Topic()
	q.gap(err)
}

// begin makes the context of a step, which Close cancels.
func (q *query) begin(ctx context.Context) (context.Context, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, context.Canceled
	}
	ctx, q.cancel = context.WithCancel(ctx)
	return ctx, nil
}

// ending says what an error of a step means for the query. ctx is what Next was
// called with: the deadline of a request to the cluster is another matter.
func (q *query) ending(ctx context.Context, err error) (End, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.fatal != nil:
		return Stopped, q.fatal
	case errors.Is(err, io.EOF):
		return Completed, nil
	case q.closed, ctx.Err() != nil:
		return Stopped, nil
	}
	return Stopped, err
}

// finish ends the query, if it has not ended, and lets go of the topic and of what it
// remembers. The caller holds running.
func (q *query) finish(end End, err error) {
	q.mu.Lock()
	ended := q.end != Running
	if !ended {
		q.end, q.err = end, err
	}
	q.mu.Unlock()
	if !ended {
		q.lag.Store(q.Lag()) // nobody waits for an answer any more when the feed is closed
		q.follower.end(end)
		q.feed.Close()
		q.local.owner.Resume()
		q.local.Close()
	}
}

// Close ends the query at once.
func (q *query) Close() {
	q.mu.Lock()
	q.closed = true
	if q.cancel != nil {
		q.cancel()
	}
	q.mu.Unlock()
	q.running.Lock()
	defer q.running.Unlock()
	q.finish(Stopped, nil)
}
