package exec

import (
	"context"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
)

// This file executes the statements about queries that run: TERMINATE, PAUSE and
// RESUME. For persistent queries they are kept in the log, as what they do is to
// hold after a restart.

// terminate is TERMINATE. Whoever reads the rows of a push or pull query finds
// their end. A persistent query is gone with its progress; what it fills stays.
func (s *Session) terminate(ctx context.Context, st Statement, n *ast.Terminate) (Entity, error) {
	e := s.engine
	if n.All {
		return s.terminateAll(ctx, st)
	}
	if r := e.queries.find(n.Query); r != nil {
		r.Close()
		return newTerminations([]string{r.ID()}), nil
	}
	e.ddl.Lock()
	defer e.ddl.Unlock()
	q := e.now().find(n.Query)
	if q == nil {
		return nil, unknownQuery(n.Query)
	}
	if err := e.discard(ctx, s.planner(), st); err != nil {
		return nil, err
	}
	return e.done("terminate", q.id, "execute", "Query terminated."), nil
}

// terminateAll is TERMINATE ALL: the queries of all sessions.
func (s *Session) terminateAll(ctx context.Context, st Statement) (Entity, error) {
	e := s.engine
	e.ddl.Lock()
	defer e.ddl.Unlock()
	ended := ids(e.now().queries)
	if len(ended) > 0 {
		if err := e.discard(ctx, s.planner(), st); err != nil {
			return nil, err
		}
	}
	for _, r := range e.queries.all() {
		r.Close()
		ended = append(ended, r.ID())
	}
	return newTerminations(ended), nil
}

// discard publishes a statement and ends the queries that are then no longer there.
// Their groups, and the topics that they had for themselves, are deleted. The caller
// holds ddl.
func (e *Engine) discard(ctx context.Context, p *planner.Planner, st Statement) error {
	before := e.now()
	if err := e.publish(ctx, p, st); err != nil {
		return err
	}
	gone := ids(before.those(func(q *persistent) bool { return e.now().find(exactly(q.id)) == nil }))
	e.runners.stop(gone...)
	for _, id := range gone {
		if e.options.Serve {
			// A process that ran it here before and was killed may still count as a member.
			_ = e.options.Cluster.RemoveMember(ctx, e.group(id), e.group(id))
		}
		e.counters.Forget(id)
		// What cannot be deleted is of no harm: a query of the same id deletes it first.
		_ = e.forget(ctx, id)
	}
	return nil
}

// change is what PAUSE or RESUME does to queries.
type change struct {
	query           ast.Name
	all             bool
	do              func(Runner)
	action, message string
}

// changeQueries is PAUSE and RESUME: a persistent query reads no more until it is
// resumed, even after a restart.
func (s *Session) changeQueries(ctx context.Context, st Statement, c change) (Entity, error) {
	e := s.engine
	e.ddl.Lock()
	defer e.ddl.Unlock()
	name, chosen := "ALL", e.now().chosen(c.query, c.all)
	if !c.all {
		if len(chosen) == 0 {
			return nil, unknownQuery(c.query)
		}
		name = chosen[0].id
	}
	if len(chosen) > 0 {
		if err := e.publish(ctx, s.planner(), st); err != nil {
			return nil, err
		}
	}
	for _, q := range chosen {
		if r := e.runners.find(q.id); r != nil {
			c.do(r)
		}
	}
	return e.done("query", name, c.action, c.message), nil
}

func unknownQuery(id ast.Name) error {
	return source.Errorf(id.Span, "Unknown queryId: %s", id.Text)
}
