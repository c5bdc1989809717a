package expr

import (
	"errors"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/types"
)

// call builds a call as it is written.
func (b *builder) call(e *ast.Call) (Expr, error) {
	f, err := FindFunction(b.env.Functions, e.Name.Text, e.Name.Span)
	if err != nil {
		return nil, err
	}
	if f.Kind == Aggregate {
		return b.aggregateCall(f, e)
	}
	return b.callWith(f, e)
}

// callWith builds a call of a function that has been found.
func (b *builder) callWith(f *Function, e *ast.Call) (Expr, error) {
	c := &calling{builder: b, function: f, span: e.Span, nodes: e.Args}
	c.exprs = make([]Expr, len(e.Args))
	c.args = make([]argument, len(e.Args))
	for i, node := range e.Args {
		if err := c.argument(i, node); err != nil {
			return nil, err
		}
	}
	return c.build()
}

// callOf builds a call that an operator stands for.
func (b *builder) callOf(name string, span source.Span, exprs []Expr) (Expr, error) {
	f, err := FindFunction(b.env.Functions, name, span)
	if err != nil {
		return nil, err
	}
	c := &calling{builder: b, function: f, span: span, exprs: exprs, nodes: make([]ast.Expr, len(exprs))}
	for _, e := range exprs {
		c.args = append(c.args, argument{typ: e.Type()})
	}
	return c.build()
}

// calling is a call being built.
type calling struct {
	*builder
	function *Function
	span     source.Span
	nodes    []ast.Expr // the arguments as written
	args     []argument
	exprs    []Expr // the arguments as built; nil where a lambda is still to be built
}

// argument builds an argument, but for lambdas: what they take is known only
// once the overload is chosen.
func (c *calling) argument(i int, node ast.Expr) (err error) {
	switch node := node.(type) {
	case *ast.Lambda:
		c.args[i] = argument{lambda: len(node.Params)}
		return nil
	case *ast.IntervalUnit:
		c.args[i] = argument{unit: true}
		c.exprs[i] = &Literal{string(node.Unit), types.String}
		return nil
	default:
		if unit, ok := c.singular(i, node); ok {
			return c.argument(i, unit)
		}
		if c.exprs[i], err = c.expr(node); err == nil {
			c.args[i] = argument{typ: c.exprs[i].Type()}
		}
		return err
	}
}

// singular returns the unit of time that a word such as DAY is where a function
// takes a unit. To the grammar it is a column's name, unlike DAYS.
func (c *calling) singular(i int, node ast.Expr) (*ast.IntervalUnit, bool) {
	column, ok := node.(*ast.Column)
	if !ok || !column.Source.IsZero() || column.Name.Quoted {
		return nil, false
	}
	switch unit := ast.Unit(column.Name.Text + "S"); unit {
	case ast.Days, ast.Hours, ast.Minutes, ast.Seconds:
		for _, o := range c.function.Overloads {
			if o.takes(len(c.nodes)) && o.param(i, len(c.nodes)).pattern.form == unitForm {
				return &ast.IntervalUnit{Span: column.Span, Unit: unit}, true
			}
		}
	default:
	}
	return nil, false
}

// build chooses the overload, converts the arguments to the types of its
// parameters and finds the type of the result. Lambdas are built from left to
// right, since the result of one may be what the next one takes.
func (c *calling) build() (Expr, error) {
	chosen, err := choose(c.function, c.args)
	if err != nil {
		return nil, c.refused(err)
	}
	resolved := make([]*types.Type, len(c.args))
	for i, a := range c.args {
		switch {
		// By now the letters of all values are settled, those of NULLs too.
		case a.lambda > 0:
			err = c.lambda(chosen, i)
		case !a.unit:
			resolved[i] = chosen.paramType(i, c.args)
			c.exprs[i], err = convert(c.exprs[i], resolved[i])
		}
		if err != nil {
			return nil, c.fault(i, err)
		}
	}
	typ, err := chosen.result(resolved)
	if err != nil {
		return nil, source.Errorf(c.span, "%s", err)
	}
	return &Call{Function: c.function, Overload: chosen.index, Args: c.exprs, typ: typ}, nil
}

// fault gives the error of an argument its place.
func (c *calling) fault(i int, err error) error {
	if _, ok := errors.AsType[*source.Error](err); ok || c.nodes[i] == nil {
		return err
	}
	return conversion(c.nodes[i], err)
}

// refused is the error of a call that no overload takes.
func (c *calling) refused(err error) error {
	fault := source.Errorf(c.span, "%s", err)
	if overload, ok := errors.AsType[*overloadError](err); ok {
		fault.WithDetail("%s", overload.detail)
	}
	return fault
}

// lambda builds argument i, whose parameters are of the types that the chosen
// overload gives them, and settles the letters that stand for its result.
func (c *calling) lambda(chosen *choice, i int) error {
	node := c.nodes[i].(*ast.Lambda)
	pat := chosen.signature.param(i, len(c.args)).pattern
	first := len(c.variables)
	defer func() { c.variables = c.variables[:first] }()
	built := &Lambda{First: first}
	for j, name := range node.Params {
		if err := c.checkParam(name); err != nil {
			return err
		}
		built.Params = append(built.Params, name.Text)
		typ := pat.elems[j].resolve(nil, chosen.bound)
		c.variables = append(c.variables, Variable{Name: name.Text, Slot: first + j, typ: typ})
	}
	body, err := c.expr(node.Body)
	if err != nil {
		return err
	}
	if !pat.result.admits(body.Type(), chosen.bound, true) {
		return source.Errorf(node.Body.Place(), "Function '%s' needs a lambda that gives %s, but %s is of type %s.",
			c.function.label(), pat.result.resolve(nil, chosen.bound), body, body.Type())
	}
	if built.Body, err = convert(body, pat.result.resolve(body.Type(), chosen.bound)); err != nil {
		return err
	}
	c.exprs[i] = built
	return nil
}

// checkParam refuses a lambda's parameter whose name means something already.
func (b *builder) checkParam(name ast.Name) error {
	_, used := b.find(name.Text)
	if !used && b.env.Scope != nil {
		used = len(b.env.Scope.Find("", name.Text)) > 0
	}
	if used {
		return source.Errorf(name.Span, "Lambda function argument '%s' is already the name of a column or of another argument.", name.Text)
	}
	return nil
}
