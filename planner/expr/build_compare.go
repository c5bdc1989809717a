package expr

import (
	"errors"
	"fmt"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/types"
)

// comparisonNames are the operators as ksqlDB's messages call them.
var comparisonNames = map[ast.Op]string{
	ast.Equal: "EQUAL", ast.NotEqual: "NOT_EQUAL", ast.Less: "LESS_THAN", ast.LessOrEqual: "LESS_THAN_OR_EQUAL",
	ast.Greater: "GREATER_THAN", ast.GreaterOrEqual: "GREATER_THAN_OR_EQUAL",
	ast.Distinct: "IS_DISTINCT_FROM", ast.NotDistinct: "IS_NOT_DISTINCT_FROM",
}

// comparison builds any operator that compares two values.
func (b *builder) comparison(e *ast.Comparison) (Expr, error) {
	left, right, err := b.pair(e.Left, e.Right)
	if err != nil {
		return nil, err
	}
	return compare(e, e.Op, left, right)
}

// compare builds left op right with both sides converted to one type.
func compare(node ast.Expr, op ast.Op, left, right Expr) (Expr, error) {
	left, right, err := instants(left, right)
	if err != nil {
		return nil, conversion(node, err)
	}
	common, err := comparisonType(node, op, left, right)
	if err != nil {
		return nil, err
	}
	sides, err := adaptAll([]Expr{left, right}, common)
	if err != nil {
		return nil, conversion(node, err)
	}
	return &Comparison{Op: op, Left: sides[0], Right: sides[1]}, nil
}

// instants reads a text as a point in time where it is compared with ROWTIME
// or the bounds of a window, which are BIGINTs.
func instants(left, right Expr) (Expr, Expr, error) {
	var err error
	switch {
	case isInstant(left):
		right, err = instant(right)
	case isInstant(right):
		left, err = instant(left)
	}
	return left, right, err
}

// isInstant reports whether an expression is one of the pseudo columns that hold a
// point in time. ROWOFFSET is a BIGINT as well but no time.
func isInstant(e Expr) bool {
	c, ok := e.(*Column)
	return ok && c.Ref.Place == types.InPseudo && c.typ.Kind() == types.KindBigint && types.Pseudo(c.Ref.Index) != types.RowOffset
}

// instant converts a text to milliseconds since the epoch; other expressions stay as they are.
func instant(e Expr) (Expr, error) {
	constant, ok := e.(*Literal)
	if !ok {
		return e, nil
	}
	text, ok := constant.Value.(string)
	if !ok {
		return e, nil
	}
	ms, err := types.ParseTimestamp(text)
	return &Literal{ms, types.Bigint}, err
}

// comparisonType returns the type in which two values are compared.
func comparisonType(node ast.Expr, op ast.Op, left, right Expr) (*types.Type, error) {
	l, r := left.Type(), right.Type()
	if l.Kind() == types.KindNull || r.Kind() == types.KindNull {
		if op != ast.Distinct && op != ast.NotDistinct {
			return nil, comparisonWithNull(node, op, l, r)
		}
		return combineTypes(l, r), nil
	}
	if common := operatorType(op, left, right); common != nil {
		return common, nil
	}
	return nil, &typeError{span: node.Place(), message: fmt.Sprintf("Cannot compare %s (%s) to %s (%s) with %s.", left, l, right, r, comparisonNames[op])}
}

// comparisonWithNull refuses a comparison that would always be false.
func comparisonWithNull(node ast.Expr, op ast.Op, l, r *types.Type) error {
	return &typeError{
		span:    node.Place(),
		message: fmt.Sprintf("Comparison with NULL not supported: %s %s %s", l, op, r),
		detail:  "Use 'IS NULL' or 'IS NOT NULL' instead.",
	}
}

// operatorType returns the type in which left op right is computed, nil if the
// types cannot be compared with that operator.
func operatorType(op ast.Op, left, right Expr) *types.Type {
	l, r := left.Type(), right.Type()
	x, y := l.Kind(), r.Kind()
	switch {
	case x.Numeric() && y.Numeric():
		return widest(l, r)
	case x == types.KindString && y.Temporal():
		return r
	case x.Temporal() && y == types.KindString:
		return l
	case x == types.KindDate && y == types.KindTimestamp, x == types.KindTimestamp && y == types.KindDate:
		return types.Timestamp
	case x != y:
		return nil
	// Of two values of the same kind, simple ones have an order; the others can
	// only be equal or not.
	case x != types.KindBoolean && !x.Nested():
		return l
	case op != ast.Equal && op != ast.NotEqual && op != ast.Distinct && op != ast.NotDistinct:
		return nil
	}
	common, err := combineExpr(l, right)
	if err != nil {
		return nil
	}
	return common
}

// between builds a range. Its bounds are compared with the operand one after
// the other, so either may widen it.
func (b *builder) between(e *ast.Between) (Expr, error) {
	all, err := b.exprs([]ast.Expr{e.Operand, e.Low, e.High})
	if err != nil {
		return nil, err
	}
	operand := all[0]
	for i := range 2 {
		if operand, all[i+1], err = instants(operand, all[i+1]); err != nil {
			return nil, conversion(e, err)
		}
	}
	// The operand may have to be converted for one bound and not for the other:
	// all three get the type that serves both.
	common := operand.Type()
	for i, op := range []ast.Op{ast.GreaterOrEqual, ast.LessOrEqual} {
		wider, err := comparisonType(e, op, operand, all[i+1])
		if mismatch, ok := errors.AsType[*typeError](err); ok {
			mismatch.prefix = "Invalid expression: "
		}
		if err != nil {
			return nil, err
		}
		if common = rangeType(common, wider); common == nil {
			return nil, &typeError{span: e.Span, message: fmt.Sprintf("Cannot compare %s (%s) to both %s (%s) and %s (%s).",
				operand, operand.Type(), all[1], all[1].Type(), all[2], all[2].Type())}
		}
	}
	if all, err = adaptAll([]Expr{operand, all[1], all[2]}, common); err != nil {
		return nil, conversion(e, err)
	}
	return &Between{Operand: all[0], Low: all[1], High: all[2], Not: e.Not}, nil
}

// rangeType returns the type in which an operand is compared with both bounds
// of a range, given those for each.
func rangeType(a, b *types.Type) *types.Type {
	x, y := a.Kind(), b.Kind()
	switch {
	case a.Equal(b):
		return a
	case x.Numeric() && y.Numeric():
		return widest(a, b)
	case x == types.KindString && y.Temporal():
		return b
	case y == types.KindString && x.Temporal():
		return a
	case x == types.KindTime || y == types.KindTime:
		return nil
	case x.Temporal() && y.Temporal():
		return types.Timestamp
	}
	return nil
}
