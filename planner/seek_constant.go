package planner

import (
	"math"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// number is the value of an expression that no record has a part in.
type number struct {
	n int64
	// grows says that this is its value now, and may be more when a record comes: the
	// expression has the present in it. So it bounds from below alone.
	grows bool
}

// last is the largest number that the value may have.
func (c number) last() int64 {
	if c.grows {
		return math.MaxInt64
	}
	return c.n
}

// constant returns the value of an expression that is the same whole number for all records, or
// follows the clock.
func (b *bounder) constant(e expr.Expr) (c number, ok bool) {
	if !whole(e.Type()) {
		return c, false
	}
	switch e := e.(type) {
	case *expr.Literal:
		c.n, ok = e.Value.(int64)
		return c, ok
	case *expr.Negate:
		c, ok = b.constant(e.Operand)
		return number{n: -c.n}, ok && !c.grows && c.n != math.MinInt64 && fits(-c.n, e.Type())
	case *expr.Cast:
		if e.Type().Kind() == types.KindBigint {
			return b.constant(e.Operand)
		}
	case *expr.Arithmetic:
		return b.arithmetic(e)
	case *expr.Call:
		if e.Function.Name == "UNIX_TIMESTAMP" && len(e.Args) == 0 && b.now != nil {
			return number{b.now().UnixMilli(), true}, true
		}
	default:
	}
	return c, false
}

// arithmetic is the sum, difference or product of two constants. One that does not fit its type, or
// shrinks with time, is none.
func (b *bounder) arithmetic(e *expr.Arithmetic) (number, bool) {
	x, leftOK := b.constant(e.Left)
	y, rightOK := b.constant(e.Right)
	if !leftOK || !rightOK {
		return number{}, false
	}
	var n int64
	exact := false
	switch e.Op {
	case ast.Plus:
		n = x.n + y.n
		exact = (n > x.n) == (y.n > 0)
	case ast.Minus:
		n = x.n - y.n
		exact = (n < x.n) == (y.n > 0) && !y.grows
	case ast.Multiply:
		n = x.n * y.n
		exact = (x.n == 0 || n/x.n == y.n && (x.n != -1 || y.n != math.MinInt64)) && !x.grows && !y.grows
	default:
	}
	return number{n, x.grows || y.grows}, exact && fits(n, e.Type())
}

// fits reports whether a number is one of its type, which is one of whole numbers.
func fits(n int64, t *types.Type) bool {
	return t.Kind() == types.KindBigint || math.MinInt32 <= n && n <= math.MaxInt32
}

// comparedWith returns the numbers x for which x op c can be true.
func comparedWith(op ast.Op, c number) plan.Range {
	r := plan.Everything
	switch op {
	case ast.Equal, ast.NotDistinct:
		return plan.Range{First: c.n, Last: c.last()}
	case ast.Greater, ast.GreaterOrEqual:
		if r.First = c.n; op == ast.Greater {
			r.First = max(c.n, c.n+1) // the largest number has none above it, and stays
		}
	case ast.Less, ast.LessOrEqual:
		if r.Last = c.last(); op == ast.Less && !c.grows {
			r.Last = min(c.n, c.n-1)
		}
	default:
	}
	return r
}
