// Package plan is the vocabulary of plans: what is to be done for a statement,
// with every name resolved and every expression typed. Plans are plain structs,
// immutable once made; they describe and hold nothing that runs.
package plan

import (
	"strconv"

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
	// Bounds say which records matter; nil for all.
	Bounds *Bounds
	// Lookup says which rows of a table are read, as the table is when the query begins. It is nil for
	// a query that reads the topic's records.
	Lookup *Lookup
}

// Filter keeps the records for which a condition is true.
type Filter struct {
	Input     Step
	Condition expr.Expr
}

// FlatMap makes several records of one: as many as the longest of its table
// functions gives rows, the others padded with NULL. The rows' values are columns
// behind those of the input, named KSQL_SYNTH_0, KSQL_SYNTH_1, ….
type FlatMap struct {
	Input     Step
	Functions []expr.Expr // each of type ARRAY at work, though typed as one row of it
}

// Project computes the columns of the result. The rows of a push or pull query
// have all of them in Value.
type Project struct {
	Input      Step
	Key, Value []Column
	// Rekeys says that the key is computed anew (PARTITION BY): a record without a
	// key may get one. Otherwise it stays without.
	Rekeys bool
}

// Sink writes the results to the topic of a stream or a table.
type Sink struct {
	Input Step
	Into  *catalog.Source
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
	// Total says that the result is one row, which a push query shows as it changes, and a pull query
	// when all is read, of nothing too.
	Total bool
	// Limit ends the query after so many rows; negative for no limit.
	Limit int64
	// Kind is that of the result: rows of tables can be deleted.
	Kind catalog.Kind
	// Sources are the names of the sources that are read.
	Sources []string
	// Together are sources whose topics need the same number of partitions.
	Together [][2]*catalog.Source
}

// Finite returns the query as one that ends with what is there.
func (q *Query) Finite() *Query {
	finite := *q
	finite.Push = false
	if q.Total {
		finite.Kind = catalog.Stream // one row, which replaces none
	}
	return &finite
}

// Persistent is the plan of a query that runs until it is terminated and writes to a topic.
type Persistent struct {
	Root *Sink
	// ID is the query's id if the statement gives one.
	ID string
	// Creates says that the query makes the source that it fills (CREATE … AS);
	// otherwise it adds to one (INSERT INTO … SELECT).
	Creates bool
	// Sources are the names of the sources that are read; From is the topic of the
	// leftmost, from which the new topic inherits; empty if that reads several.
	Sources []string
	From    string
	// Together are sources whose topics need the same number of partitions.
	Together [][2]*catalog.Source
	// Partitions, Replicas and RetentionMS are those of the new topic, 0 where it inherits them.
	Partitions  int32
	Replicas    int16
	RetentionMS int64
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

// Schema returns the result's columns.
func (p *Project) Schema() *types.Schema {
	return &types.Schema{Key: typed(p.Key), Value: typed(p.Value)}
}

func typed(columns []Column) (schema []types.Column) {
	for _, c := range columns {
		schema = append(schema, types.Column{Name: c.Name, Type: c.Expr.Type()})
	}
	return schema
}

// Synthetic is the name of the column that the i-th table function of a query makes up.
func Synthetic(i int) string { return "KSQL_SYNTH_" + strconv.Itoa(i) }

// Schema returns the columns of the input and those of the functions.
func (f *FlatMap) Schema() *types.Schema {
	in := f.Input.Schema()
	value := append([]types.Column(nil), in.Value...)
	for i, e := range f.Functions {
		value = append(value, types.Column{Name: Synthetic(i), Type: e.Type()})
	}
	return &types.Schema{Key: in.Key, Value: value}
}

// Schema returns the columns that are written.
func (s *Sink) Schema() *types.Schema { return s.Into.Schema }

// Inputs returns nothing: a source reads a topic.
func (*Source) Inputs() []Step { return nil }

// Inputs returns the step that is filtered.
func (f *Filter) Inputs() []Step { return []Step{f.Input} }

// Inputs returns the step whose records the columns are computed from.
func (p *Project) Inputs() []Step { return []Step{p.Input} }

// Inputs returns the step whose records are multiplied.
func (f *FlatMap) Inputs() []Step { return []Step{f.Input} }

// Inputs returns the step whose results are written.
func (s *Sink) Inputs() []Step { return []Step{s.Input} }

func (*FlatMap) step() {}
func (*Sink) step()    {}
func (*Source) step()  {}
func (*Filter) step()  {}
func (*Project) step() {}
