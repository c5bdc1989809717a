package exec

import (
	"context"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// explain is EXPLAIN of a query that is there or of a statement, without what the session's variables hold that are
// secrets.
func (s *Session) explain(ctx context.Context, st Statement, n *ast.Explain) (Entity, error) {
	e, err := s.explanation(ctx, st, n)
	if err != nil {
		return nil, err
	}
	e.Query.hide(s.variables)
	return e, nil
}

// hide puts asterisks in the place of what variables hold that are secrets.
func (d *QueryDescription) hide(variables map[string]string) {
	d.Text, d.Plan = hideVariables(d.Text, variables), hideVariables(d.Plan, variables)
}

func (s *Session) explanation(ctx context.Context, st Statement, n *ast.Explain) (*Explanation, error) {
	switch {
	case n.Statement != nil && n.Analyze:
		return s.analyzeStatement(ctx, st, n)
	case n.Statement != nil:
		return s.explainStatement(ctx, st, n)
	case n.Analyze:
		return s.analyze(ctx, n)
	}
	return s.explainQuery(ctx, n)
}

// explainQuery describes a query that is there.
func (s *Session) explainQuery(ctx context.Context, n *ast.Explain) (*Explanation, error) {
	e := s.engine
	if r := e.queries.find(n.Query); r != nil {
		return newExplanation(r.describe()), nil
	}
	q := e.now().find(n.Query)
	if q == nil {
		return nil, e.now().noQuery(n.Query)
	}
	d, err := e.describeQuery(ctx, q)
	if err != nil {
		return nil, err
	}
	return newExplanation(d), nil
}

// noQuery is unknownQuery for EXPLAIN.
func (s *state) noQuery(id ast.Name) error {
	return s.withMeantQuery(id, source.Errorf(id.Span, "Query with id:%s does not exist, use SHOW QUERIES to view the full set of queries.", id.Text))
}

// analyze describes a query that runs here, with what its steps have done in its plan.
func (s *Session) analyze(ctx context.Context, n *ast.Explain) (*Explanation, error) {
	found, err := s.explainQuery(ctx, n)
	if err != nil {
		return nil, err
	}
	d := found.Query
	var q interface{ Analyze() []string }
	if r := s.engine.queries.find(n.Query); r != nil {
		q = r
	} else if r := s.engine.runners.find(d.ID); r != nil {
		q = r
	} else {
		return nil, source.Errorf(n.Query.Span,
			"Query %s does not run in this process, and only the one that runs it knows what its steps have done.", d.ID)
	}
	d.Plan = strings.Join(q.Analyze(), "\n")
	return found, nil
}

// analyzeStatement runs a query over what is on the cluster at this moment, and describes it with
// what its steps have done: until then if ctx is done before the end.
func (s *Session) analyzeStatement(ctx context.Context, st Statement, n *ast.Explain) (*Explanation, error) {
	q, ok := n.Statement.(*ast.Query)
	if !ok {
		return nil, refused(n.Statement, "EXPLAIN ANALYZE runs a SELECT over what is there, or tells what a running query has done so far: "+
			"it needs one or the other, a statement or the id that SHOW QUERIES shows")
	}
	planned, err := s.atHand(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := s.startAtHand(ctx, planned)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next(ctx) { // nobody asks for the rows
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	asked := *planned
	asked.Push = q.Emit != ast.NoEmit
	d := describePlan(&asked)
	d.ID, d.Plan = rows.ID(), strings.Join(rows.Analyze(), "\n")
	d.Text = oneLine(q.Place().In(st.text))
	d.Overridden = s.properties.Overrides()
	return newExplanation(d), nil
}

func newExplanation(q *QueryDescription) *Explanation {
	return &Explanation{Head: Head{Type: "queryDescription"}, Query: q}
}

// explainStatement plans a statement and runs nothing. The id is one that is
// thrown away.
func (s *Session) explainStatement(ctx context.Context, st Statement, n *ast.Explain) (*Explanation, error) {
	var d *QueryDescription
	switch statement := n.Statement.(type) {
	case *ast.Query:
		p, err := s.planQuery(ctx, statement)
		if err != nil {
			return nil, err
		}
		d = describePlan(p)
		d.ID = s.queryID(p.Sources)
		d.StartsAt = s.beginningOf(p).of(leftmost(p.Root))
	case *ast.CreateSourceAs, *ast.InsertQuery:
		p, err := planPersistent(s.planner(), statement)
		if err != nil {
			return nil, err
		}
		d = describePersistent(p)
		d.ID = s.queryID(p.Sources)
	default:
		return nil, refused(n.Statement, "The provided statement does not run a ksql query")
	}
	d.Text = oneLine(n.Statement.Place().In(st.text))
	d.Overridden = s.properties.Overrides()
	return newExplanation(d), nil
}

// describePlan describes a query that does not run.
func describePlan(p *plan.Query) *QueryDescription {
	d := &QueryDescription{
		Fields: []FieldInfo{}, Sources: p.Sources, Sinks: []string{}, Plan: strings.Join(plan.Explain(p.Root), "\n"),
		HostStatus: map[string]string{}, Type: "PULL", Errors: []QueryError{}, Tasks: []string{},
	}
	if p.Push {
		d.Type = "PUSH"
	}
	for _, c := range p.Columns() {
		d.Fields = append(d.Fields, FieldInfo{Name: c.Name, Schema: newTypeInfo(c.Type)})
		d.columns = append(d.columns, columnOf(c))
	}
	return d
}

// columnOf is a column of a result, which has no role.
func columnOf(c types.Column) columnInfo { return columnInfo{name: c.Name, typ: described(c.Type)} }

// localHost stands for this process among those that run a query.
const localHost = "localhost"

// describe describes a query that runs.
func (r *running) describe() *QueryDescription {
	d := describePlan(r.plan)
	d.ID, d.Text, d.Overridden, d.State = r.ID(), r.text, r.overrides, "RUNNING"
	d.HostStatus[localHost] = "RUNNING"
	d.faults, d.StartsAt = r.engine.counters.Query(r.ID()), r.from
	d.hide(r.secrets)
	return d
}

// info is the query in a list.
func (r *running) info() QueryInfo {
	kind := "PULL"
	if r.plan.Push {
		kind = "PUSH"
	}
	return QueryInfo{
		Text: r.text, Sinks: []string{}, Topics: []string{}, ID: r.ID(),
		Status: map[string]int{"RUNNING": 1}, Type: kind, State: "RUNNING",
	}
}
