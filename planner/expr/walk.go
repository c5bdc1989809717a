package expr

// Children returns the expressions directly inside e.
func Children(e Expr) []Expr {
	places := operands(e)
	if len(places) == 0 {
		return nil
	}
	children := make([]Expr, len(places))
	for i, place := range places {
		children[i] = *place
	}
	return children
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
