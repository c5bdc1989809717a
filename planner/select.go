package planner

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// selection is a SELECT while it is planned.
type selection struct {
	*Planner
	query  *ast.Query
	source *catalog.Source
	alias  string
	scope  expr.Scope
	names  *names

	joins    *joining // nil for a query of one source
	exploded explosion
	grouped  *grouping // nil for a query that does not aggregate

	partitioned *keys        // nil for a query without PARTITION BY
	lookup      *plan.Lookup // nil but for a pull query over a table
}

// Query plans a push or pull query.
func (p *Planner) Query(q *ast.Query) (*plan.Query, error) {
	if err := p.pullClauses(q); err != nil {
		return nil, err
	}
	s, err := p.from(q)
	if err != nil {
		return nil, err
	}
	if err := pullable(q); err != nil {
		return nil, err
	}
	if err := s.group(); err != nil {
		return nil, err
	}
	if err := s.partitionBy(); err != nil {
		return nil, err
	}
	columns, err := s.items()
	if err != nil {
		return nil, err
	}
	c, err := s.conditions()
	if err != nil {
		return nil, err
	}
	if err := s.findLookup(c.where); err != nil {
		return nil, err
	}
	planned := s.plan(columns, c)
	(&bounder{p.Now}).seek(planned.Root)
	return planned, nil
}

// pullClauses refuses the clauses that no pull query may have, LIMIT if that is switched off, and negative
// limits of any.
func (p *Planner) pullClauses(q *ast.Query) error {
	clauses := []struct {
		name  string
		there bool
		place func() source.Span
	}{
		{"JOIN", isJoin(q.From), q.From.Place},
		{"WINDOW", q.Window != nil, func() source.Span { return q.Window.Place() }},
		{"GROUP BY", q.GroupBy != nil, func() source.Span { return q.GroupBy.Place() }},
		{"PARTITION BY", q.PartitionBy != nil, func() source.Span { return q.PartitionBy.Place() }},
		{"HAVING", q.Having != nil, func() source.Span { return q.Having.Place() }},
		{"LIMIT", q.Limit != nil && !p.Properties.Bool(config.PullQueryLimit), func() source.Span { return q.Limit.Place() }},
	}
	for _, c := range clauses {
		if c.there && q.Emit == ast.NoEmit {
			return source.Errorf(c.place(), "Pull queries don't support %s clauses. See https://cnfl.io/queries for more info.", c.name).
				WithDetail("Add EMIT CHANGES if you intended to issue a push query.")
		}
	}
	return checkLimit(q)
}

// pullable refuses the columns that no pull query over a stream may name, in ksqlDB's words. Those
// over a topic are not ksqlDB's.
func pullable(q *ast.Query) error {
	if from, ok := q.From.(*ast.Source); q.Emit != ast.NoEmit || ok && from.Topic != nil {
		return nil
	}
	for _, item := range q.Items {
		if err := checkPulled(item, "SELECT"); err != nil {
			return err
		}
	}
	return checkPulled(q.Where, "WHERE")
}

func checkPulled(n ast.Node, clause string) error {
	if n == nil {
		return nil
	}
	for n := range ast.Nodes(n) {
		column, ok := n.(*ast.Column)
		if !ok {
			continue
		}
		if name := column.Name.Text; name == types.PseudoColumns[types.RowPartition].Name || name == types.PseudoColumns[types.RowOffset].Name {
			return source.Errorf(column.Span, "Pull queries don't support the following columns in %s clauses: `%s`", clause, name).
				WithDetail("Add EMIT CHANGES if you intended to issue a push query.")
		}
	}
	return nil
}

func isJoin(from ast.Relation) bool {
	_, join := from.(*ast.Join)
	return join
}

func checkLimit(q *ast.Query) error {
	if q.Limit == nil || q.Limit.Value >= 0 {
		return nil
	}
	kind := "Push"
	if q.Emit == ast.NoEmit {
		kind = "Pull"
	}
	return source.Errorf(q.Limit.Span, "%s queries don't support negative integers in the LIMIT clause. "+
		"See https://cnfl.io/queries for more info.", kind)
}

// from finds the source that the query reads.
func (p *Planner) from(q *ast.Query) (*selection, error) {
	from, ok := q.From.(*ast.Source)
	if !ok {
		return p.join(q)
	}
	src, err := p.relation(from)
	if err != nil {
		return nil, err
	}
	alias := from.Alias.Text
	if from.Alias.IsZero() {
		alias = src.Name
	}
	scope := &expr.SourceScope{Name: src.Name, Alias: alias, Schema: src.Schema, Windowed: src.Windowed(), ManyTopics: src.Pattern != ""}
	return &selection{
		Planner: p, query: q, source: src, alias: alias, names: newNames(src.Schema),
		scope: scope, exploded: explosion{scope: scope, width: len(src.Schema.Value)},
	}, nil
}

