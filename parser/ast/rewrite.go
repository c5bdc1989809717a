package ast

import "slices"

// Rewrite returns an expression in which change has replaced nodes: it is
// called for every node, operands first, and returns the node to put there.
// Nodes without a changed operand are kept, others copied; the expression given
// is left as it was.
func Rewrite(e Expr, change func(Expr) Expr) Expr {
	old := operands(e)
	replaced := make([]Expr, len(old))
	same := true
	for i, o := range old {
		replaced[i] = Rewrite(*o, change)
		same = same && replaced[i] == *o
	}
	if !same {
		e = copied(e)
		for i, o := range operands(e) {
			*o = replaced[i]
		}
	}
	return change(e)
}

// Walking and rewriting share one list of what stands in an expression, operands,
// so that a new kind of expression is added to one place, and to copied if it has
// lists.

// operands returns where the expressions right below an expression stand in
// it, in the order of the text.
func operands(e Expr) []*Expr {
	switch e := e.(type) {
	case *Call:
		return places(e.Args)
	case *Lambda:
		return []*Expr{&e.Body}
	case *Cast:
		return []*Expr{&e.Operand}
	case *Array:
		return places(e.Elements)
	case *Map:
		return e.places()
	case *Struct:
		return e.places()
	case *Subscript:
		return []*Expr{&e.Operand, &e.Index}
	case *Field:
		return []*Expr{&e.Operand}
	case *AtTimeZone:
		return []*Expr{&e.Operand, &e.Zone}
	case *Case:
		return e.places()
	case *Unary:
		return []*Expr{&e.Operand}
	case *Binary:
		return []*Expr{&e.Left, &e.Right}
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
	default: // columns and literals
		return nil
	}
}

// places returns pointers to the members of a list.
func places(list []Expr) []*Expr {
	all := make([]*Expr, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// places are keys and values in turn.
func (n *Map) places() []*Expr {
	var all []*Expr
	for i := range n.Entries {
		all = append(all, &n.Entries[i].Key, &n.Entries[i].Value)
	}
	return all
}

// places are the fields' values.
func (n *Struct) places() []*Expr {
	var all []*Expr
	for i := range n.Fields {
		all = append(all, &n.Fields[i].Value)
	}
	return all
}

// places are the operand, conditions and results in turn, and what follows ELSE.
func (n *Case) places() []*Expr {
	var all []*Expr
	if n.Operand != nil {
		all = append(all, &n.Operand)
	}
	for i := range n.Whens {
		all = append(all, &n.Whens[i].Condition, &n.Whens[i].Result)
	}
	if n.Else != nil {
		all = append(all, &n.Else)
	}
	return all
}

// copied returns a copy of an expression that has operands, with lists of its
// own to put new ones in.
func copied(e Expr) Expr {
	switch e := e.(type) {
	case *Call:
		return &Call{e.Span, e.Name, slices.Clone(e.Args), e.Star}
	case *Lambda:
		return clone(e)
	case *Cast:
		return clone(e)
	case *Array:
		return &Array{e.Span, slices.Clone(e.Elements)}
	case *Map:
		return &Map{e.Span, slices.Clone(e.Entries)}
	case *Struct:
		return &Struct{e.Span, slices.Clone(e.Fields)}
	case *Subscript:
		return clone(e)
	case *Field:
		return clone(e)
	case *AtTimeZone:
		return clone(e)
	case *Case:
		return &Case{e.Span, e.Operand, slices.Clone(e.Whens), e.Else}
	case *Unary:
		return clone(e)
	case *Binary:
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
		return &In{e.Span, e.Operand, e.Not, slices.Clone(e.List)}
	case *Between:
		return clone(e)
	case *Like:
		return clone(e)
	default: // columns and literals are never copied
		return e
	}
}

// clone returns a shallow copy.
func clone[T any](n *T) *T {
	c := *n
	return &c
}
