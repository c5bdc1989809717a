package expr

import (
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
)

// aggregateCall builds a call of an aggregate function where one may stand. A
// call of everything, as in COUNT(*), or of nothing is one of ROWTIME.
func (b *builder) aggregateCall(f *Function, e *ast.Call) (Expr, error) {
	if b.aggregate != nil {
		return nil, source.Errorf(e.Span, "Aggregate functions can not be nested: %s", f.Name)
	}
	b.aggregate = f
	defer func() { b.aggregate = nil }()
	var built Expr
	var err error
	if len(e.Args) == 0 {
		built, err = b.callOf(f.Name, e.Span, []Expr{PseudoColumn(types.RowTime)})
	} else {
		built, err = b.callWith(f, e)
	}
	if err != nil {
		return nil, err
	}
	if !b.env.Aggregates {
		return nil, b.noAggregate(f, e.Span)
	}
	return built, built.(*Call).checkConstants(e)
}

// noAggregate is the error of an aggregate function where none may stand.
func (b *builder) noAggregate(f *Function, span source.Span) error {
	if b.env.Clause == "" {
		return source.Errorf(span, "%s is an aggregate function, which needs the rows of a query.", f.Name)
	}
	return source.Errorf(span, "%s does not support aggregate functions: %s is an aggregate function.", b.env.Clause, f.Name)
}

// checkConstants refuses other things than literals where the function takes only those.
func (e *Call) checkConstants(written *ast.Call) error {
	first := len(e.Args) - e.Function.Overloads[e.Overload].Constants
	for i := first; i < len(e.Args); i++ {
		if _, ok := e.Args[i].(*Literal); !ok {
			return source.Errorf(written.Args[i].Place(),
				"Parameter %d passed to function %s must be a literal constant, but was expression: '%s'",
				i+1, e.Function.Name, e.Args[i])
		}
	}
	return nil
}

// Inputs returns the arguments of a call of an aggregate function that are
// computed for each record.
func (e *Call) Inputs() []Expr {
	return e.Args[:len(e.Args)-e.Function.Overloads[e.Overload].Constants]
}

// Constants returns the arguments of a call of an aggregate function that
// stand for the whole query, such as the k of TOPK.
func (e *Call) Constants() []*Literal {
	var constants []*Literal
	for _, arg := range e.Args[len(e.Inputs()):] {
		constants = append(constants, arg.(*Literal))
	}
	return constants
}
