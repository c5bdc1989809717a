// Package plan is the vocabulary of plans: what is to be done for a statement,
// with every name resolved and every expression typed. Plans are plain structs,
// immutable once made; they describe and hold nothing that runs.
package plan

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Step is one step of a query's plan. Steps form a tree: a step reads the
// results of its inputs.
//
//sumtype:decl
type Step interface {
	// Schema is what the step's results look like.
	Schema() *types.Schema
	// Inputs are the steps whose results it reads.
	Inputs() []Step
	// String describes the step in one line, without its inputs.
	String() string
	step()
}

// Source reads a stream or a table.
type Source struct {
	Source *catalog.Source
	// Key and Value say which columns the query uses, by their positions.
	Key, Value []bool
}

// Filter keeps the records for which a condition is true.
type Filter struct {
	Input     Step
	Condition expr.Expr
}

// Project computes the columns of the result.
type Project struct {
	Input   Step
	Columns []Column
}

// Column is a column of a result and the expression that gives its values.
type Column struct {
	Name string
	Expr expr.Expr
}

// Query is the plan of a SELECT.
type Query struct {
	Root *Project
	// Push says that the query goes on when it has read what is there. A pull
	// query ends then.
	Push bool
	// Limit ends the query after so many rows; negative for no limit.
	Limit int64
	// From is the kind of source that is read: rows of tables can be deleted.
	From catalog.Kind
	// Sources are the names of the sources that are read.
	Sources []string
}

// Creation is the plan of a CREATE STREAM or TABLE over a topic.
type Creation struct {
	Source *catalog.Source
	// Partitions, Replicas and RetentionMS are those of the topic, 0 where the
	// statement does not say.
	Partitions  int32
	Replicas    int16
	RetentionMS int64
}

// Insert is the plan of an INSERT INTO … VALUES: one constant expression for each
// column of the source, nil for a column that is left out.
type Insert struct {
	Source     *catalog.Source
	Key, Value []expr.Expr
	RowTime    expr.Expr // BIGINT, nil for the time of the insertion
}

// Columns describes the rows of the query's result.
func (q *Query) Columns() []types.Column { return q.Root.Schema().Value }

// Schema returns the source's schema.
func (s *Source) Schema() *types.Schema { return s.Source.Schema }

// Schema returns the schema of the input.
func (f *Filter) Schema() *types.Schema { return f.Input.Schema() }

// Schema returns the result's columns, all of them in the value.
func (p *Project) Schema() *types.Schema {
	schema := &types.Schema{}
	for _, c := range p.Columns {
		schema.Value = append(schema.Value, types.Column{Name: c.Name, Type: c.Expr.Type()})
	}
	return schema
}

// Inputs returns nothing: a source reads a topic.
func (*Source) Inputs() []Step { return nil }

// Inputs returns the step that is filtered.
func (f *Filter) Inputs() []Step { return []Step{f.Input} }

// Inputs returns the step whose records the columns are computed from.
func (p *Project) Inputs() []Step { return []Step{p.Input} }

func (*Source) step()  {}
func (*Filter) step()  {}
func (*Project) step() {}
