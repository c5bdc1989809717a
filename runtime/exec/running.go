package exec

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/view"
)

// running is a query that somebody reads. It is in the engine's list until it has
// ended or is closed.
type running struct {
	query.Rows
	engine    *Engine
	text      string
	plan      *plan.Query
	overrides map[string]string
	from      string            // where it has started, for people
	secrets   map[string]string // are the variables that are not to be shown where the query is
}

// Next waits for the next row.
func (r *running) Next(ctx context.Context) bool {
	if r.Rows.Next(ctx) {
		return true
	}
	r.leave()
	return false
}

// Close ends the query and waits until nothing of it is left.
func (r *running) Close() {
	r.Rows.Close()
	r.leave()
}

func (r *running) leave() {
	r.engine.queries.remove(r)
	r.engine.counters.Forget(r.ID())
}

// ErrClosed says that the engine was closed before.
var ErrClosed = view.ErrClosed

// queries is the list of the queries that run. The zero value is empty.
type queries struct {
	mu     sync.Mutex
	list   []*running // in the order of their start
	closed bool
}

// add puts a query into the list; ErrClosed if no more may run.
func (q *queries) add(r *running) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.list = append(q.list, r)
	return nil
}

// push counts the push queries.
func (q *queries) push() int64 {
	n := int64(0)
	for _, r := range q.all() {
		if r.plan.Push {
			n++
		}
	}
	return n
}

func (q *queries) remove(r *running) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = slices.DeleteFunc(q.list, func(other *running) bool { return other == r })
}

// all returns the queries that run at this moment.
func (q *queries) all() []*running {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.list)
}

// find returns the query of that id, or nil.
func (q *queries) find(id ast.Name) *running {
	for _, r := range q.all() {
		if means(id, r.ID()) {
			return r
		}
	}
	return nil
}

// close ends all queries, and lets no other begin.
func (q *queries) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	for _, r := range q.all() {
		r.Close()
	}
}

// query starts a push or pull query.
func (s *Session) query(ctx context.Context, st Statement, n *ast.Query) (*Result, error) {
	e := s.engine
	p, err := s.planQuery(ctx, n)
	if err != nil {
		return nil, err
	}
	if err := s.checkAllowed(n, p); err != nil {
		return nil, err
	}
	if err := e.checkTogether(ctx, n, p.Together); err != nil {
		return nil, err
	}
	options := s.queryOptions(s.rowsID(p))
	from := s.beginningOf(p)
	options.Latest, options.Since = from.latest, from.since
	followed, warning, err := s.follow(ctx, p)
	if err != nil {
		return nil, err
	}
	options.Follow = followed
	e.catchUp(ctx, p)
	rows, err := query.Start(ctx, s.runtime(), p, options)
	if err != nil {
		return nil, err
	}
	r := &running{
		Rows: rows, engine: e, text: oneLine(hideVariables(st.Text, s.variables)), plan: p, secrets: secretsOf(s.variables), overrides: s.properties.Overrides(),
		from: from.of(leftmost(p.Root)),
	}
	if err := e.queries.add(r); err != nil {
		rows.Close()
		return nil, err
	}
	warnings := append(s.waits(ctx, p), e.standstill(ctx, p)...)
	if warning != "" {
		warnings = append(warnings, warning)
	}
	result := &Result{Rows: r, Warnings: warnings, Push: p.Push, Endless: p.Push && p.Limit < 0}
	result.Hint, result.Preface = s.aboutBeginning(p, from)
	if p.Push {
		result.Vain = func(read int64) string { return inVain(p, from, read) }
	}
	return result, nil
}

// aboutBeginning tells what somebody may not expect about where a push query starts who has not said
// where: over a stream at the end, over a table at the beginning.
func (s *Session) aboutBeginning(p *plan.Query, from beginning) (hint, preface string) {
	_, _, set := s.properties.Lookup(config.AutoOffsetReset)
	switch table := leftmost(p.Root).Source.Kind == catalog.Table; {
	case !p.Push:
	case from.latest:
		hint = "This query shows what arrives from now on. SET '" + config.AutoOffsetReset +
			"'='earliest'; lets queries begin with the oldest record."
	case table && !set && from == (beginning{}):
		preface = "A query over a table begins with the rows that are there already. SET '" + config.AutoOffsetReset +
			"'='latest'; lets queries show what arrives from now on."
	}
	return hint, preface
}

