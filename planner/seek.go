package planner

import (
	"math"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file finds where in its topic a query has to read, from what its WHERE says of
// ROWTIME, ROWOFFSET and ROWPARTITION. That holds for queries over a stream that remember
// nothing: to others records matter that give no results themselves.

// seek notes in a plan where it has to read.
func seek(root *plan.Project) {
	bounds, step := plan.Unbounded, root.Input
	for {
		switch s := step.(type) {
		case *plan.Filter:
			bounds = bounds.And(boundsOf(s.Condition))
			step = s.Input
		case *plan.FlatMap:
			step = s.Input
		case *plan.Source:
			if s.Source.Kind != catalog.Stream {
				return
			}
			if s.Source.Timestamp != "" {
				bounds.Time = plan.Everything // ROWTIME is that column, which no broker knows
			}
			if bounds != plan.Unbounded {
				s.Bounds = &bounds
			}
			return
		default:
			return
		}
	}
}

// boundsOf returns where all records lie for which a condition can be true.
func boundsOf(condition expr.Expr) plan.Bounds {
	switch e := condition.(type) {
	case *expr.Logical:
		if e.Op == ast.And {
			return boundsOf(e.Left).And(boundsOf(e.Right))
		}
	case *expr.Comparison:
		if n, ok := constant(e.Right); ok {
			return bound(e.Left, comparedWith(e.Op, n))
		}
		if n, ok := constant(e.Left); ok {
			return bound(e.Right, comparedWith(mirrored(e.Op), n))
		}
	case *expr.Between:
		low, lowOK := constant(e.Low)
		high, highOK := constant(e.High)
		if lowOK && highOK && !e.Not {
			return bound(e.Operand, plan.Range{First: low, Last: high})
		}
	case *expr.In:
		return boundsOfList(e)
	default:
	}
	return plan.Unbounded
}

// boundsOfList returns those of an operand that is in a list.
func boundsOfList(e *expr.In) plan.Bounds {
	all := plan.Range{First: math.MaxInt64, Last: math.MinInt64}
	for _, member := range e.List {
		n, ok := constant(member)
		if !ok || e.Not {
			return plan.Unbounded
		}
		all = plan.Range{First: min(all.First, n), Last: max(all.Last, n)}
	}
	return bound(e.Operand, all)
}

// bound returns the bounds of a pseudo column that lies in a range. Other operands bound
// nothing.
func bound(operand expr.Expr, within plan.Range) plan.Bounds {
	b := plan.Unbounded
	if cast, ok := operand.(*expr.Cast); ok && cast.Type().Kind() == types.KindBigint && whole(cast.Operand.Type()) {
		operand = cast.Operand // ROWPARTITION is an INTEGER
	}
	c, ok := operand.(*expr.Column)
	if !ok || c.Ref.Place != types.InPseudo {
		return b
	}
	switch types.Pseudo(c.Ref.Index) {
	case types.RowTime:
		b.Time = within
	case types.RowOffset:
		b.Offset = within
	case types.RowPartition:
		b.Partition = within
	default:
	}
	return b
}

// whole reports whether a type is that of whole numbers.
func whole(t *types.Type) bool { return t.Kind() == types.KindInt || t.Kind() == types.KindBigint }

// comparedWith returns the numbers x for which x op n is true.
func comparedWith(op ast.Op, n int64) plan.Range {
	r := plan.Everything
	switch op {
	case ast.Equal, ast.NotDistinct:
		return plan.Range{First: n, Last: n}
	case ast.Greater, ast.GreaterOrEqual:
		if r.First = n; op == ast.Greater {
			r.First = max(n, n+1) // the largest number has none above it, and stays
		}
	case ast.Less, ast.LessOrEqual:
		if r.Last = n; op == ast.Less {
			r.Last = min(n, n-1)
		}
	default:
	}
	return r
}

// mirrored returns the operator with which y op x says the same as x op y.
func mirrored(op ast.Op) ast.Op {
	switch op {
	case ast.Less:
		return ast.Greater
	case ast.LessOrEqual:
		return ast.GreaterOrEqual
	case ast.Greater:
		return ast.Less
	case ast.GreaterOrEqual:
		return ast.LessOrEqual
	default:
		return op
	}
}

// constant returns the value of an expression that is the same whole number for all records.
func constant(e expr.Expr) (n int64, ok bool) {
	switch e := e.(type) {
	case *expr.Literal:
		if n, ok = e.Value.(int64); ok {
			return n, whole(e.Type())
		}
	case *expr.Negate:
		if n, ok = constant(e.Operand); ok && n != math.MinInt64 {
			return -n, whole(e.Type()) && (e.Type().Kind() != types.KindInt || n != math.MinInt32)
		}
	case *expr.Cast:
		if e.Type().Kind() == types.KindBigint {
			return constant(e.Operand)
		}
	default:
	}
	return 0, false
}
