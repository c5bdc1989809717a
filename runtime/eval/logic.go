package eval

import (
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// logical compiles AND and OR. A chain of the same operator becomes one loop.
func (c *compiler) logical(e *expr.Logical) (Predicate, error) {
	var terms []Predicate
	for _, term := range chain(e.Op, e, nil) {
		p, err := c.predicate(term)
		if err != nil {
			return nil, err
		}
		terms = append(terms, p)
	}
	decides := e.Op == ast.Or // the truth value of a term that settles the chain
	if len(terms) == 2 {      // the usual case, without a loop
		left, right := terms[0], terms[1]
		return func(f *Frame) (bool, error) {
			if truth, err := left(f); err != nil || truth == decides {
				return truth, err
			}
			return right(f)
		}, nil
	}
	return func(f *Frame) (bool, error) {
		for _, term := range terms {
			if truth, err := term(f); err != nil || truth == decides {
				return truth, err
			}
		}
		return !decides, nil
	}, nil
}

// chain appends the terms of a AND b AND c, however they are bracketed.
func chain(op ast.Op, e expr.Expr, terms []expr.Expr) []expr.Expr {
	if l, ok := e.(*expr.Logical); ok && l.Op == op {
		return chain(op, l.Right, chain(op, l.Left, terms))
	}
	return append(terms, e)
}

// not compiles NOT.
func (c *compiler) not(e *expr.Not) (Predicate, error) {
	p, err := c.predicate(e.Operand)
	return negated(p, true), err
}

// negated returns the predicate, or its opposite if not is true.
func negated(p Predicate, not bool) Predicate {
	if !not {
		return p
	}
	return func(f *Frame) (bool, error) {
		truth, err := p(f)
		return !truth, err
	}
}

// isNull compiles IS [NOT] NULL.
func (c *compiler) isNull(e *expr.IsNull) (Predicate, error) {
	p, err := c.program(e.Operand)
	not := e.Not
	return func(f *Frame) (bool, error) {
		v, err := p(f)
		return v.IsNull() != not, err
	}, err
}

// caseExpr compiles CASE: conditions in turn, and only the result of the first true one.
func (c *compiler) caseExpr(e *expr.Case) (Program, error) {
	conditions := make([]Predicate, len(e.Whens))
	results := make([]Program, len(e.Whens))
	for i, w := range e.Whens {
		var err error
		if conditions[i], err = c.predicate(w.Condition); err != nil {
			return nil, err
		}
		if results[i], err = c.program(w.Result); err != nil {
			return nil, err
		}
	}
	otherwise := constant(data.Null, nil)
	if e.Else != nil {
		var err error
		if otherwise, err = c.program(e.Else); err != nil {
			return nil, err
		}
	}
	return func(f *Frame) (data.Value, error) {
		for i, condition := range conditions {
			truth, err := condition(f)
			if err != nil {
				return data.Null, err
			}
			if truth {
				return results[i](f)
			}
		}
		return otherwise(f)
	}, nil
}
