package expr

import (
	"fmt"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
)

// unary builds a sign. That of a constant becomes part of it.
func (b *builder) unary(e *ast.Unary) (Expr, error) {
	operand, err := b.expr(e.Operand)
	if err != nil {
		return nil, err
	}
	if !operand.Type().Kind().Numeric() {
		return nil, &typeError{span: e.Span, message: fmt.Sprintf("Error processing expression: %s%s. Unsupported operand type %s",
			e.Op, operand, operand.Type())}
	}
	if e.Op == ast.Plus {
		return operand, nil
	}
	if constant, ok := operand.(*Literal); ok {
		return constant.negated(), nil
	}
	return &Negate{operand}, nil
}

// negated returns the constant with its sign changed. It wraps, as at run time.
func (e *Literal) negated() *Literal {
	switch v := e.Value.(type) {
	case int64:
		if e.typ.Kind() == types.KindInt {
			return &Literal{int64(int32(-v)), e.typ}
		}
		return &Literal{-v, e.typ}
	case float64:
		return &Literal{-v, e.typ}
	case types.Decimal:
		return &Literal{v.Negated(), e.typ}
	}
	return e
}

func (b *builder) concat(e *ast.Binary, left, right Expr) (Expr, error) {
	made, err := b.callOf("CONCAT", e.Span, []Expr{left, right})
	if call, ok := made.(*Call); ok {
		call.Plus = e.Op == ast.Plus
	}
	return made, err
}

// binary builds arithmetic, and || as the call of CONCAT that it stands for. +
// between two texts is one too.
func (b *builder) binary(e *ast.Binary) (Expr, error) {
	left, right, err := b.pair(e.Left, e.Right)
	if err != nil {
		return nil, err
	}
	l, r := left.Type(), right.Type()
	texts := l.Kind() == types.KindString && r.Kind() == types.KindString
	if e.Op == ast.Concat || e.Op == ast.Plus && texts {
		return b.concat(e, left, right)
	}
	if !l.Kind().Numeric() || !r.Kind().Numeric() {
		return nil, noArithmetic(e, left, right)
	}
	typ := arithmeticType(e.Op, l, r)
	if left, err = operandOf(left, typ); err != nil {
		return nil, conversion(e.Left, err)
	}
	if right, err = operandOf(right, typ); err != nil {
		return nil, conversion(e.Right, err)
	}
	return &Arithmetic{Op: e.Op, Left: left, Right: right, typ: typ}, nil
}

// noArithmetic is the error of operands that are not both numbers; ksqlDB has
// other words for a NULL among them.
func noArithmetic(e *ast.Binary, left, right Expr) error {
	l, r := left.Type(), right.Type()
	reason := fmt.Sprintf("Unsupported arithmetic types. %s %s", l.Kind(), r.Kind())
	if l.Kind() == types.KindNull || r.Kind() == types.KindNull {
		reason = fmt.Sprintf("Arithmetic on types %s and %s are not supported.", typeName(left), typeName(right))
	}
	return &typeError{span: e.Span, message: "Error processing expression: " + infix(left, string(e.Op), right) + ". " + reason}
}

// typeName returns an expression's type, in lower case that of NULL.
func typeName(e Expr) string {
	if e.Type().Kind() == types.KindNull {
		return "null"
	}
	return e.Type().String()
}

// operandOf converts an operand for arithmetic of a result type. DECIMALs are
// left at their own scale.
func operandOf(e Expr, result *types.Type) (Expr, error) {
	if result.Kind() == types.KindDecimal {
		return convert(e, asDecimal(e.Type()))
	}
	return convert(e, result)
}

// arithmeticType returns the type of a op b: the wider of both, for DECIMALs
// large enough for every result of + - * and %. Nothing caps the precision.
func arithmeticType(op ast.Op, a, b *types.Type) *types.Type {
	wide := widest(a, b)
	if wide.Kind() != types.KindDecimal {
		return wide
	}
	a, b = asDecimal(a), asDecimal(b)
	p1, s1, p2, s2 := a.Precision(), a.Scale(), b.Precision(), b.Scale()
	scale := max(s1, s2)
	switch op {
	case ast.Multiply:
		return types.DecimalOf(p1+p2+1, s1+s2)
	case ast.Divide:
		scale = max(6, s1+p2+1)
		return types.DecimalOf(p1-s1+s2+scale, scale)
	case ast.Modulo:
		return types.DecimalOf(min(p1-s1, p2-s2)+scale, scale)
	}
	return types.DecimalOf(scale+max(p1-s1, p2-s2)+1, scale)
}

// logical builds AND and OR.
func (b *builder) logical(e *ast.Logical) (Expr, error) {
	left, err := b.condition(e.Left, string(e.Op))
	if err != nil {
		return nil, err
	}
	right, err := b.condition(e.Right, string(e.Op))
	return &Logical{Op: e.Op, Left: left, Right: right}, err
}

// not builds NOT.
func (b *builder) not(e *ast.Not) (Expr, error) {
	operand, err := b.condition(e.Operand, "NOT")
	return &Not{operand}, err
}

// condition builds an operand of a construct that takes only truth values.
func (b *builder) condition(e ast.Expr, construct string) (Expr, error) {
	built, err := b.expr(e)
	if err != nil {
		return nil, err
	}
	switch built.Type().Kind() {
	case types.KindBoolean:
		return built, nil
	case types.KindNull:
		return &Literal{nil, types.Boolean}, nil
	}
	return nil, &typeError{span: e.Place(), message: fmt.Sprintf("%s needs a BOOLEAN, but %s is of type %s.", construct, built, built.Type())}
}

// isNull builds IS [NOT] NULL, which takes every type.
func (b *builder) isNull(e *ast.IsNull) (Expr, error) {
	operand, err := b.expr(e.Operand)
	return &IsNull{Operand: operand, Not: e.Not}, err
}

// in builds a list. The operand takes part in finding the common type, so an
// INTEGER column IN (2.5) is compared as a DECIMAL.
func (b *builder) in(e *ast.In) (Expr, error) {
	all, err := b.exprs(append([]ast.Expr{e.Operand}, e.List...))
	if err != nil {
		return nil, err
	}
	if all, _, err = unify(all); err != nil {
		return nil, conversion(e, err)
	}
	return &In{Operand: all[0], List: all[1:], Not: e.Not}, nil
}

// like builds LIKE. Only texts have it: nothing is converted to text for its sake.
func (b *builder) like(e *ast.Like) (Expr, error) {
	operand, pattern, err := b.pair(e.Operand, e.Pattern)
	if err != nil {
		return nil, err
	}
	for _, text := range []Expr{operand, pattern} {
		if k := text.Type().Kind(); k != types.KindString && k != types.KindNull {
			return nil, &typeError{span: e.Span, message: "The column type for Like condition must be VARCHAR. The column type is " + text.Type().String()}
		}
	}
	like := &Like{Operand: operand, Pattern: pattern, Not: e.Not}
	if e.Escape != nil {
		like.Escape = e.Escape.Value
		if utf8.RuneCountInString(like.Escape) != 1 {
			return nil, source.Errorf(e.Escape.Span, "Expected a single character as the ESCAPE of LIKE: '%s'", like.Escape)
		}
	}
	return like, nil
}
