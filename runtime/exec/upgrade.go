package exec

import (
	"context"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
)

// This file puts one query in the place of another: CREATE OR REPLACE … AS SELECT.
// The query keeps its id and goes on where it stopped, so what it has written so far
// has to be what the new one could have written: the same source and the same keys,
// and columns that are at most more. What a WHERE lets through may change.

// upgrade replaces a query that is there.
func (s *Session) upgrade(ctx context.Context, st Statement, p *planner.Planner, old, next *persistent) (*Result, error) {
	e := s.engine
	if err := upgradeable(st.Statement, old.plan, next.plan); err != nil {
		return nil, err
	}
	if _, shared := e.shared(); !shared && e.runners.find(old.id) == nil {
		if err := e.checkGroup(ctx, e.group(old.id)); err != nil {
			return nil, err
		}
	}
	if err := s.provideDeadLetters(ctx, st, next); err != nil {
		return nil, err
	}
	like, err := e.like(ctx, next)
	if err != nil {
		return nil, err
	}
	if _, err := s.provideTopic(ctx, declaredBy(st.Statement), creationOf(next.plan), like); err != nil {
		return nil, err
	}
	if err := e.registerSchemas(ctx, next.plan.Root.Into, true); err != nil {
		return nil, err
	}
	if err := e.adopt(ctx, next.id); err != nil {
		return nil, err
	}
	if err := e.publish(ctx, p, st); err != nil {
		return nil, err
	}
	return e.created(next, "Created query with ID "+next.id), nil
}

// upgradeable says which step of a query keeps it from being replaced by another.
func upgradeable(n ast.Statement, old, next *plan.Persistent) error {
	from, to := leftmost(old.Root).Source, leftmost(next.Root).Source
	for _, root := range []plan.Step{old.Root, next.Root} {
		if step := fixed(root); step != "" {
			return source.Errorf(n.Place(), "Upgrades not yet supported for %s", step)
		}
	}
	kind := title(ast.Kind(from.Kind))
	steps := []struct{ step, what, old, next string }{
		{kind + "Source", "sourceName", from.Name, to.Name},
		{kind + "Source", "topicName", from.Topics(), to.Topics()},
		{kind + "Source", "formats", formatText(from.Key) + "/" + formatText(from.Value), formatText(to.Key) + "/" + formatText(to.Value)},
		{"StreamGroupBy", "groupByExpressions", groupText(old.Root), groupText(next.Root)},
		{"StreamSelectKey", "keyExpressions", keyText(old), keyText(next)},
		{"StreamAggregate", "columns not part of aggregate", aggregatedText(old.Root), aggregatedText(next.Root)},
	}
	for _, c := range steps {
		if c.old != c.next {
			return source.Errorf(n.Place(), "Query is not upgradeable. Plan step of type %s must have matching %s. Values differ: %s vs. %s",
				c.step, c.what, c.old, c.next)
		}
	}
	return nil
}

// fixed names the first step that keeps a query from being replaced at all, as ksqlDB
// calls it; "" if there is none.
func fixed(step plan.Step) string {
	switch step := step.(type) {
	case *plan.FlatMap:
		return "StreamFlatMap"
	case *plan.JoinStreams:
		return "StreamStreamJoin"
	case *plan.JoinStreamTable:
		return "StreamTableJoin"
	case *plan.JoinTables:
		return "TableTableJoin"
	case *plan.Materialize:
		return "TableAggregate"
	case *plan.Final:
		return "TableSuppress"
	case *plan.Aggregate:
		if step.Window != nil {
			return "StreamWindowedAggregate"
		}
	default:
	}
	for _, input := range step.Inputs() {
		if name := fixed(input); name != "" {
			return name
		}
	}
	return ""
}

// grouping returns the step that groups a query's records, nil if there is none.
func grouping(step plan.Step) *plan.Group {
	if group, ok := step.(*plan.Group); ok {
		return group
	}
	for _, input := range step.Inputs() {
		if group := grouping(input); group != nil {
			return group
		}
	}
	return nil
}

// groupText is what a query groups by, "" if it does not.
func groupText(root plan.Step) string {
	group := grouping(root)
	if group == nil {
		return ""
	}
	return expressions(group.Key)
}

// aggregatedText is the columns that an aggregation is made of: those of its groups,
// of its functions' arguments and of the condition before it.
func aggregatedText(root plan.Step) string {
	group := grouping(root)
	if group == nil {
		return ""
	}
	var used []expr.Expr
	for _, c := range slices.Concat(group.Key, group.Args) {
		used = append(used, c.Expr)
	}
	if filter, ok := group.Input.(*plan.Filter); ok {
		used = append(used, filter.Condition)
	}
	var names []string
	for _, c := range expr.Columns(used...) {
		names = append(names, ast.Quote(c.Name))
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// keyText is what the keys of a query's results are computed of.
func keyText(p *plan.Persistent) string {
	project, ok := p.Root.Input.(*plan.Project)
	if !ok {
		return ""
	}
	return expressions(project.Key)
}

func expressions(columns []plan.Column) string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = c.Expr.String()
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
