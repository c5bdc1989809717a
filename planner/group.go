package planner

import (
	"iter"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// grouping is what a query with aggregate functions groups by and computes. Its
// expressions are typed over the source and then raised: what stands for a group
// becomes a column of the group's key, and what an aggregate function gives becomes a
// column of the aggregation's value.
type grouping struct {
	keys   []plan.Column // over the source, with the names that they get without an alias
	texts  []string      // the keys as they are written
	calls  []plan.Aggregation
	args   []plan.Column // of all calls, over the source
	window *plan.Window
	// strays are the expressions that are neither.
	strays []string
}

// group finds out whether the query aggregates, and by what.
func (s *selection) group() error {
	window, err := s.window()
	if err != nil {
		return err
	}
	aggregates := s.anyAggregate()
	switch {
	case s.query.GroupBy == nil && !aggregates:
		return nil
	case !aggregates:
		if err := s.knownFunctions(); err != nil {
			return err
		}
		return source.Errorf(s.query.GroupBy.Span, "GROUP BY requires aggregate functions in either the SELECT or HAVING clause.")
	}
	s.grouped = &grouping{window: window}
	if s.query.GroupBy == nil {
		return nil
	}
	names := s.names.ahead()
	for _, written := range s.query.GroupBy.Exprs {
		if err := s.groupBy(written, names); err != nil {
			return err
		}
	}
	return s.checkGrouping()
}

// checkGrouping refuses what no aggregation can read.
func (s *selection) checkGrouping() error {
	if s.source.Value.Name == "KAFKA" {
		return source.Errorf(s.query.GroupBy.Span, "Source(s) %s are using the 'KAFKA' value format. This format does not yet support GROUP BY.", s.source.Name)
	}
	for call := range s.aggregates() {
		if err := s.noBounds(call); err != nil {
			return err
		}
	}
	return nil
}

// anyAggregate reports whether an aggregate function is called.
func (s *selection) anyAggregate() bool {
	for range s.aggregates() {
		return true
	}
	return false
}

// aggregates are the calls of aggregate functions in the select list and in HAVING.
func (s *selection) aggregates() iter.Seq[*ast.Call] {
	nodes := make([]ast.Node, 0, len(s.query.Items)+1)
	for _, item := range s.query.Items {
		nodes = append(nodes, item)
	}
	if s.query.Having != nil {
		nodes = append(nodes, s.query.Having)
	}
	return s.aggregatesIn(nodes...)
}

// aggregatesIn are the calls of aggregate functions in some nodes.
func (s *selection) aggregatesIn(nodes ...ast.Node) iter.Seq[*ast.Call] {
	return func(yield func(*ast.Call) bool) {
		for _, node := range nodes {
			for n := range ast.Nodes(node) {
				if call, ok := n.(*ast.Call); ok && s.isKind(call.Name.Text, expr.Aggregate) && !yield(call) {
					return
				}
			}
		}
	}
}

// groupBy adds an expression that is grouped by.
func (s *selection) groupBy(written ast.Expr, names *names) error {
	for call := range s.aggregatesIn(written) {
		return source.Errorf(call.Span, "GROUP BY does not support aggregate functions: %s is an aggregate function.", strings.ToUpper(call.Name.Text))
	}
	if err := s.scalarOnly(written, "GROUP BY"); err != nil {
		return err
	}
	if err := s.noBounds(written); err != nil {
		return err
	}
	e, err := expr.Build(written, s.env("GROUP BY"))
	if err != nil {
		return err
	}
	if e.Type().Contains(types.KindNull) {
		return source.Errorf(written.Place(), "Cannot GROUP BY a NULL")
	}
	s.grouped.keys = append(s.grouped.keys, plan.Column{Name: names.of(written), Expr: e})
	s.grouped.texts = append(s.grouped.texts, ast.Format(written))
	return nil
}

// noBounds refuses the bounds of the windows that the query itself makes.
func (s *selection) noBounds(e ast.Expr) error {
	bound := s.boundIn(e)
	if bound == nil {
		return nil
	}
	return source.Errorf(bound.Span, "Window bounds column %s can only be used in the SELECT clause of windowed aggregations "+
		"and can not be passed to aggregate functions", bound.Name.Text).
		WithDetail("See https://github.com/confluentinc/ksql/issues/4397")
}

// boundIn returns the first bound of the query's own windows in an expression, nil for none.
func (s *selection) boundIn(e ast.Expr) *ast.Column {
	if s.query.Window == nil {
		return nil
	}
	for n := range ast.Nodes(e) {
		column, ok := n.(*ast.Column)
		if !ok {
			continue
		}
		if p, ok := types.FindPseudo(column.Name.Text); ok && isBound(p) {
			return column
		}
	}
	return nil
}

// knownFunctions refuses functions that there are not.
func (s *selection) knownFunctions() error {
	for _, item := range s.query.Items {
		for n := range ast.Nodes(item) {
			call, ok := n.(*ast.Call)
			if !ok {
				continue
			}
			if _, err := expr.FindFunction(s.Functions, call.Name.Text, call.Name.Span); err != nil {
				return err
			}
		}
	}
	return nil
}

// raise turns an expression over the source into one over the aggregation. What
// does not belong to a group is noted as a stray.
func (g *grouping) raise(e expr.Expr) expr.Expr {
	var outside []string
	aggregates := false
	raised := expr.Rewrite(e, func(e expr.Expr) (expr.Expr, bool) {
		if i := g.key(e); i >= 0 {
			return g.keyColumn(i), true
		}
		switch e := e.(type) {
		case *expr.Call:
			if e.Function.Kind == expr.Aggregate {
				aggregates = true
				return g.aggregate(e), true
			}
		case *expr.Column:
			if g.window == nil || e.Ref.Place != types.InPseudo || !isBound(types.Pseudo(e.Ref.Index)) {
				outside = append(outside, e.String())
			}
		default:
		}
		return nil, false
	})
	if len(outside) > 0 && !aggregates {
		outside = []string{e.String()}
	}
	g.strays = append(g.strays, outside...)
	return raised
}

// key returns which of the keys an expression is, or -1.
func (g *grouping) key(e expr.Expr) int {
	text := e.String()
	return slices.IndexFunc(g.keys, func(k plan.Column) bool { return k.Expr.String() == text })
}

func (g *grouping) keyColumn(i int) *expr.Column {
	k := g.keys[i]
	return expr.NewColumn("", k.Name, types.Ref{Place: types.InKey, Index: i}, k.Expr.Type())
}

// aggregate returns the column of a call's result. Equal calls share one.
func (g *grouping) aggregate(call *expr.Call) expr.Expr {
	text := call.String()
	i := slices.IndexFunc(g.calls, func(a plan.Aggregation) bool { return a.Call.String() == text })
	if i < 0 {
		i = len(g.calls)
		g.calls = append(g.calls, g.aggregation(call))
	}
	return expr.NewColumn("", plan.Aggregated(i), types.Ref{Place: types.InValue, Index: i}, call.Type())
}

func (g *grouping) aggregation(call *expr.Call) plan.Aggregation {
	a := plan.Aggregation{Call: call, First: len(g.args)}
	for _, arg := range call.Inputs() {
		g.args = append(g.args, plan.Column{Name: plan.Argument(len(g.args)), Expr: arg})
	}
	return a
}

// checkGroups refuses expressions that belong to no group, and functions that cannot be
// undone over tables.
func (s *selection) checkGroups() error {
	g := s.grouped
	if g == nil {
		return nil
	}
	if len(g.strays) > 0 {
		return source.Errorf(s.query.Span, "Non-aggregate SELECT expression(s) not part of GROUP BY: %s", strings.Join(g.strays, ", ")).
			WithDetail("Either add the column(s) to the GROUP BY or remove them from the SELECT.")
	}
	if s.source.Kind == catalog.Table && !s.pullsTable() { // which takes no row back
		return s.checkUndoable()
	}
	return nil
}

func (s *selection) checkUndoable() error {
	var not []string
	for _, a := range s.grouped.calls {
		if name := a.Call.Function.Name; !a.Call.Function.Undoable && !slices.Contains(not, name) {
			not = append(not, name)
		}
	}
	switch len(not) {
	case 0:
		return nil
	case 1:
		return source.Errorf(s.query.Span, "The aggregation function %s cannot be applied to a table source, only to a stream source.", not[0])
	}
	return source.Errorf(s.query.Span, "The aggregation functions %s cannot be applied to a table source, only to a stream source.", enumerate(not, " and "))
}

// having types the condition on the results; it is nil if there is none.
func (s *selection) having() (expr.Expr, error) {
	written := s.query.Having
	switch {
	case written == nil:
		return nil, nil
	case s.query.GroupBy == nil:
		return nil, source.Errorf(written.Place(), "HAVING clause requires a GROUP BY clause.")
	}
	if err := s.scalarOnly(written, "HAVING"); err != nil {
		return nil, err
	}
	condition, err := expr.BuildPredicate(written, s.env("HAVING"))
	if err != nil {
		return nil, err
	}
	strays := len(s.grouped.strays)
	condition = s.grouped.raise(condition)
	if outside := s.grouped.strays[strays:]; len(outside) > 0 {
		return nil, source.Errorf(written.Place(), "Non-aggregate HAVING expression not part of GROUP BY: %s", strings.Join(outside, ", "))
	}
	return condition, nil
}

// aggregated returns the steps from the records to the results of their groups.
func (s *selection) aggregated(input plan.Step, having expr.Expr) plan.Step {
	g := s.grouped
	var step plan.Step = &plan.Group{Input: input, Key: g.keys, Args: g.args}
	if !s.keptKey() {
		step = &plan.Repartition{Input: step, Name: "Aggregate-GroupBy-repartition"}
	}
	step = &plan.Aggregate{Input: step, Functions: g.calls, Window: g.window, Name: "Aggregate-Aggregate-Materialize"}
	if having != nil {
		step = &plan.Filter{Input: step, Condition: having}
	}
	if s.query.Emit == ast.EmitFinal {
		step = &plan.Final{Input: step, Window: g.window, Name: "Aggregate-Suppress"}
	}
	return step
}

// keptKey reports whether the groups are those of the source's own key, so that its
// records lie in the right partitions.
func (s *selection) keptKey() bool {
	if s.joins != nil {
		return s.keptJoinKey()
	}
	key := s.source.Schema.Key
	if len(s.grouped.keys) != len(key) || len(key) == 0 || s.source.Windowed() || s.source.Pattern != "" {
		return false
	}
	for i, k := range s.grouped.keys {
		c, ok := k.Expr.(*expr.Column)
		if !ok || c.Ref != (types.Ref{Place: types.InKey, Index: i}) {
			return false
		}
	}
	return true
}