// relation finds what FROM names. A topic is a stream that whoever executes the query has found columns
// for and has given a name; without one, its columns are not known at all.
func (p *Planner) relation(from *ast.Source) (*catalog.Source, error) {
	if from.Topic != nil && from.Name.IsZero() {
		return nil, source.Errorf(from.Span, "Only push and pull queries can read a topic that is not declared.").
			WithDetail("Declare it first: CREATE STREAM s WITH (KAFKA_TOPIC = %s, VALUE_FORMAT = …);", ast.QuoteString(from.Topic.Text))
	}
	return p.Source(from.Name)
}

// items expands the select list into the columns of the result, no two of which
// have the same name.
func (s *selection) items() ([]plan.Column, error) {
	var columns []plan.Column
	taken := map[string]bool{}
	for _, item := range s.query.Items {
		more, err := s.item(item)
		if err != nil {
			return nil, err
		}
		for _, c := range more {
			if taken[c.Name] {
				return nil, source.Errorf(item.Place(), "Duplicate value columns found in schema: `%s` %s", c.Name, c.Expr.Type()).
					WithDetail("Give one of them another name with AS.")
			}
			taken[c.Name] = true
		}
		columns = append(columns, more...)
	}
	return columns, s.checkGroups()
}

func (s *selection) item(item ast.SelectItem) ([]plan.Column, error) {
	switch item := item.(type) {
	case *ast.AllColumns:
		return s.all(item)
	case *ast.AllFields:
		return s.fields(item)
	case *ast.Single:
		return s.single(item)
	}
	panic("planner: a select item of no known kind")
}

// star is * or source.*: the key, the window bounds of a windowed source, the value.
func (s *selection) star(item *ast.AllColumns) ([]plan.Column, error) {
	if s.joins != nil {
		columns, err := s.joins.star(item)
		return s.raised(columns), err
	}
	if of := item.Source; !of.IsZero() && of.Text != s.alias && of.Text != s.source.Name {
		return nil, source.Errorf(of.Span, "'%s' is not a valid stream/table name or alias.", of.Text)
	}
	var columns []plan.Column
	for i, c := range s.source.Schema.Key {
		columns = append(columns, refer(c, types.Ref{Place: types.InKey, Index: i}))
	}
	if s.source.Windowed() {
		for _, bound := range []types.Pseudo{types.WindowStart, types.WindowEnd} {
			columns = append(columns, refer(types.PseudoColumns[bound], types.Ref{Place: types.InPseudo, Index: int(bound)}))
		}
	}
	return s.raised(append(columns, s.values()...)), nil
}

// raised turns columns over the source into those over the aggregation, if there is one.
func (s *selection) raised(columns []plan.Column) []plan.Column {
	if s.grouped != nil {
		for i := range columns {
			columns[i].Expr = s.grouped.raise(columns[i].Expr)
		}
	}
	return columns
}

// values are the columns of the value, those filled from headers last.
func (s *selection) values() []plan.Column {
	var value, headers []plan.Column
	for i, c := range s.source.Schema.Value {
		column := refer(c, types.Ref{Place: types.InValue, Index: i})
		if c.Header.IsZero() {
			value = append(value, column)
		} else {
			headers = append(headers, column)
		}
	}
	return append(value, headers...)
}

func refer(c types.Column, at types.Ref) plan.Column {
	return plan.Column{Name: c.Name, Expr: expr.NewColumn("", c.Name, at, c.Type)}
}

// fields is operand->*: a column for each field of a STRUCT.
func (s *selection) fields(item *ast.AllFields) ([]plan.Column, error) {
	operand, err := s.build(item.Operand)
	if err != nil {
		return nil, err
	}
	if s.grouped != nil {
		operand = s.grouped.raise(operand)
	}
	if operand.Type().Kind() != types.KindStruct {
		return nil, source.Errorf(item.Operand.Place(), "Expected STRUCT type, got: %s", operand.Type())
	}
	var columns []plan.Column
	for i, f := range operand.Type().Fields() {
		columns = append(columns, plan.Column{Name: s.names.ofField(f.Name), Expr: &expr.Field{Operand: operand, Index: i}})
	}
	return columns, nil
}

func (s *selection) single(item *ast.Single) ([]plan.Column, error) {
	e, err := s.build(item.Expr)
	if err != nil {
		return nil, err
	}
	if s.grouped != nil {
		e = s.grouped.raise(e)
	}
	if e.Type().Contains(types.KindNull) {
		return nil, source.Errorf(item.Expr.Place(),
			"Can't infer a type of null. Please explicitly cast it to a required type, e.g. CAST(null AS VARCHAR).")
	}
	return []plan.Column{{Name: s.nameOf(item), Expr: e}}, nil
}

// nameOf returns a result column's name: its alias, or what it is called without one.
func (s *selection) nameOf(item *ast.Single) string {
	if !item.Alias.IsZero() {
		return item.Alias.Text
	}
	if c, ok := item.Expr.(*ast.Column); ok && s.joins != nil {
		return s.joins.nameOf(c)
	}
	return s.names.of(item.Expr)
}

// conditions are those of a query; each is nil where it is not there.
type conditions struct{ where, having expr.Expr }

func (s *selection) conditions() (c conditions, err error) {
	if c.where, err = s.where(); err != nil {
		return c, err
	}
	c.having, err = s.having()
	return c, err
}

