package expr

import (
	"errors"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Build gives an expression its meaning: names become columns, calls become
// overloads, implicit conversions become casts. Errors are *source.Error; their
// text has still to be attached with [source.In].
func Build(e ast.Expr, env Env) (Expr, error) {
	b := &builder{env: env}
	built, err := b.expr(e)
	if err != nil {
		return nil, b.explain(err, e.Place())
	}
	return built, nil
}

// BuildPredicate is [Build] for a condition: it has to be a BOOLEAN.
func BuildPredicate(e ast.Expr, env Env) (Expr, error) {
	built, err := Build(e, env)
	if err != nil {
		return nil, err
	}
	if built.Type().Kind() != types.KindBoolean {
		return nil, source.Errorf(e.Place(), "Type error in %s expression: Should evaluate to boolean but is %s (%s) instead.",
			env.Clause, built, built.Type())
	}
	return built, nil
}

// builder builds one expression.
type builder struct {
	env       Env
	variables []Variable // parameters of the lambdas around the node being built
	aggregate *Function  // that whose arguments are being built, or nil
}

// explain gives an error a place, where it has none, and the words that
// ksqlDB puts before it in the expression's clause.
func (b *builder) explain(err error, span source.Span) error {
	// The words in front differ by the step of ksqlDB that finds the fault:
	// conversions fail when it generates code, types when it checks the clause.
	if conversion, ok := errors.AsType[*conversionError](err); ok {
		e := source.Errorf(conversion.span, "%s%s", b.invalid(), conversion.err)
		if _, ok := errors.AsType[*noOperatorError](err); ok {
			e.WithDetail("%s", castHint)
		}
		return e
	}
	if mismatch, ok := errors.AsType[*typeError](err); ok {
		prefix := mismatch.prefix
		if prefix == "" && (b.env.Clause == "WHERE" || b.env.Clause == "HAVING") {
			prefix = "Error in " + b.env.Clause + " expression: "
		}
		return source.Errorf(mismatch.span, "%s%s", prefix, mismatch.message).WithDetail("%s", mismatch.detail)
	}
	if _, ok := errors.AsType[*source.Error](err); ok {
		return err
	}
	return source.Errorf(span, "%s", err)
}

// invalid returns the beginning of messages about values that cannot be converted.
func (b *builder) invalid() string {
	switch b.env.Clause {
	case "SELECT":
		return "Invalid Select: "
	case "WHERE", "HAVING":
		return "Invalid Predicate: "
	}
	return ""
}

// conversionError is the error of a value that cannot be converted.
type conversionError struct {
	span source.Span
	err  error
}

// Error implements error.
func (e *conversionError) Error() string { return e.err.Error() }

// Unwrap returns what is wrong with the value.
func (e *conversionError) Unwrap() error { return e.err }

// conversion says that the error is about the values of a node.
func conversion(node ast.Expr, err error) error {
	return &conversionError{node.Place(), err}
}

// typeError is the error of an operator that its operands do not have.
type typeError struct {
	span            source.Span
	message, detail string
	// prefix stands before the message; empty for what the clause has there.
	prefix string
}

// Error implements error.
func (e *typeError) Error() string { return e.message }

// expr builds one node. It is the floor's one switch over expressions.
func (b *builder) expr(e ast.Expr) (Expr, error) {
	switch e := e.(type) {
	case *ast.Null, *ast.Boolean, *ast.Integer, *ast.Decimal, *ast.Double, *ast.String, *ast.TypedLiteral:
		return b.literal(e)
	case *ast.Column:
		return b.column(e)
	case *ast.Variable:
		return b.variable(e)
	case *ast.Unary:
		return b.unary(e)
	case *ast.Binary:
		return b.binary(e)
	case *ast.Comparison:
		return b.comparison(e)
	case *ast.Logical:
		return b.logical(e)
	case *ast.Not:
		return b.not(e)
	case *ast.IsNull:
		return b.isNull(e)
	case *ast.In:
		return b.in(e)
	case *ast.Between:
		return b.between(e)
	case *ast.Like:
		return b.like(e)
	case *ast.Case:
		return b.caseExpr(e)
	case *ast.Cast:
		return b.cast(e)
	case *ast.Call:
		return b.call(e)
	case *ast.Subscript:
		return b.subscript(e)
	case *ast.Field:
		return b.field(e)
	case *ast.Array:
		return b.array(e)
	case *ast.Map:
		return b.mapping(e)
	case *ast.Struct:
		return b.structure(e)
	case *ast.Lambda:
		return nil, source.Errorf(e.Span, "A lambda can only be the argument of a function")
	case *ast.IntervalUnit:
		return nil, source.Errorf(e.Span, "%s can only be the argument of a function", e.Unit)
	case *ast.AtTimeZone:
		return nil, source.Errorf(e.Span, "AT TIME ZONE is not yet implemented")
	}
	return nil, source.Errorf(e.Place(), "this expression is not supported yet")
}

// exprs builds a list.
func (b *builder) exprs(list []ast.Expr) ([]Expr, error) {
	built := make([]Expr, len(list))
	for i, e := range list {
		var err error
		if built[i], err = b.expr(e); err != nil {
			return nil, err
		}
	}
	return built, nil
}

// pair builds two operands.
func (b *builder) pair(left, right ast.Expr) (Expr, Expr, error) {
	l, err := b.expr(left)
	if err != nil {
		return nil, nil, err
	}
	r, err := b.expr(right)
	return l, r, err
}
