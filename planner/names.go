package planner

import (
	"maps"
	"strconv"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/types"
)

// names makes up names for columns that were given none, as ksqlDB does: a
// field of a STRUCT keeps its name, or gets _1, _2, … where that is taken;
// everything else is KSQL_COL_0, KSQL_COL_1, …. Taken are the names of the
// source's columns and what was made up before.
type names struct {
	taken map[string]bool
	next  int
}

func newNames(schema *types.Schema) *names {
	n := &names{taken: map[string]bool{}}
	for _, name := range schema.Names() {
		n.taken[name] = true
	}
	return n
}

// of returns the name of a column for an expression that was given none: that of a
// plain column, of a field, or one made up.
func (n *names) of(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Column:
		return e.Name.Text
	case *ast.Field:
		return n.ofField(e.Name.Text)
	default:
		return n.ofExpression()
	}
}

// ofField returns the name of a column for a field of a STRUCT.
func (n *names) ofField(field string) string {
	name := field
	for i := 1; n.taken[name]; i++ {
		name = field + "_" + strconv.Itoa(i)
	}
	n.taken[name] = true
	return name
}

// ofExpression returns the next free KSQL_COL_n.
func (n *names) ofExpression() string {
	for {
		name := "KSQL_COL_" + strconv.Itoa(n.next)
		n.next++
		if !n.taken[name] {
			n.taken[name] = true
			return name
		}
	}
}

// ahead returns names that can be asked without anything being taken here.
func (n *names) ahead() *names { return &names{taken: maps.Clone(n.taken), next: n.next} }
