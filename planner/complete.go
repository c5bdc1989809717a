package planner

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file adds to a CREATE the columns that it leaves to a schema registry, or to
// what the records of its topic look like. The completed statement is what is planned, and
// what is written down: a catalog that is built again must not depend on what a registry
// says, or a topic holds, by then.

// Complete returns the statement with the columns of key and value that it does not
// list, if they are in a format with a schema registry or in one that records tell. It
// returns s itself if there is nothing to add.
//
// A statement with columns but none for the value is whole in ksqlDB. So where records tell
// nothing, it stays as it is; and the columns that it lists keep their names.
func (p *Planner) Complete(
	ctx context.Context, schemas catalog.Schemas, samples catalog.Samples, s *ast.CreateSource,
) (*ast.CreateSource, error) {
	with, err := config.Read(s.With, config.Create, s.Span)
	if err != nil {
		return nil, err
	}
	key := completion{
		side: catalog.KeySide, asked: with.Key(), standard: config.DefaultKeyFormat, property: "KEY",
		schema: schemaSettings{with.KeySchemaID, with.KeySchemaFullName, with.KeyProtobufNullable}, declared: declares(s, isKey),
	}
	value := completion{
		side: catalog.ValueSide, asked: with.Value(), standard: config.DefaultValueFormat, property: "VALUE",
		schema: schemaSettings{with.ValueSchemaID, with.ValueSchemaFullName, with.ValueProtobufNullable}, declared: declares(s, isValue),
		bare: with.WrapSingleValue.Set && !with.WrapSingleValue.Value,
	}
	completed := *s
	completed.Columns = slices.Clone(s.Columns)
	found := false // in records: then keys are looked for there too
	for _, c := range []completion{value, key} {
		columns, err := p.infer(ctx, schemas, &c, with)
		if err == nil && p.sampled(&c, with) && (c.side == catalog.ValueSide || found) {
			columns, err = p.sample(ctx, samples, &c, with, &completed)
			found = len(columns) > 0
		}
		if err != nil {
			return nil, err
		}
		defs := definitions(columns, c.role(s.Kind), s.Name.Span)
		if c.side == catalog.KeySide {
			completed.Columns = append(defs, completed.Columns...)
		} else {
			completed.Columns = append(completed.Columns, defs...)
		}
	}
	if len(completed.Columns) == len(s.Columns) {
		return s, nil
	}
	return &completed, nil
}

// completion is what a statement says about the columns of one side.
type completion struct {
	side     catalog.Side
	asked    config.Setting[string] // the format
	standard string                 // the property with the default format
	property string                 // how the names of the side's properties begin
	schema   schemaSettings
	declared bool // there are columns of that side
	bare     bool // a lone value without a record around it
}

func (c *completion) role(kind ast.Kind) ast.ColumnRole {
	switch {
	case c.side == catalog.ValueSide:
		return ast.ValueColumn
	case kind == ast.Table:
		return ast.PrimaryKeyColumn
	}
	return ast.KeyColumn
}

func isKey(r ast.ColumnRole) bool   { return r == ast.KeyColumn || r == ast.PrimaryKeyColumn }
func isValue(r ast.ColumnRole) bool { return r == ast.ValueColumn }

func declares(s *ast.CreateSource, role func(ast.ColumnRole) bool) bool {
	return slices.ContainsFunc(s.Columns, func(c ast.ColumnDef) bool { return role(c.Role) })
}

// format returns the format of a side and what it can do.
func (p *Planner) format(c *completion) (name string, features catalog.Feature) {
	name = c.asked.Value
	if !c.asked.Set {
		name = p.Properties.String(c.standard)
	}
	features, _ = p.Formats.Features(name)
	return name, features
}

