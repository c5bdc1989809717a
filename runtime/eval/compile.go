package eval

import (
	"errors"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// compiler turns expressions into closures.
type compiler struct {
	// bind finds the code of a call.
	bind func(*expr.Call, functions.Binding) (functions.Func, error)
	// nested is what becomes of a part that may fail alone.
	nested func(Program) Program
	// constants says which expressions are known to be constant, or not.
	constants map[expr.Expr]bool
}

// newCompiler returns a compiler that follows the options.
func newCompiler(options Options) *compiler {
	c := &compiler{constants: map[expr.Expr]bool{}, nested: nullOnError, bind: func(e *expr.Call, b functions.Binding) (functions.Func, error) {
		return options.Functions.Lookup(e.Function.Name).Overloads[e.Overload].Bind(b)
	}}
	if options.NestedErrorsFail {
		c.nested = func(p Program) Program { return p }
	}
	return c
}

// nullOnError gives NULL where the program fails.
func nullOnError(p Program) Program {
	return func(f *Frame) (data.Value, error) {
		v, err := p(f)
		if err != nil {
			if f.Warn != nil && !f.Quiet {
				f.Warn(err)
			}
			return data.Null, nil
		}
		return v, nil
	}
}

// program compiles any expression. What never changes is computed now.
func (c *compiler) program(e expr.Expr) (Program, error) {
	if literal, ok := e.(*expr.Literal); ok {
		return constant(Literal(literal), nil), nil
	}
	p, err := c.node(e)
	if err == nil && c.fixed(e) {
		return folded(p), nil
	}
	return p, err
}

// fixed is expr.Constant, remembered: a chain of a thousand operators would
// otherwise be walked from each of them.
func (c *compiler) fixed(e expr.Expr) bool {
	if known, ok := c.constants[e]; ok {
		return known
	}
	fixed := true
	switch e.(type) {
	case *expr.Column, *expr.Variable, *expr.Call:
		fixed = false
	default:
		for _, child := range expr.Children(e) {
			fixed = c.fixed(child) && fixed
		}
	}
	c.constants[e] = fixed
	return fixed
}

// folded returns the value that the program always gives. One that has a
// warning to give is left as it is, so that every record gives it.
func folded(p Program) Program {
	warned := false
	frame := &Frame{Env: functions.Env{Arena: &data.Arena{}}, Warn: func(error) { warned = true }}
	v, err := p(frame)
	if warned {
		return p
	}
	return constant(v.Clone(), err)
}

// constant returns the program of a value, or of the error that computing it gave.
func constant(v data.Value, err error) Program {
	return func(*Frame) (data.Value, error) { return v, err }
}

// node compiles one node. It is this floor's one switch over expressions.
func (c *compiler) node(e expr.Expr) (Program, error) {
	switch e := e.(type) {
	case *expr.Column:
		return column(e.Ref), nil
	case *expr.Variable:
		return func(f *Frame) (data.Value, error) { return f.variables[e.Slot], nil }, nil
	case *expr.Arithmetic:
		return c.arithmetic(e)
	case *expr.Negate:
		return c.negate(e)
	case *expr.Cast:
		return c.cast(e)
	case *expr.Case:
		return c.caseExpr(e)
	case *expr.Call:
		return c.call(e)
	case *expr.Subscript:
		return c.subscript(e)
	case *expr.Field:
		return c.field(e)
	case *expr.Array:
		return c.array(e)
	case *expr.Map:
		return c.mapping(e)
	case *expr.Struct:
		return c.structure(e)
	case *expr.Lambda:
		panic("a lambda that is no argument") // Build lets none through
	default:
		p, err := c.predicate(e)
		return valueOf(p), err
	}
}

// valueOf returns the program that gives what a predicate decides.
func valueOf(p Predicate) Program {
	return func(f *Frame) (data.Value, error) {
		truth, err := p(f)
		if err != nil {
			return data.Null, err
		}
		return data.Boolean(truth), nil
	}
}

// yieldsBool reports whether an expression is compiled into a predicate of its own.
func yieldsBool(e expr.Expr) bool {
	switch e.(type) {
	case *expr.Comparison, *expr.Logical, *expr.Not, *expr.IsNull, *expr.In, *expr.Between, *expr.Like:
		return true
	default:
		return false
	}
}

// errNullCondition is the error of AND, OR, NOT and WHEN over a NULL.
var errNullCondition = errors.New("a condition is NULL")

// predicate compiles a condition whose NULL is an error.
func (c *compiler) predicate(e expr.Expr) (Predicate, error) {
	switch e := e.(type) {
	case *expr.Comparison:
		return c.comparison(e)
	case *expr.Logical:
		return c.logical(e)
	case *expr.Not:
		return c.not(e)
	case *expr.IsNull:
		return c.isNull(e)
	case *expr.In:
		return c.in(e)
	case *expr.Between:
		return c.between(e)
	case *expr.Like:
		return c.like(e)
	default:
		p, err := c.program(e)
		return truthOf(p), err
	}
}

// truthOf returns the predicate of a program that gives a BOOLEAN.
func truthOf(p Program) Predicate {
	return func(f *Frame) (bool, error) {
		v, err := p(f)
		if err == nil && v.IsNull() {
			err = errNullCondition
		}
		return v.Bool(), err
	}
}

// programs compiles a list.
func (c *compiler) programs(exprs []expr.Expr) ([]Program, error) {
	compiled := make([]Program, len(exprs))
	for i, e := range exprs {
		var err error
		if compiled[i], err = c.program(e); err != nil {
			return nil, err
		}
	}
	return compiled, nil
}

// column returns the program of a column. A record without a key or without a
// value has NULL in all of its columns.
func column(ref types.Ref) Program {
	i := ref.Index
	switch ref.Place {
	case types.InKey:
		return func(f *Frame) (data.Value, error) {
			if row := f.Record.Key; i < len(row) {
				return row[i], nil
			}
			return data.Null, nil
		}
	case types.InValue:
		return func(f *Frame) (data.Value, error) {
			if row := f.Record.Value; i < len(row) {
				return row[i], nil
			}
			return data.Null, nil
		}
	}
	pseudo := types.Pseudo(i)
	if pseudo == types.RowTime {
		return func(f *Frame) (data.Value, error) { return data.Bigint(f.Record.Time), nil }
	}
	return func(f *Frame) (data.Value, error) { return f.Record.Pseudo(pseudo), nil }
}
