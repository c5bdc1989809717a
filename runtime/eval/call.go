package eval

import (
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// call compiles the call of a scalar function. An argument that fails is NULL.
func (c *compiler) call(e *expr.Call) (Program, error) {
	var frame *Frame // the one at hand, for lambdas
	args := make([]Program, len(e.Args))
	binding := functions.Binding{Args: make([]*types.Type, len(e.Args)), Result: e.Type()}
	for i, arg := range e.Args {
		var err error
		if lambda, ok := arg.(*expr.Lambda); ok {
			if binding.Lambdas == nil {
				binding.Lambdas = make([]functions.Func, len(e.Args))
			}
			args[i] = constant(data.Null, nil)
			binding.Lambdas[i], err = c.lambda(lambda, &frame)
		} else {
			binding.Args[i] = arg.Type()
			args[i], err = c.argument(arg)
		}
		if err != nil {
			return nil, err
		}
	}
	invoke, err := c.bind(e, binding)
	if err != nil {
		return nil, err
	}
	values := make([]data.Value, len(args))
	return func(f *Frame) (data.Value, error) {
		for i, arg := range args {
			v, err := arg(f)
			if err != nil {
				return data.Null, err
			}
			values[i] = v
		}
		frame = f
		return invoke(&f.Env, values)
	}, nil
}

// argument compiles an argument; those that cannot fail are left as they are.
func (c *compiler) argument(e expr.Expr) (Program, error) {
	p, err := c.program(e)
	switch e.(type) {
	case *expr.Literal, *expr.Column, *expr.Variable:
		return p, err
	}
	return c.nested(p), err
}

// lambda compiles a lambda into what its function calls. Its body runs in the
// frame of the call that the function is in.
func (c *compiler) lambda(e *expr.Lambda, frame **Frame) (functions.Func, error) {
	body, err := c.program(e.Body)
	if err != nil {
		return nil, err
	}
	first, end := e.First, e.First+len(e.Params)
	return func(_ *functions.Env, args []data.Value) (data.Value, error) {
		f := *frame
		for len(f.variables) < end {
			f.variables = append(f.variables, data.Null)
		}
		copy(f.variables[first:end], args)
		return body(f)
	}, nil
}
