package planner

import (
	"math"
	"time"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file finds where in its topic a query has to read, from what its WHERE says of
// ROWTIME, ROWOFFSET and ROWPARTITION. That holds for queries over a stream that remember
// nothing: to others records matter that give no results themselves.

// bounder finds bounds in conditions.
type bounder struct {
	now func() time.Time // nil where nobody knows the present
}

// seek notes in a plan where it has to read.
func (b *bounder) seek(root *plan.Project) {
	bounds, step := plan.Unbounded, root.Input
	for {
		switch s := step.(type) {
		case *plan.Filter:
			bounds = bounds.And(b.boundsOf(s.Condition))
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
func (b *bounder) boundsOf(condition expr.Expr) plan.Bounds {
	switch e := condition.(type) {
	case *expr.Logical:
		if e.Op == ast.And {
			return b.boundsOf(e.Left).And(b.boundsOf(e.Right))
		}
	case *expr.Comparison:
		if n, ok := b.constant(e.Right); ok {
			return bound(e.Left, comparedWith(e.Op, n))
		}
		if n, ok := b.constant(e.Left); ok {
			return bound(e.Right, comparedWith(mirrored(e.Op), n))
		}
	case *expr.Between:
		low, lowOK := b.constant(e.Low)
		high, highOK := b.constant(e.High)
		if lowOK && highOK && !e.Not {
			return bound(e.Operand, plan.Range{First: low.n, Last: high.last()})
		}
	case *expr.In:
		return b.boundsOfList(e)
	default:
	}
	return plan.Unbounded
}

// boundsOfList returns those of an operand that is in a list.
func (b *bounder) boundsOfList(e *expr.In) plan.Bounds {
	all := plan.Range{First: math.MaxInt64, Last: math.MinInt64}
	for _, member := range e.List {
		c, ok := b.constant(member)
		if !ok || e.Not {
			return plan.Unbounded
		}
		all = plan.Range{First: min(all.First, c.n), Last: max(all.Last, c.last())}
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
