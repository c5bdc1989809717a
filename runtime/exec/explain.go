package exec

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// explain is EXPLAIN of a running query or of a statement.
func (s *Session) explain(st Statement, n *ast.Explain) (Entity, error) {
	if n.Statement != nil {
		return s.explainStatement(st, n)
	}
	r := s.engine.queries.find(n.Query)
	if r == nil {
		return nil, source.Errorf(n.Query.Span,
			"Query with id:%s does not exist, use SHOW QUERIES to view the full set of queries.", n.Query.Text)
	}
	return newExplanation(r.describe()), nil
}

func newExplanation(q *QueryDescription) Entity {
	return &Explanation{Head: Head{Type: "queryDescription"}, Query: q}
}

// explainStatement plans a statement and runs nothing.
func (s *Session) explainStatement(st Statement, n *ast.Explain) (Entity, error) {
	q, ok := n.Statement.(*ast.Query)
	if !ok {
		return nil, notExplained(n.Statement)
	}
	p, err := s.planner().Query(q)
	if err != nil {
		return nil, err
	}
	d := describePlan(p)
	d.ID = s.queryID(p)
	d.Text = oneLine(n.Statement.Place().In(st.text))
	d.Overridden = s.properties.Overrides()
	return newExplanation(d), nil
}

// notExplained says why a statement other than SELECT is not explained.
func notExplained(n ast.Statement) error {
	switch n.(type) {
	case *ast.CreateSourceAs, *ast.InsertQuery:
		return refusal(n)
	default:
		return refused(n, "The provided statement does not run a ksql query")
	}
}

// describePlan describes a query that does not run.
func describePlan(p *plan.Query) *QueryDescription {
	d := &QueryDescription{
		Fields: []FieldInfo{}, Sources: p.Sources, Sinks: []string{}, Plan: strings.Join(plan.Explain(p.Root), "\n"),
		HostStatus: map[string]string{}, Type: "PULL", Errors: []string{}, Tasks: []string{},
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
	d.faults = r.engine.counters.Query(r.ID())
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
