package eval

import (
	"cmp"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// outcome is the set of orders of two values for which an operator holds.
type outcome uint8

const (
	less outcome = 1 << iota
	equal
	greater
	unordered // one is NaN
)

// outcomes is what each operator of a comparison holds for.
var outcomes = map[ast.Op]outcome{
	ast.Equal: equal, ast.NotEqual: less | greater | unordered,
	ast.Less: less, ast.LessOrEqual: less | equal,
	ast.Greater: greater, ast.GreaterOrEqual: greater | equal,
}

// of reports whether the operator holds for values of the order that cmp.Compare gives.
func (o outcome) of(order int) bool { return o>>uint(order+1)&1 != 0 }

// ofWhole is of for whole numbers.
func (o outcome) ofWhole(a, b int64) bool { return o.of(cmp.Compare(a, b)) }

// ofDouble is of for DOUBLEs, of which NaN has no order.
func (o outcome) ofDouble(a, b float64) bool {
	switch {
	case a < b:
		return o&less != 0
	case a > b:
		return o&greater != 0
	case a == b:
		return o&equal != 0
	}
	return o&unordered != 0
}

// comparison compiles a comparison; with NULL it is false.
func (c *compiler) comparison(e *expr.Comparison) (Predicate, error) {
	if e.Op == ast.Distinct || e.Op == ast.NotDistinct {
		return c.distinct(e)
	}
	if p := columnAgainstLiteral(e); p != nil {
		return p, nil
	}
	kind := e.Left.Type().Kind()
	left, err := c.program(plain(e.Left))
	if err != nil {
		return nil, err
	}
	right, err := c.program(plain(e.Right))
	if err != nil {
		return nil, err
	}
	holds := holdsFor(outcomes[e.Op], kind)
	return func(f *Frame) (bool, error) {
		a, err := left(f)
		if err != nil {
			return false, err
		}
		b, err := right(f)
		if err != nil || a.IsNull() || b.IsNull() {
			return false, err
		}
		return holds(a, b), nil
	}, nil
}

// plain leaves out a cast from INTEGER to BIGINT: both are held the same way.
func plain(e expr.Expr) expr.Expr {
	if cast, ok := e.(*expr.Cast); ok && e.Type().Kind() == types.KindBigint && cast.Operand.Type().Kind() == types.KindInt {
		return cast.Operand
	}
	return e
}

// holdsFor returns the comparison of two values of a kind, neither of them NULL.
func holdsFor(o outcome, kind types.Kind) func(a, b data.Value) bool {
	switch kind {
	case types.KindBoolean, types.KindInt, types.KindBigint, types.KindDate, types.KindTime, types.KindTimestamp:
		return func(a, b data.Value) bool { return o.ofWhole(a.Int64(), b.Int64()) }
	case types.KindDouble:
		return func(a, b data.Value) bool { return o.ofDouble(a.Float64(), b.Float64()) }
	}
	return func(a, b data.Value) bool { return o.of(data.Compare(a, b)) }
}

// distinct compiles IS [NOT] DISTINCT FROM, for which NULL equals NULL.
func (c *compiler) distinct(e *expr.Comparison) (Predicate, error) {
	left, err := c.program(e.Left)
	if err != nil {
		return nil, err
	}
	right, err := c.program(e.Right)
	same := e.Op == ast.NotDistinct
	return func(f *Frame) (bool, error) {
		a, err := left(f)
		if err != nil {
			return false, err
		}
		b, err := right(f)
		return data.Equal(a, b) == same, err
	}, err
}

// columnAgainstLiteral is the fast path of most filters: a column of the value
// compared with a constant. It returns nil for other comparisons.
func columnAgainstLiteral(e *expr.Comparison) Predicate {
	col, constant, o := plain(e.Left), e.Right, outcomes[e.Op]
	// 5 < COL is COL > 5.
	if _, flipped := e.Left.(*expr.Literal); flipped {
		col, constant, o = plain(e.Right), e.Left, mirrored(o)
	}
	column, ok := col.(*expr.Column)
	literal, ok2 := constant.(*expr.Literal)
	if !ok || !ok2 || column.Ref.Place != types.InValue || literal.Value == nil {
		return nil
	}
	i, value := column.Ref.Index, Literal(literal)
	switch literal.Type().Kind() {
	case types.KindInt, types.KindBigint, types.KindDate, types.KindTime, types.KindTimestamp:
		return wholeColumn(i, o, value.Int64())
	case types.KindDouble:
		return doubleColumn(i, o, value.Float64())
	case types.KindString:
		return textColumn(i, o, value.Text())
	}
	return nil
}

// mirrored returns the outcome of the operator with its sides exchanged.
func mirrored(o outcome) outcome {
	m := o &^ (less | greater)
	if o&less != 0 {
		m |= greater
	}
	if o&greater != 0 {
		m |= less
	}
	return m
}

// wholeColumn compares a column that is held as a whole number.
func wholeColumn(i int, o outcome, constant int64) Predicate {
	return func(f *Frame) (bool, error) {
		row := f.Record.Value
		if i >= len(row) || row[i].IsNull() {
			return false, nil
		}
		return o.ofWhole(row[i].Int64(), constant), nil
	}
}

// doubleColumn compares a DOUBLE column.
func doubleColumn(i int, o outcome, constant float64) Predicate {
	return func(f *Frame) (bool, error) {
		row := f.Record.Value
		if i >= len(row) || row[i].IsNull() {
			return false, nil
		}
		return o.ofDouble(row[i].Float64(), constant), nil
	}
}

// textColumn compares a STRING column; for equality, lengths are compared first.
func textColumn(i int, o outcome, constant string) Predicate {
	// = and <> of texts need no order: texts of different lengths differ.
	equality := o == equal || o&equal == 0 && o&less != 0 && o&greater != 0
	return func(f *Frame) (bool, error) {
		row := f.Record.Value
		if i >= len(row) || row[i].IsNull() {
			return false, nil
		}
		text := row[i].Text()
		if equality {
			return (text == constant) == (o == equal), nil
		}
		return o.of(cmp.Compare(text, constant)), nil
	}
}

// between compiles a range; any NULL makes BETWEEN false, and NOT BETWEEN true.
func (c *compiler) between(e *expr.Between) (Predicate, error) {
	parts, err := c.programs([]expr.Expr{e.Operand, e.Low, e.High})
	if err != nil {
		return nil, err
	}
	kind := e.Operand.Type().Kind()
	atLeast, atMost := holdsFor(greater|equal, kind), holdsFor(less|equal, kind)
	inside := func(f *Frame) (bool, error) {
		var values [3]data.Value
		for i, part := range parts {
			v, err := part(f)
			if err != nil || v.IsNull() {
				return false, err
			}
			values[i] = v
		}
		return atLeast(values[0], values[1]) && atMost(values[0], values[2]), nil
	}
	return negated(inside, e.Not), nil
}