// inVain tells why a push query that has read all there is since its beginning has no rows.
func inVain(p *plan.Query, from beginning, read int64) string {
	since := ""
	if from != (beginning{}) {
		since = " since " + from.describe(nil)
		if from.latest {
			since = " since the query began"
		}
	}
	topics := "the topic has"
	if list := sources(p.Root); len(list) > 1 || list[0].Pattern != "" {
		topics = "the topics have"
	}
	if read == 0 {
		return fmt.Sprintf("No rows yet: %s no records%s. The query waits for them.", topics, since)
	}
	return fmt.Sprintf("No rows yet: %s read%s, and %s. The query waits for more.", display.Counted(read, "record"), since, sieve(p.Root.Input))
}

// sieve says in what the records of a query end that come to nothing.
func sieve(step plan.Step) string {
	switch step := step.(type) {
	case *plan.Filter:
		return "none has passed the WHERE"
	case *plan.Project:
		return sieve(step.Input)
	default:
		return "none has made a row; EXPLAIN ANALYZE tells where they end"
	}
}

// queryOptions say how a query runs that has the session's properties.
func (s *Session) queryOptions(id string) query.Options {
	return query.Options{
		ID:               id,
		FailOnFault:      s.properties.Bool(config.FailOnDeserialization),
		NullFields:       nullFields(s.properties),
		NestedErrorsFail: !s.properties.Bool(config.NestedErrorSetNull),
		Properties:       s.properties,
	}
}

// waits warns that a push query has nothing to read yet.
func (s *Session) waits(ctx context.Context, p *plan.Query) []string {
	if !p.Push {
		return nil
	}
	return s.engine.waits(ctx, leftmost(p.Root).Source)
}

// checkAllowed refuses queries that are switched off or too many.
func (s *Session) checkAllowed(n *ast.Query, p *plan.Query) error {
	switch {
	case p.Push && s.engine.queries.push() >= s.properties.Int(config.MaxPushQueries):
		return refused(n, "Maximum number of push queries exceeded")
	case p.Push:
		return nil
	case !s.properties.Bool(config.PullQueries):
		return refused(n, "Pull queries are disabled: "+config.PullQueries+" is false")
	case leftmost(p.Root).Source.Kind == catalog.Stream && !s.properties.Bool(config.StreamPullQueries):
		return refused(n, "Pull queries on streams are disabled: "+config.StreamPullQueries+" is false")
	}
	return nil
}

// runtime is what the queries of the session run on.
func (s *Session) runtime() query.Runtime {
	r := s.engine.runtime()
	r.Log = proclog.Tee(r.Log, s.events)
	return r
}

// queryID returns a new id, such as transient_S_4711.
func (s *Session) queryID(sources []string) string {
	return newID(s.properties.String(config.TransientPrefix), sources)
}

func newID(prefix string, sources []string) string {
	return prefix + sources[0] + "_" + strconv.FormatInt(rand.Int64(), 10)
}

// rowsID returns the id of a query that is to run, which tells whether ksqlDB
// would share it.
func (s *Session) rowsID(p *plan.Query) string {
	if s.shares(p) {
		return newID(sharedPrefix, p.Sources)
	}
	return s.queryID(p.Sources)
}

// sharedPrefix begins the ids of push queries that ksqlDB calls scalable.
const sharedPrefix = "SCALABLE_PUSH_QUERY_"

// shares reports whether a push query reads what one persistent query writes from
// now on, which is what ksqlDB shares between queries when it is told to. Here
// queries share whatever they can in any case.
func (s *Session) shares(p *plan.Query) bool {
	return p.Push && s.properties.Bool(config.SharedPushQueries) && s.beginningOf(p).latest &&
		len(p.Sources) == 1 && len(s.engine.now().writers(p.Sources[0])) == 1
}
