package planner

import (
	"context"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
)

// CheckSchemas checks that the result of a query can be written with the schemas
// whose ids the statement names: the columns are the first of those that a schema
// describes, in its order.
func (p *Planner) CheckSchemas(ctx context.Context, schemas catalog.Schemas, s *ast.CreateSourceAs, sink *catalog.Source) error {
	for _, side := range []struct {
		catalog.Side
		format  catalog.Format
		columns []types.Column
		role    string
	}{
		{catalog.KeySide, sink.Key, sink.Schema.Key, " KEY"},
		{catalog.ValueSide, sink.Value, sink.Bare(catalog.ValueSide), ""},
	} {
		if side.format.SchemaID == 0 || len(side.columns) == 0 {
			continue
		}
		described, err := schemas.Infer(ctx, side.format, side.Side, sink.Topic)
		if err != nil {
			return source.Errorf(s.Span, "%s", err)
		}
		if wrong := misplaced(side.columns, described, side.format.Unwrapped); len(wrong) > 0 {
			return source.Errorf(s.Span, "The following %s columns are changed, missing or reordered: %s. Schema from schema registry is %s",
				side.Side, listed(wrong, side.role), listed(described, side.role))
		}
	}
	return nil
}

// misplaced returns the columns that are not what the schema has in their place.
// Lone values have no name there.
func misplaced(columns, described []types.Column, lone bool) []types.Column {
	var wrong []types.Column
	for i, c := range columns {
		if i >= len(described) || !lone && c.Name != described[i].Name || !c.Type.Equal(described[i].Type) {
			wrong = append(wrong, c)
		}
	}
	return wrong
}

func listed(columns []types.Column, role string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = ast.Quote(c.Name) + " " + c.Type.String() + role
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
