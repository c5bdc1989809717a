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
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file puts one query in the place of another: CREATE OR REPLACE … AS SELECT.
// The query keeps its id and goes on where it stopped, so what it has written so far
// has to be what the new one could have written: the same source and the same keys,
// and columns that are at most more. What a WHERE lets through may change. An
// aggregation also keeps what it remembers: new functions begin with the next record.

// upgrade replaces a query that is there.
func (s *Session) upgrade(ctx context.Context, st Statement, p *planner.Planner, old, next *persistent) (*Result, error) {
	e := s.engine
	if err := upgradeable(st.Statement, old.plan, next.plan); err != nil {
		return nil, err
	}
	if e.runners.find(old.id) == nil {
		if err := e.checkGroup(ctx, e.group(old.id)); err != nil {
			return nil, err
		}
	}
	if _, err := s.provideTopic(ctx, declaredFor(st.Statement, next.plan), creationOf(next.plan), next.plan.From); err != nil {
		return nil, err
	}
	if err := e.registerSchemas(ctx, next.plan.Root.Into, true); err != nil {
		return nil, err
	}
	if err := e.publish(ctx, p, st); err != nil {
		return nil, err
	}
	e.runners.stop(old.id)
	e.start(e.now().find(exactly(next.id)))
	return e.created(next, "Created query with ID "+next.id), nil
}

// upgradeable says which step of a query keeps it from being replaced by another.
func upgradeable(n ast.Statement, old, next *plan.Persistent) error {
	from, to := leftmost(old.Root).Source, leftmost(next.Root).Source
	for _, root := range []plan.Step{old.Root, next.Root} {
		if step := fixedStep(root); step != "" {
			return source.Errorf(n.Place(), "Upgrades not yet supported for %s", step)
		}
	}
	kind := title(ast.Kind(from.Kind))
	steps := []struct{ step, what, old, next string }{
		{kind + "Source", "sourceName", from.Name, to.Name},
		{kind + "Source", "topicName", from.Topic, to.Topic},
		{kind + "Source", "formats", formatText(from.Key) + "/" + formatText(from.Value), formatText(to.Key) + "/" + formatText(to.Value)},
		{"StreamSelectKey", "keyExpressions", keyText(old), keyText(next)},
		{"StreamGroupBy", "groupByExpressions", groupText(old.Root), groupText(next.Root)},
	}
	for _, c := range steps {
		if c.old != c.next {
			return mustMatch(n, c.step, c.what, c.old, c.next)
		}
	}
	return aggregateUpgradeable(n, old.Root, next.Root)
}

func mustMatch(n ast.Statement, step, what, old, next string) error {
	return source.Errorf(n.Place(), "Query is not upgradeable. Plan step of type %s must have matching %s. Values differ: %s vs. %s",
		step, what, old, next)
}

// aggregateUpgradeable says why an aggregation cannot go on from the state of
// another one: what that has computed has to come first, and a filter may not need
// what has not been read so far.
func aggregateUpgradeable(n ast.Statement, old, next plan.Step) error {
	before, after := find[*plan.Aggregate](old), find[*plan.Aggregate](next)
	if before == nil {
		return nil
	}
	from, to := callTexts(before), callTexts(after)
	if len(to) < len(from) || !slices.Equal(from, to[:len(from)]) {
		return mustMatch(n, "StreamAggregate", "aggregationFunctions", listText(from), listText(to))
	}
	filter := find[*plan.Filter](after)
	if filter == nil {
		return nil
	}
	read := leftmost(old)
	for _, c := range expr.Columns(filter.Condition) {
		if c.Ref.Place == types.InValue && !read.Value[c.Ref.Index] || c.Ref.Place == types.InKey && !read.Key[c.Ref.Index] {
			return mustMatch(n, "StreamAggregate", "nonAggregateColumns", "without "+c.String(), "with "+c.String())
		}
	}
	return nil
}

// fixedStep returns the first step of a query that keeps it from being replaced, in
// ksqlDB's words, "" if there is none.
func fixedStep(step plan.Step) string {
	switch step := step.(type) {
	case *plan.FlatMap:
		return "StreamFlatMap"
	case *plan.Materialize:
		return "TableAggregate"
	case *plan.Aggregate:
		if step.Window != nil {
			return "StreamWindowedAggregate"
		}
	default:
	}
	for _, input := range step.Inputs() {
		if found := fixedStep(input); found != "" {
			return found
		}
	}
	return ""
}

// find returns the first step of a type, from the end of a query, or nil.
func find[T plan.Step](step plan.Step) (found T) {
	for {
		if s, ok := step.(T); ok {
			return s
		}
		inputs := step.Inputs()
		if len(inputs) == 0 {
			return found
		}
		step = inputs[0]
	}
}

func callTexts(a *plan.Aggregate) []string {
	texts := make([]string, len(a.Functions))
	for i := range a.Functions {
		texts[i] = a.Functions[i].Call.String()
	}
	return texts
}

// groupText is what a query groups by, "" if it does not.
func groupText(root plan.Step) string {
	group := find[*plan.Group](root)
	if group == nil {
		return ""
	}
	return columnsText(group.Key)
}

// keyText is what the keys of a query's results are computed of, "" if it groups.
func keyText(p *plan.Persistent) string {
	project, ok := p.Root.Input.(*plan.Project)
	if !ok || find[*plan.Group](p.Root) != nil {
		return ""
	}
	return columnsText(project.Key)
}

func columnsText(columns []plan.Column) string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = c.Expr.String()
	}
	return listText(texts)
}

func listText(texts []string) string { return "[" + strings.Join(texts, ", ") + "]" }
