package exec

import (
	"context"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file executes the statements that start persistent queries. The order is
// that of all statements: what can be wrong is checked, the cluster is changed,
// the statement is written to the log. The query is started last, since it may
// fail and begin again at any later time too.

// createAs is CREATE STREAM or TABLE … AS SELECT.
func (s *Session) createAs(ctx context.Context, st Statement, n *ast.CreateSourceAs) (*Result, error) {
	e := s.engine
	e.ddl.Lock()
	defer e.ddl.Unlock()
	planner := s.planner()
	old, exists := planner.Catalog.Source(n.Name.Text)
	if exists && n.IfNotExists {
		return answer(newNotice(taken(n.Kind, ast.Quote(n.Name.Text), old.Kind)), nil)
	}
	if exists && !n.OrReplace {
		return nil, e.alreadyThere(n.Name, n.Kind, old)
	}
	next, err := s.nextQuery(planner, st)
	if err != nil {
		return nil, err
	}
	if err := s.checkCreateAs(n, old, next.plan); err != nil {
		return nil, err
	}
	if err := planner.CheckSchemas(ctx, e.formats, n, next.plan.Root.Into); err != nil {
		return nil, err
	}
	if replaced := e.now().creator(n.Name.Text); replaced != nil {
		return s.upgrade(ctx, st, planner, replaced, next)
	}
	like, err := e.like(ctx, next)
	if err != nil {
		return nil, err
	}
	made, err := s.provideTopic(ctx, declaredFor(n, next.plan), creationOf(next.plan), like)
	if err != nil {
		return nil, err
	}
	var inherited []string
	if !made {
		inherited = e.inherited(ctx, next.plan.Root.Into)
	}
	var result *Result
	if err = e.registerSchemas(ctx, next.plan.Root.Into, true); err == nil {
		result, err = s.launch(ctx, st, planner, next)
	}
	if err == nil {
		result.Warnings = append(result.Warnings, inherited...)
	}
	if made && undone(err) {
		e.undoTopic(ctx, next.plan.Root.Into.Topic)
	}
	return result, err
}

// inherited warns that a new table has the rows that its topic holds already, as when one of that name was
// dropped without its topic.
func (e *Engine) inherited(ctx context.Context, into *catalog.Source) []string {
	if into.Kind != catalog.Table {
		return nil
	}
	has, err := broker.ExtentOf(ctx, e.options.Cluster, into.Topic)
	if err != nil || slices.Equal(has.Starts, has.Ends) {
		return nil // who cannot know says nothing
	}
	return []string{"Topic " + into.Topic + " holds records already, which are rows of the table until the query replaces them. " +
		"DROP TABLE … DELETE TOPIC removes a topic with its table."}
}

// checkCreateAs refuses what the planner does not know of: a source that cannot
// take the place of old, which is nil if there is none, and topics that nobody may write.
func (s *Session) checkCreateAs(n *ast.CreateSourceAs, old *catalog.Source, p *plan.Persistent) error {
	if n.OrReplace {
		if err := s.checkReplace(n.Name, old, p.Root.Into); err != nil {
			return err
		}
	}
	if slices.Contains(p.Sources, n.Name.Text) {
		return source.Errorf(n.Name.Span, "Cannot add %s '%s': it would be made from itself.", kindName(n.Kind), n.Name.Text)
	}
	return s.checkWritable(n.Name, p.Root.Into.Topic)
}

// creationOf is the part of the plan that is about the new source.
func creationOf(p *plan.Persistent) *plan.Creation {
	return &plan.Creation{Source: p.Root.Into, Partitions: p.Partitions, Replicas: p.Replicas, RetentionMS: p.RetentionMS}
}

// insertQuery is INSERT INTO … SELECT.
func (s *Session) insertQuery(ctx context.Context, st Statement, n *ast.InsertQuery) (*Result, error) {
	e := s.engine
	e.ddl.Lock()
	defer e.ddl.Unlock()
	planner := s.planner()
	next, err := s.nextQuery(planner, st)
	if err != nil {
		return nil, err
	}
	if err := s.checkWritable(n.Name, next.plan.Root.Into.Topic); err != nil {
		return nil, err
	}
	return s.launch(ctx, st, planner, next)
}

// nextQuery returns the query that a statement starts if it succeeds. The caller
// holds ddl.
func (s *Session) nextQuery(p *planner.Planner, st Statement) (*persistent, error) {
	e := s.engine
	if e.closed {
		return nil, ErrClosed
	}
	next, err := e.now().after(p, st.Parsed, e.sequence)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(next.queries, func(q *persistent) bool { return !e.now().has(q) })
	q := next.queries[i]
	if old := e.now().find(exactly(q.id)); old != nil && !q.replaces(old) {
		return nil, source.Errorf(st.Statement.Place(), "Query ID '%s' already exists.", q.id)
	}
	return q, e.check(q)
}

// checkWritable refuses topics that belong to the cluster and its tools.
func (s *Session) checkWritable(name ast.Name, topic string) error {
	if s.properties.Matches(config.ReadOnlyTopics, topic) || s.properties.Matches(config.HiddenTopics, topic) {
		return refused(name, "Cannot insert into the reserved read-only topic: "+topic)
	}
	return nil
}

// launch publishes the statement of a query that was not there before, and starts it.
func (s *Session) launch(ctx context.Context, st Statement, p *planner.Planner, q *persistent) (*Result, error) {
	e := s.engine
	if err := e.checkTogether(ctx, st.Statement, q.plan.Together); err != nil {
		return nil, err
	}
	if err := s.provideDeadLetters(ctx, st, q); err != nil {
		return nil, err
	}
	if err := e.claim(ctx, q); err != nil {
		return nil, err
	}
	if err := e.adopt(ctx, q.id); err != nil {
		return nil, err
	}
	if err := e.publish(ctx, p, st); err != nil {
		return nil, err
	}
	result := e.created(q, "Created query with ID "+q.id)
	result.Warnings = append(result.Warnings, e.waits(ctx, q.leftmost().Source)...)
	return result, nil
}

// created is the answer of a statement that has started a query.
func (e *Engine) created(q *persistent, message string) *Result {
	into := q.plan.Root.Into
	status := newStatus(strings.ToLower(into.Kind.String()), into.Name, "create", message)
	status.Sequence = e.sequence - 1
	status.Status.QueryID = &q.id
	result := &Result{Entity: status}
	if !e.options.Serve && e.runners.find(q.id) != nil {
		result.Warnings = []string{e.alone(q.id)}
	}
	return result
}
