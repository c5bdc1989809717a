package eval

import (
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// callSite is one call of a scalar function in an expression.
type callSite struct {
	args   []Program
	invoke functions.Func
	values []data.Value // scratch: the arguments of the call at hand
	frame  *Frame       // that of the call at hand, for lambdas
}

// call compiles a call. An argument that fails is NULL, and so is one that is a
// lambda: the function has got that when it was bound.
func (c *compiler) call(e *expr.Call) (Program, error) {
	site := &callSite{args: make([]Program, len(e.Args)), values: make([]data.Value, len(e.Args))}
	binding := functions.Binding{
		Args: make([]*types.Type, len(e.Args)), Result: e.Type(), Lambdas: make([]functions.Func, len(e.Args)),
	}
	for i, arg := range e.Args {
		var err error
		if lambda, ok := arg.(*expr.Lambda); ok {
			site.args[i] = constant(data.Null, nil)
			binding.Lambdas[i], err = c.lambda(lambda, site)
		} else {
			binding.Args[i] = arg.Type()
			site.args[i], err = c.argument(arg)
		}
		if err != nil {
			return nil, err
		}
	}
	var err error
	site.invoke, err = c.bind(e, binding)
	return site.run, err
}

// run computes the arguments and calls the function.
func (s *callSite) run(f *Frame) (data.Value, error) {
	for i, arg := range s.args {
		v, err := arg(f)
		if err != nil {
			return data.Null, err
		}
		s.values[i] = v
	}
	s.frame = f
	return s.invoke(&f.Env, s.values)
}

// argument compiles an argument, or a part of a constructor, either of which
// may fail alone. Those that cannot fail are left as they are.
func (c *compiler) argument(e expr.Expr) (Program, error) {
	p, err := c.program(e)
	switch e.(type) {
	case *expr.Literal, *expr.Column, *expr.Variable:
		return p, err
	default:
		return c.nested(p), err
	}
}

// lambda compiles a lambda into what its function calls. Its body runs in the
// frame of the call that the function is in, where its parameters have slots
// of their own, so bodies may use the parameters of the lambdas around them.
func (c *compiler) lambda(e *expr.Lambda, site *callSite) (functions.Func, error) {
	body, err := c.program(e.Body)
	if err != nil {
		return nil, err
	}
	first, end := e.First, e.First+len(e.Params)
	return func(_ *functions.Env, args []data.Value) (data.Value, error) {
		f := site.frame
		for len(f.variables) < end {
			f.variables = append(f.variables, data.Null)
		}
		copy(f.variables[first:end], args)
		return body(f)
	}, nil
}
