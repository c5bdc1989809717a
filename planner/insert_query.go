package planner

import (
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// InsertQuery plans an INSERT INTO … SELECT: a persistent query that adds to an
// existing stream. Its columns are those of the stream, in the same order and
// places; their types may differ where one becomes the other by itself.
func (p *Planner) InsertQuery(s *ast.InsertQuery) (*plan.Persistent, error) {
	with, err := config.Read(s.With, config.Insert, s.Span)
	if err != nil {
		return nil, err
	}
	into, ok := p.Catalog.Source(s.Name.Text)
	if !ok {
		return nil, p.noSource(s.Name, "Source `"+s.Name.Text+"` does not exist.")
	}
	if err := p.takesQuery(s, into); err != nil {
		return nil, err
	}
	q, err := p.persistent(s.Query, "INSERT INTO", into.Name, with)
	if err != nil {
		return nil, err
	}
	if err := q.fit(s, into.Schema); err != nil {
		return nil, err
	}
	if err := checkOwnResults(s.Name, q.source, into); err != nil {
		return nil, err
	}
	return &plan.Persistent{
		Root: &plan.Sink{Input: q.step(), Into: into}, ID: with.QueryID.Value,
		Sources: q.sourceNames(), From: q.source.Topic, Together: q.together(),
	}, nil
}

// takesQuery refuses sources that no query may add to.
func (p *Planner) takesQuery(s *ast.InsertQuery, into *catalog.Source) error {
	switch {
	case into.Kind != catalog.Stream:
		return source.Errorf(s.Name.Span, "INSERT INTO can only be used to insert into a stream. %s is a table.", into.Name)
	case into.ReadOnly:
		return source.Errorf(s.Name.Span, "Cannot insert into read-only %s: %s", lower(into.Kind), into.Name)
	case into.Schema.HasHeaders() && !p.writesHeaders():
		return source.Errorf(s.Name.Span, "Cannot insert into %s because it has header columns", into.Name).WithDetail(writeHeadersHint)
	}
	return manyTopics(s.Name, into)
}

// fit converts the result's columns to those of the stream.
func (q *persistent) fit(s *ast.InsertQuery, want *types.Schema) error {
	q.result.value = besideHeaders(q.result.value, want.Value)
	if !converted(q.result.key, want.Key) || !converted(q.result.value, want.Value) {
		got := types.Schema{Key: columnsOf(q.result.key), Value: columnsOf(q.result.value)}
		return source.Errorf(s.Query.Span, "Incompatible schema between results and sink.").
			WithDetail("Result schema is %s\nSink schema is %s", &got, want)
	}
	return nil
}

// converted converts columns in place and reports whether that was possible.
func converted(columns []plan.Column, want []types.Column) bool {
	if len(columns) != len(want) {
		return false
	}
	for i, c := range columns {
		e, err := expr.Coerce(c.Expr, want[i].Type, expr.Strict)
		if err != nil || c.Name != want[i].Name {
			return false
		}
		columns[i].Expr = e
	}
	return true
}
