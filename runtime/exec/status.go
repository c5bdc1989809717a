package exec

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// This file describes persistent queries: what they do, and how they are doing.

// The words for what a query is doing.
const (
	isRunning = "RUNNING"
	isPaused  = "PAUSED"
	hasFailed = "ERROR"
	// unresponsive is a query that no process runs at the moment.
	unresponsive = "UNRESPONSIVE"
)

// stateOf is the word for the state of a query that runs here.
func stateOf(s query.State) string {
	switch s {
	case query.StatePaused:
		return isPaused
	case query.StateError:
		return hasFailed
	default:
		return isRunning
	}
}

// health is what a query is doing and in how many processes.
type health struct {
	state     string
	processes int
}

// localHealth is the health of a query that runs here, or is not to run anywhere;
// ok is false for any other.
func (e *Engine) localHealth(q *persistent) (h health, ok bool) {
	if r := e.runners.find(q.id); r != nil {
		return health{stateOf(r.Status().State), 1}, true
	}
	return health{isPaused, 1}, q.paused
}

// elsewhere is the health of a query that does not run here: the members of its
// group tell.
func elsewhere(groups []broker.Group) health {
	if len(groups) == 0 || len(groups[0].Members) == 0 {
		return health{unresponsive, 1}
	}
	return health{isRunning, len(groups[0].Members)}
}

// infos is queries in a list. A cluster that does not answer is asked once: what
// runs elsewhere is then unresponsive.
func (e *Engine) infos(ctx context.Context, queries []*persistent) []QueryInfo {
	all := make([]QueryInfo, len(queries))
	answers := true
	for i, q := range queries {
		h, ok := e.localHealth(q)
		if !ok {
			var groups []broker.Group
			if answers {
				var err error
				groups, err = e.groupOf(ctx, q)
				answers = err == nil
			}
			h = elsewhere(groups)
		}
		all[i] = q.info(h)
	}
	return all
}

// groupOf returns the group of a query, if there is one.
func (e *Engine) groupOf(ctx context.Context, q *persistent) ([]broker.Group, error) {
	groups, err := e.options.Cluster.Groups(ctx, e.group(q.id))
	if errors.Is(err, broker.ErrUnknownGroup) {
		return nil, nil
	}
	return groups, err
}

// info is the query in a list.
func (q *persistent) info(h health) QueryInfo {
	into := q.plan.Root.Into
	return QueryInfo{
		Text: q.text, Sinks: []string{into.Name}, Topics: []string{into.Topic}, ID: q.id,
		Status: map[string]int{h.state: h.processes}, Type: "PERSISTENT", State: h.state,
	}
}

// describePersistent describes a persistent query that does not run.
func describePersistent(p *plan.Persistent) *QueryDescription {
	into := p.Root.Into
	d := &QueryDescription{
		Fields: sourceFields(into.Schema), Sources: p.Sources, Sinks: []string{into.Name},
		Plan: strings.Join(plan.Explain(p.Root), "\n"), HostStatus: map[string]string{}, Type: "PERSISTENT",
		Errors: []QueryError{}, Tasks: []string{}, columns: sourceColumns(into),
	}
	if into.Windowed() {
		d.WindowType = new(string(into.Window.Type))
	}
	return d
}

// describeQuery describes a persistent query that is there.
func (e *Engine) describeQuery(ctx context.Context, q *persistent) (*QueryDescription, error) {
	d := describePersistent(q.plan)
	d.ID, d.Text, d.Overridden, d.Group = q.id, q.text, q.properties.Overrides(), e.group(q.id)
	groups, err := e.groupOf(ctx, q)
	if err != nil {
		return nil, err
	}
	d.guarantee = q.guarantee()
	topics, err := e.topicsOf(ctx, q.leftmost().Source)
	if err != nil {
		return nil, err
	}
	d.groups = groupsOf(groups, topics...)
	h, ok := e.localHealth(q)
	if !ok {
		h = elsewhere(groups)
	}
	d.State, d.HostStatus[localHost] = h.state, h.state
	d.faults = e.counters.Query(q.id)
	if r := e.runners.find(q.id); r != nil {
		s := r.Status()
		d.progress = &progress{read: s.Read, written: s.Written, took: e.options.Clock().Sub(r.since)}
		if s.Err != nil {
			d.Errors = append(d.Errors, QueryError{Time: s.Since.UnixMilli(), Message: s.Err.Error(), Type: errorType(s.Err)})
		}
	}
	return d, nil
}

// errorType says who can do something about the failure of a query.
func errorType(err error) string {
	is := func(target error) bool { return errors.Is(err, target) }
	users := []error{
		broker.ErrUnknownTopic, broker.ErrTopicDeleted, broker.ErrAuthentication, broker.ErrAuthorization,
		broker.ErrTooLarge, broker.ErrFenced,
	}
	switch {
	case slices.ContainsFunc(users, is):
		return "USER"
	case is(broker.ErrUnreachable), is(context.DeadlineExceeded):
		return "SYSTEM"
	}
	return "UNKNOWN"
}