// infer returns the columns that one side has to get from a schema registry.
func (p *Planner) infer(ctx context.Context, schemas catalog.Schemas, c *completion, with *config.SourceProperties) ([]types.Column, error) {
	topic, pattern := with.KafkaTopic, with.KafkaTopicPattern
	name, features := p.format(c)
	if c.schema.id.Set {
		switch id := c.schema.id; {
		case !features.Has(catalog.SchemaInference):
			return nil, source.Errorf(id.Span, "%[1]s_FORMAT should support schema inference when %[1]s_SCHEMA_ID is provided. "+
				"Current format is %[2]s.", c.property, name)
		case c.declared:
			return nil, source.Errorf(id.Span, "Table elements and %s_SCHEMA_ID cannot both exist for create statement.", c.property)
		}
	}
	if c.declared || !features.Has(catalog.SchemaInference) {
		return nil, nil
	}
	if pattern.Set && !c.schema.id.Set {
		if c.side == catalog.KeySide {
			return nil, nil
		}
		return nil, source.Errorf(pattern.Span, "The topics of a pattern have no common schema. List the columns, or name VALUE_SCHEMA_ID.")
	}
	f := catalog.Format{Name: name, Unwrapped: c.bare || c.side == catalog.KeySide && features.Has(catalog.UnwrapSingles)}
	if err := p.describeSchema(&f, c.schema); err != nil {
		return nil, err
	}
	columns, err := schemas.Infer(ctx, f, c.side, topic.Value)
	if err != nil {
		return nil, source.Errorf(topic.Span, "%s", err)
	}
	return columns, nil
}

// sampled reports whether the columns of a side can be found by looking at records. Windowed
// keys have to be declared, and so have all columns beside them.
func (p *Planner) sampled(c *completion, with *config.SourceProperties) bool {
	feature := catalog.SampledValues
	if c.side == catalog.KeySide {
		feature = catalog.SampledKeys
	}
	_, features := p.format(c)
	return !c.declared && features.Has(feature) && !with.KafkaTopicPattern.Set && !with.WindowType.Set
}

// sample returns the columns that records tell of one side, besides those that have the
// names of the others. What is wrong with the formats goes before that records tell nothing.
func (p *Planner) sample(
	ctx context.Context, samples catalog.Samples, c *completion, with *config.SourceProperties, s *ast.CreateSource,
) ([]types.Column, error) {
	formats := &catalog.Source{Name: s.Name.Text, Schema: &types.Schema{}}
	if err := p.formats(place{s.Span, s.Name.Span}, formats, with); err != nil {
		return nil, err
	}
	name, _ := p.format(c)
	columns, err := samples.Sample(ctx, catalog.Format{Name: name, Unwrapped: c.bare}, c.side, with.KafkaTopic.Value)
	if reason, ok := errors.AsType[catalog.NoColumnsError](err); ok {
		if len(s.Columns) > 0 {
			return nil, nil
		}
		return nil, source.Errorf(with.KafkaTopic.Span, "No columns supplied. %s", reason)
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(columns, func(col types.Column) bool {
		return slices.ContainsFunc(s.Columns, func(def ast.ColumnDef) bool { return def.Name.Text == col.Name })
	}), nil
}

// definitions declares columns. They stand nowhere in the statement: faults in them
// are shown at place.
func definitions(columns []types.Column, role ast.ColumnRole, place source.Span) []ast.ColumnDef {
	defs := make([]ast.ColumnDef, len(columns))
	for i, c := range columns {
		defs[i] = ast.ColumnDef{
			Span: place, Name: ast.Name{Span: place, Text: c.Name}, Type: definition(c.Type, place), Role: role,
		}
	}
	return defs
}

// definition writes a type as a statement does.
func definition(t *types.Type, place source.Span) *ast.Type {
	written := &ast.Type{Span: place, Form: ast.NamedType}
	switch t.Kind() {
	case types.KindArray:
		written.Form, written.Elements = ast.ArrayType, []*ast.Type{definition(t.Elem(), place)}
	case types.KindMap:
		written.Form, written.Elements = ast.MapType, []*ast.Type{definition(t.Key(), place), definition(t.Elem(), place)}
	case types.KindStruct:
		written.Form = ast.StructType
		for _, f := range t.Fields() {
			written.Fields = append(written.Fields, ast.FieldDef{
				Span: place, Name: ast.Name{Span: place, Text: f.Name}, Type: definition(f.Type, place),
			})
		}
	default:
		written.Name = ast.Name{Span: place, Text: t.Kind().String()}
		if t.Kind() == types.KindDecimal {
			written.Params = []string{strconv.Itoa(t.Precision()), strconv.Itoa(t.Scale())}
		}
	}
	return written
}
