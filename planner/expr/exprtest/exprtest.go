// Package exprtest helps tests to write schemas and read expressions as text.
package exprtest

import (
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Schema returns the schema of columns as CREATE STREAM has them: ID INT KEY, NAME STRING.
func Schema(columns string) (*types.Schema, error) {
	parsed, err := parser.Parse("CREATE STREAM S (" + columns + ") WITH (KAFKA_TOPIC='t');")
	if err != nil {
		return nil, err
	}
	schema := &types.Schema{}
	for _, def := range parsed[0].Statement.(*ast.CreateSource).Columns {
		typ, err := expr.ResolveType(def.Type, nil)
		if err != nil {
			return nil, err
		}
		column := types.Column{Name: def.Name.Text, Type: typ}
		if def.Role == ast.KeyColumn {
			schema.Key = append(schema.Key, column)
		} else {
			schema.Value = append(schema.Value, column)
		}
	}
	return schema, nil
}

// Tree returns an expression as an indented tree with the type of every node.
func Tree(e expr.Expr) string {
	var b strings.Builder
	write(&b, e, 0)
	return b.String()
}

func write(b *strings.Builder, e expr.Expr, depth int) {
	name := strings.TrimPrefix(fmt.Sprintf("%T", e), "*expr.")
	fmt.Fprintf(b, "%s%s%s: %s\n", strings.Repeat("  ", depth), name, detail(e), e.Type())
	for _, child := range expr.Children(e) {
		write(b, child, depth+1)
	}
}

// detail returns what tells a node from others of its kind.
func detail(e expr.Expr) string {
	switch e := e.(type) {
	case *expr.Literal:
		return " " + e.String()
	case *expr.Column:
		place := map[types.Place]string{types.InKey: "key", types.InValue: "value", types.InPseudo: "pseudo"}[e.Ref.Place]
		return fmt.Sprintf(" %s (%s %d)", e, place, e.Ref.Index)
	case *expr.Arithmetic:
		return " " + string(e.Op)
	case *expr.Comparison:
		return " " + string(e.Op)
	case *expr.Logical:
		return " " + string(e.Op)
	case *expr.Cast:
		if e.Implicit {
			return " implicit"
		}
	case *expr.Call:
		return fmt.Sprintf(" %s%s", e.Function.Name, e.Function.Overloads[e.Overload])
	case *expr.Lambda:
		return fmt.Sprintf(" (%s) from slot %d", strings.Join(e.Params, ", "), e.First)
	case *expr.Variable:
		return fmt.Sprintf(" %s (slot %d)", e, e.Slot)
	default:
	}
	return ""
}
