package eval

import (
	"errors"
	"math"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// The errors of arithmetic. Those of division are Java's words, which ksqlDB shows.
var (
	errNullOperand  = errors.New("an operand of the arithmetic is NULL")
	errDivideByZero = errors.New("/ by zero")
	errInexact      = errors.New("Rounding necessary")
)

// operation computes a value from two, neither of them NULL.
type operation func(a, b data.Value) (data.Value, error)

// arithmetic compiles + - * / and %. NULL is an error: ksqlDB's rule.
func (c *compiler) arithmetic(e *expr.Arithmetic) (Program, error) {
	left, err := c.program(e.Left)
	if err != nil {
		return nil, err
	}
	right, err := c.program(e.Right)
	if err != nil {
		return nil, err
	}
	compute := operationFor(e)
	return func(f *Frame) (data.Value, error) {
		a, err := left(f)
		if err != nil {
			return data.Null, err
		}
		b, err := right(f)
		if err != nil {
			return data.Null, err
		}
		if a.IsNull() || b.IsNull() {
			return data.Null, errNullOperand
		}
		return compute(a, b)
	}, nil
}

// operationFor returns the arithmetic of a kind of number.
func operationFor(e *expr.Arithmetic) operation {
	switch e.Type().Kind() {
	case types.KindInt:
		compute := wholeOperation(e.Op)
		return func(a, b data.Value) (data.Value, error) {
			i, err := compute(a.Int64(), b.Int64())
			return data.Int(int32(i)), err // wraps at 32 bits
		}
	case types.KindBigint:
		compute := wholeOperation(e.Op)
		return func(a, b data.Value) (data.Value, error) {
			i, err := compute(a.Int64(), b.Int64())
			return data.Bigint(i), err
		}
	case types.KindDouble:
		compute := doubleOperation(e.Op)
		return func(a, b data.Value) (data.Value, error) {
			return data.Double(compute(a.Float64(), b.Float64())), nil
		}
	}
	return decimalOperation(e.Op, e.Left.Type().Scale(), e.Right.Type().Scale(), e.Type().Scale())
}

// wholeOperation returns arithmetic on 64 bits, which wraps; division truncates.
func wholeOperation(op ast.Op) func(a, b int64) (int64, error) {
	switch op {
	case ast.Plus:
		return func(a, b int64) (int64, error) { return a + b, nil }
	case ast.Minus:
		return func(a, b int64) (int64, error) { return a - b, nil }
	case ast.Multiply:
		return func(a, b int64) (int64, error) { return a * b, nil }
	case ast.Divide:
		return func(a, b int64) (int64, error) {
			if b == 0 {
				return 0, errDivideByZero
			}
			return a / b, nil
		}
	}
	return func(a, b int64) (int64, error) {
		if b == 0 {
			return 0, errDivideByZero
		}
		return a % b, nil
	}
}

// doubleOperation returns arithmetic on DOUBLEs, where nothing is an error:
// there are NaN and the infinities.
func doubleOperation(op ast.Op) func(a, b float64) float64 {
	switch op {
	case ast.Plus:
		return func(a, b float64) float64 { return a + b }
	case ast.Minus:
		return func(a, b float64) float64 { return a - b }
	case ast.Multiply:
		return func(a, b float64) float64 { return a * b }
	case ast.Divide:
		return func(a, b float64) float64 { return a / b }
	}
	return math.Mod
}

// negate compiles a minus sign.
func (c *compiler) negate(e *expr.Negate) (Program, error) {
	p, err := c.program(e.Operand)
	if err != nil {
		return nil, err
	}
	kind := e.Type().Kind()
	return func(f *Frame) (data.Value, error) {
		v, err := p(f)
		if err != nil {
			return data.Null, err
		}
		if v.IsNull() {
			return data.Null, errNullOperand
		}
		switch kind {
		case types.KindDouble:
			return data.Double(-v.Float64()), nil
		case types.KindDecimal:
			return negateDecimal(v), nil
		}
		return whole(kind, -v.Int64()), nil
	}, nil
}
