package exec

import (
	"context"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
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
		return nil, e.now().unknownQuery(n.Query)
	}
	if err := e.publish(ctx, s.planner(), st); err != nil {
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
		if err := e.publish(ctx, s.planner(), st); err != nil {
			return nil, err
		}
	}
	for _, r := range e.queries.all() {
		r.Close()
		ended = append(ended, r.ID())
	}
	return newTerminations(ended), nil
}

// change is what PAUSE or RESUME does to queries.
type change struct {
	query           ast.Name
	all             bool
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
			return nil, e.now().unknownQuery(c.query)
		}
		name = chosen[0].id
	}
	if len(chosen) == 0 {
		return e.done("query", name, c.action, noQueries), nil
	}
	if err := e.publish(ctx, s.planner(), st); err != nil {
		return nil, err
	}
	return e.done("query", name, c.action, c.message), nil
}

// unknownQuery is the error of a statement about a query that is not there.
func (s *state) unknownQuery(id ast.Name) error {
	return s.withMeantQuery(id, source.Errorf(id.Span, "Unknown queryId: %s", id.Text))
}

// withMeantQuery adds to an error which query may be meant by an id that none has: one that fills the source of
// that name, or one whose id has another number.
func (s *state) withMeantQuery(id ast.Name, err *source.Error) error {
	from, isSource := s.catalog.Source(id.Text)
	switch writers := ids(s.writers(id.Text)); {
	case isSource && len(writers) > 0:
		err.WithDetail("%s is a %s, which %s fills.", id.Text, strings.ToLower(from.Kind.String()), strings.Join(writers, ", "))
	case isSource:
		err.WithDetail("%s is a %s, which no query fills.", id.Text, strings.ToLower(from.Kind.String()))
	default:
		same := func(q *persistent) bool { return strings.EqualFold(numberless(q.id), numberless(id.Text)) }
		if i := slices.IndexFunc(s.queries, same); i >= 0 {
			err.WithDetail("Did you mean %s?", s.queries[i].id)
		}
	}
	return err
}

// numberless returns an id without the number at its end, if it has one.
func numberless(id string) string { return strings.TrimRight(strings.TrimRight(id, "0123456789"), "_") }
