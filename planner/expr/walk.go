package expr

// Children returns the expressions directly inside e.
func Children(e Expr) []Expr {
	switch e := e.(type) {
	case *Arithmetic:
		return []Expr{e.Left, e.Right}
	case *Negate:
		return []Expr{e.Operand}
	case *Comparison:
		return []Expr{e.Left, e.Right}
	case *Logical:
		return []Expr{e.Left, e.Right}
	case *Not:
		return []Expr{e.Operand}
	case *IsNull:
		return []Expr{e.Operand}
	case *In:
		return append([]Expr{e.Operand}, e.List...)
	case *Between:
		return []Expr{e.Operand, e.Low, e.High}
	case *Like:
		return []Expr{e.Operand, e.Pattern}
	case *Case:
		return e.children()
	case *Cast:
		return []Expr{e.Operand}
	case *Call:
		return e.Args
	case *Lambda:
		return []Expr{e.Body}
	case *Subscript:
		return []Expr{e.Operand, e.Index}
	case *Field:
		return []Expr{e.Operand}
	case *Array:
		return e.Elements
	case *Map:
		return append(append([]Expr{}, e.Keys...), e.Values...)
	case *Struct:
		return e.Values
	case *Literal, *Column, *Variable:
	}
	return nil
}

// children returns conditions and results in the order written.
func (e *Case) children() []Expr {
	var all []Expr
	for _, w := range e.Whens {
		all = append(all, w.Condition, w.Result)
	}
	if e.Else != nil {
		all = append(all, e.Else)
	}
	return all
}

// Walk visits e and, where visit returns true, what is inside it, outer before inner.
func Walk(e Expr, visit func(Expr) bool) {
	if !visit(e) {
		return
	}
	for _, child := range Children(e) {
		Walk(child, visit)
	}
}

// Columns returns the columns that any of the expressions reads, each once and
// in the order of their first use.
func Columns(exprs ...Expr) []*Column {
	var columns []*Column
	seen := map[Column]bool{}
	for _, e := range exprs {
		Walk(e, func(e Expr) bool {
			if c, ok := e.(*Column); ok && !seen[*c] {
				seen[*c] = true
				columns = append(columns, c)
			}
			return true
		})
	}
	return columns
}

// Constant reports whether the expression has the same value for every record:
// it reads no column and no variable and calls no function.
func Constant(e Expr) bool {
	constant := true
	Walk(e, func(e Expr) bool {
		switch e.(type) {
		case *Column, *Variable, *Call:
			constant = false
		default: // as constant as its parts
		}
		return constant
	})
	return constant
}