// where types the condition on the records; it is nil if there is none.
func (s *selection) where() (expr.Expr, error) {
	if s.query.Where == nil {
		return nil, nil
	}
	if err := s.scalarOnly(s.query.Where, "WHERE"); err != nil {
		return nil, err
	}
	if err := s.checkKeyLists(); err != nil {
		return nil, err
	}
	if bound := s.boundIn(s.query.Where); bound != nil && !s.source.Windowed() {
		return nil, source.Errorf(bound.Span, "Error in WHERE expression: Unknown column %s.", bound.Name.Text)
	}
	return expr.BuildPredicate(s.query.Where, s.env("WHERE"))
}

// build types an expression of the select list.
func (s *selection) build(e ast.Expr) (expr.Expr, error) {
	e, err := s.explode(e)
	if err != nil {
		return nil, err
	}
	env := s.env("SELECT")
	env.Scope = &s.exploded
	if s.query.Window != nil {
		env.Scope = boundScope{env.Scope}
	}
	return expr.Build(e, env)
}

// env is what the expressions of a clause may name. In the select list and in HAVING
// those of a query that aggregates may call aggregate functions.
func (s *selection) env(clause string) expr.Env {
	return expr.Env{
		Scope: s.scope, Functions: s.Functions, Named: s.Catalog.Type, Clause: clause,
		Aggregates: s.grouped != nil && (clause == "SELECT" || clause == "HAVING"),
	}
}

// kind is what the query gives: the result of an aggregation is a table.
func (s *selection) kind() catalog.Kind {
	if s.grouped != nil {
		return catalog.Table
	}
	return s.source.Kind
}

// resultWindow is the windows in which the keys of the result lie.
func (s *selection) resultWindow() catalog.Window {
	switch {
	case s.grouped == nil:
		return s.source.Window
	case s.grouped.window == nil:
		return catalog.Window{}
	case s.grouped.window.Type == catalog.Session:
		return catalog.Window{Type: catalog.Session, Retention: s.grouped.window.Retention}
	}
	return catalog.Window{Type: s.grouped.window.Type, Size: s.grouped.window.Size, Retention: s.grouped.window.Retention}
}

// plan puts the steps together.
func (s *selection) plan(columns []plan.Column, c conditions) *plan.Query {
	result := columns
	if s.joins != nil && s.grouped == nil && s.source.Kind == catalog.Table {
		result = s.joins.readFromKey(columns)
	}
	q := &plan.Query{
		Root: &plan.Project{Input: s.input(exprsOf(columns), c), Value: result}, Push: true,
		Total: s.grouped != nil && s.query.GroupBy == nil,
		Limit: -1, Kind: s.kind(), Sources: s.sourceNames(), Together: s.together(),
	}
	if s.query.Limit != nil {
		q.Limit = s.query.Limit.Value
	}
	if s.query.Emit == ast.NoEmit {
		return q.Finite()
	}
	return q
}

// input is the steps before the projection. Used are the projection's expressions.
func (s *selection) input(used []expr.Expr, c conditions) plan.Step {
	if s.grouped != nil {
		used = exprsOf(s.grouped.keys, s.grouped.args)
	}
	step := s.read(append(used, s.exploded.calls...), c.where)
	if s.grouped != nil && s.source.Kind == catalog.Table && s.lookup == nil && (s.joins == nil || s.joins.onForeign()) {
		step = &plan.Materialize{Input: step, Name: "Aggregate-Prepare-Materialize"}
	}
	if c.where != nil {
		step = &plan.Filter{Input: step, Condition: c.where}
	}
	if len(s.exploded.calls) > 0 {
		step = &plan.FlatMap{Input: step, Functions: s.exploded.calls}
	}
	if s.grouped != nil {
		step = s.aggregated(step, c.having)
	}
	return step
}

// read is the source step, with the columns that the query uses.
func (s *selection) read(used []expr.Expr, condition expr.Expr) plan.Step {
	if condition != nil {
		used = append(used, condition)
	}
	if s.joins != nil {
		return s.joins.step(used)
	}
	step := &plan.Source{
		Source: s.source, Key: make([]bool, len(s.source.Schema.Key)), Value: make([]bool, len(s.source.Schema.Value)),
		Lookup: s.lookup,
	}
	for _, c := range expr.Columns(used...) {
		switch c.Ref.Place {
		case types.InKey:
			step.Key[c.Ref.Index] = true
		case types.InValue:
			if c.Ref.Index < len(step.Value) { // not one that is made up
				step.Value[c.Ref.Index] = true
			}
		case types.InPseudo:
		}
	}
	return step
}

// sourceNames are the names of what the query reads.
func (s *selection) sourceNames() []string {
	if s.joins == nil {
		return []string{s.source.Name}
	}
	var names []string
	for _, m := range s.joins.scope.members {
		if !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	return names
}

// together returns the sources whose topics need the same number of partitions.
func (s *selection) together() [][2]*catalog.Source {
	if s.joins == nil {
		return nil
	}
	return s.joins.together()
}
