package planner

import (
	"errors"
	"slices"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file is PARTITION BY: expressions over the records of a stream that make their new key.
// A push query has it for what * gives; its rows are in no partition.

// partitionBy finds the new key, if the query asks for one.
func (s *selection) partitionBy() error {
	by := s.query.PartitionBy
	switch {
	case by == nil:
		return nil
	case s.grouped != nil:
		return source.Errorf(by.Span, "PARTITION BY cannot be used with GROUP BY or aggregate functions: the groups are the key of the result.")
	case s.source.Kind == catalog.Table:
		return source.Errorf(by.Span, "PARTITION BY clauses are not supported on tables.")
	case s.source.Windowed():
		return source.Errorf(by.Span, "PARTITION BY clauses are not supported on windowed sources.")
	}
	s.partitioned = &keys{by: byPartition}
	if len(by.Exprs) == 1 && isNull(by.Exprs[0]) {
		s.partitioned.by = byNull
		return nil
	}
	names := s.names.ahead()
	for _, written := range by.Exprs {
		if isNull(written) {
			return source.Errorf(written.Place(), "Cannot PARTITION BY multiple columns including NULL")
		}
		e, err := s.partitionExpr(written)
		if err != nil {
			return err
		}
		s.partitioned.add(e, names.of(written), s.qualified(written))
	}
	return nil
}

// all is * or source.*: with PARTITION BY the new key first, then what is left of the
// value, and the old key last.
func (s *selection) all(item *ast.AllColumns) ([]plan.Column, error) {
	all, err := s.star(item)
	switch {
	case err != nil || s.partitioned == nil:
		return all, err
	case s.joins != nil:
		return s.joins.wideStar(item), nil
	}
	var key, value []plan.Column
	for i, e := range s.partitioned.exprs {
		key = append(key, plan.Column{Name: s.partitioned.names[i], Expr: e})
	}
	var oldKey []plan.Column
	for _, c := range all {
		switch {
		case s.partitioned.find(c.Expr) >= 0:
		case ofPlace(c.Expr, types.InKey):
			oldKey = append(oldKey, c)
		default:
			value = append(value, c)
		}
	}
	return slices.Concat(key, value, oldKey), nil
}

// ofPlace reports whether an expression is a column of the key, the value or the record's data.
func ofPlace(e expr.Expr, place types.Place) bool {
	c, ok := e.(*expr.Column)
	return ok && c.Ref.Place == place
}

func (s *selection) partitionExpr(written ast.Expr) (expr.Expr, error) {
	if err := s.scalarOnly(written, "PARTITION BY"); err != nil {
		return nil, err
	}
	e, err := expr.Build(written, s.env("PARTITION BY"))
	if err != nil {
		return nil, s.notOfResult(written, err)
	}
	if e.Type().Contains(types.KindNull) {
		return nil, source.Errorf(written.Place(), "Cannot PARTITION BY a NULL")
	}
	return e, nil
}

// notOfResult explains that PARTITION BY cannot name a column of the result.
func (s *selection) notOfResult(written ast.Expr, err error) error {
	var fault *source.Error
	column, ok := written.(*ast.Column)
	if !ok || !errors.As(err, &fault) {
		return err
	}
	for _, item := range s.query.Items {
		if single, ok := item.(*ast.Single); ok && single.Alias.Text == column.Name.Text {
			explained := *fault
			explained.Message += " '" + column.Name.Text + "' must be a column in the source schema since PARTITION BY is applied on the input."
			return &explained
		}
	}
	return err
}

func isNull(e ast.Expr) bool {
	_, null := e.(*ast.Null)
	return null
}

// qualified prints an expression with the source before each column.
func (s *selection) qualified(written ast.Expr) string {
	return ast.Format(ast.Rewrite(written, func(e ast.Expr) ast.Expr {
		if c, ok := e.(*ast.Column); ok && c.Source.IsZero() {
			named := *c
			named.Source = ast.Name{Text: s.alias}
			return &named
		}
		return e
	}))
}
