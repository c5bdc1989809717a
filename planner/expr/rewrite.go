package expr

import "slices"

// Rewrite returns an expression in which change has replaced nodes: it is called
// for every node, outer before inner, and returns what to put there and true, or
// false to go on inside. What is put there is not looked into. Nodes without a
// changed operand are kept, others copied; the expression given is left as it was.
func Rewrite(e Expr, change func(Expr) (Expr, bool)) Expr {
	if changed, ok := change(e); ok {
		return changed
	}
	old := operands(e)
	replaced := make([]Expr, len(old))
	same := true
	for i, o := range old {
		replaced[i] = Rewrite(*o, change)
		same = same && replaced[i] == *o
	}
	if same {
		return e
	}
	e = copied(e)
	for i, o := range operands(e) {
		*o = replaced[i]
	}
	return e
}

// Walking and rewriting share one list of what stands in an expression, operands,
// so that a new kind of expression is added to one place, and to copied.

// operands returns where the expressions right below an expression stand in it, in
// the order in which they are written.
func operands(e Expr) []*Expr {
	switch e := e.(type) {
	case *Arithmetic:
		return []*Expr{&e.Left, &e.Right}
	case *Negate:
		return []*Expr{&e.Operand}
	case *Comparison:
		return []*Expr{&e.Left, &e.Right}
	case *Logical:
		return []*Expr{&e.Left, &e.Right}
	case *Not:
		return []*Expr{&e.Operand}
	case *IsNull:
		return []*Expr{&e.Operand}
	case *In:
		return append([]*Expr{&e.Operand}, places(e.List)...)
	case *Between:
		return []*Expr{&e.Operand, &e.Low, &e.High}
	case *Like:
		return []*Expr{&e.Operand, &e.Pattern}
	case *Case:
		return e.places()
	case *Cast:
		return []*Expr{&e.Operand}
	case *Call:
		return places(e.Args)
	case *Lambda:
		return []*Expr{&e.Body}
	case *Subscript:
		return []*Expr{&e.Operand, &e.Index}
	case *Field:
		return []*Expr{&e.Operand}
	case *Array:
		return places(e.Elements)
	case *Map:
		return append(places(e.Keys), places(e.Values)...)
	case *Struct:
		return places(e.Values)
	case *Literal, *Column, *Variable:
	}
	return nil
}

// places returns pointers to the members of a list.
func places(list []Expr) []*Expr {
	all := make([]*Expr, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// places are conditions and results in turn, and what follows ELSE.
func (e *Case) places() []*Expr {
	var all []*Expr
	for i := range e.Whens {
		all = append(all, &e.Whens[i].Condition, &e.Whens[i].Result)
	}
	if e.Else != nil {
		all = append(all, &e.Else)
	}
	return all
}

// copied returns a copy of an expression that has operands, with lists of its own
// to put new ones in.
func copied(e Expr) Expr {
	switch e := e.(type) {
	case *Arithmetic:
		return clone(e)
	case *Negate:
		return clone(e)
	case *Comparison:
		return clone(e)
	case *Logical:
		return clone(e)
	case *Not:
		return clone(e)
	case *IsNull:
		return clone(e)
	case *In:
		return &In{Operand: e.Operand, List: slices.Clone(e.List), Not: e.Not}
	case *Between:
		return clone(e)
	case *Like:
		return clone(e)
	case *Case:
		return &Case{Whens: slices.Clone(e.Whens), Else: e.Else, typ: e.typ}
	case *Cast:
		return clone(e)
	case *Call:
		return &Call{Function: e.Function, Overload: e.Overload, Args: slices.Clone(e.Args), Plus: e.Plus, typ: e.typ}
	case *Lambda:
		return clone(e)
	case *Subscript:
		return clone(e)
	case *Field:
		return clone(e)
	case *Array:
		return &Array{Elements: slices.Clone(e.Elements), typ: e.typ}
	case *Map:
		return &Map{Keys: slices.Clone(e.Keys), Values: slices.Clone(e.Values), typ: e.typ}
	case *Struct:
		return &Struct{Values: slices.Clone(e.Values), typ: e.typ}
	case *Literal, *Column, *Variable: // never copied
	}
	return e
}

// clone returns a shallow copy.
func clone[T any](e *T) *T {
	c := *e
	return &c
}
