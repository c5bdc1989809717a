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

// health says what a query is doing and in how many processes. Of one that does not
// run here the members of its group tell, if the cluster answers.
func (e *Engine) health(ctx context.Context, q *persistent) (state string, processes int) {
	if r := e.runners.find(q.id); r != nil {
		return stateOf(r.Status().State), 1
	}
	if q.paused {
		return isPaused, 1
	}
	found, err := e.options.Cluster.Groups(ctx, e.group(q.id))
	if err != nil || len(found) == 0 || len(found[0].Members) == 0 {
		return unresponsive, 1
	}
	return isRunning, len(found[0].Members)
}

// info is the query in a list.
func (e *Engine) info(ctx context.Context, q *persistent) QueryInfo {
	state, processes := e.health(ctx, q)
	into := q.plan.Root.Into
	return QueryInfo{
		Text: q.text, Sinks: []string{into.Name}, Topics: []string{into.Topic}, ID: q.id,
		Status: map[string]int{state: processes}, Type: "PERSISTENT", State: state,
	}
}

// infos is the queries in a list.
func (e *Engine) infos(ctx context.Context, queries []*persistent) []QueryInfo {
	all := make([]QueryInfo, len(queries))
	for i, q := range queries {
		all[i] = e.info(ctx, q)
	}
	return all
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
	d.State, _ = e.health(ctx, q)
	d.HostStatus[localHost] = d.State
	d.faults = e.counters.Query(q.id)
	if r := e.runners.find(q.id); r != nil {
		s := r.Status()
		d.progress = &progress{read: s.Read, written: s.Written, took: e.options.Clock().Sub(r.since)}
		if s.Err != nil {
			d.Errors = append(d.Errors, QueryError{Time: s.Since.UnixMilli(), Message: s.Err.Error(), Type: errorType(s.Err)})
		}
	}
	groups, err := e.options.Cluster.Groups(ctx, d.Group)
	if err != nil && !errors.Is(err, broker.ErrUnknownGroup) {
		return nil, err
	}
	d.groups = groupsOf(groups, q.leftmost().Source.Topic)
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
