package plan

import (
	"strings"

	"github.com/ksqlite/ksqlite/planner/expr"
)

// Lookup says which rows of its table a pull query reads.
type Lookup struct {
	// Keys are the keys of these rows: an expression for each key column, which reads no
	// column itself. Nil reads all rows, which is a table scan.
	Keys [][]expr.Expr
}

// String returns the keys, or that it is a scan.
func (l *Lookup) String() string {
	if l.Keys == nil {
		return "scan=table"
	}
	keys := make([]string, len(l.Keys))
	for i, key := range l.Keys {
		parts := make([]string, len(key))
		for j, e := range key {
			parts[j] = e.String()
		}
		keys[i] = strings.Join(parts, ", ")
	}
	return "keys=(" + strings.Join(keys, "), (") + ")"
}
