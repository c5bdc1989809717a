package exec

import (
	"context"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
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
	if multiplies(old.Root) || multiplies(next.Root) {
		return source.Errorf(n.Place(), "Upgrades not yet supported for StreamFlatMap")
	}
	kind := title(ast.Kind(from.Kind))
	steps := []struct{ step, what, old, next string }{
		{kind + "Source", "sourceName", from.Name, to.Name},
		{kind + "Source", "topicName", from.Topics(), to.Topics()},
		{kind + "Source", "formats", formatText(from.Key) + "/" + formatText(from.Value), formatText(to.Key) + "/" + formatText(to.Value)},
		{"StreamSelectKey", "keyExpressions", keyText(old), keyText(next)},
	}
	for _, c := range steps {
		if c.old != c.next {
			return source.Errorf(n.Place(), "Query is not upgradeable. Plan step of type %s must have matching %s. Values differ: %s vs. %s",
				c.step, c.what, c.old, c.next)
		}
	}
	return nil
}

// multiplies reports whether a query has a table function.
func multiplies(step plan.Step) bool {
	if _, ok := step.(*plan.FlatMap); ok {
		return true
	}
	return slices.ContainsFunc(step.Inputs(), multiplies)
}

// keyText is what the keys of a query's results are computed of.
func keyText(p *plan.Persistent) string {
	project, ok := p.Root.Input.(*plan.Project)
	if !ok {
		return ""
	}
	keys := make([]string, len(project.Key))
	for i, c := range project.Key {
		keys[i] = c.Expr.String()
	}
	return "[" + strings.Join(keys, ", ") + "]"
}
