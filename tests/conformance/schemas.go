package conformance

import (
	"context"
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// This file gives the registry what it holds before the statements of a case: the
// schemas that the case lists, and those that the columns of its CREATE statements
// make.

// subject is one side of a topic, whose schema is to be registered.
type subject struct {
	name   string
	listed SchemaSpec
	// columns are those of a statement, where the case lists no schema.
	columns serde.Spec
}

// registerSchemas registers the schemas of a case: first those whose ids it gives,
// then all others. In either group those of topics that a statement creates a source
// over come first, in the order of the statements, and of each topic that of the key.
func registerSchemas(ctx context.Context, e *sqltest.Engine, c *Case) error {
	subjects := c.subjects(e.Planner())
	for _, s := range subjects {
		if s.listed.Schema == nil || s.listed.ID == 0 {
			continue
		}
		if err := registerSchema(ctx, e.Registry(), s.name, s.listed); err != nil {
			return fmt.Errorf("registering the schema of %s: %w", s.name, err)
		}
	}
	for _, s := range subjects {
		var err error
		switch {
		case s.listed.Schema == nil:
			err = e.Formats().Register(ctx, s.columns, false)
		case s.listed.ID == 0:
			err = registerSchema(ctx, e.Registry(), s.name, s.listed)
		}
		if err != nil {
			return fmt.Errorf("registering the schema of %s: %w", s.name, err)
		}
	}
	return nil
}

// subjects returns the subjects of a case in their order.
func (c *Case) subjects(p *planner.Planner) []subject {
	var all []subject
	taken := map[string]bool{}
	add := func(topic string, columns *catalog.Source) {
		if taken[topic] {
			return
		}
		taken[topic] = true
		key, value := subject{name: topic + "-key"}, subject{name: topic + "-value"}
		if i := slices.IndexFunc(c.Topics, func(t TopicSpec) bool { return t.Name == topic }); i >= 0 {
			key.listed, value.listed = c.Topics[i].Key, c.Topics[i].Value
		}
		if s := columns; s != nil {
			key.columns = serde.Spec{Format: s.Key, Side: catalog.KeySide, Topic: s.Topic, Columns: s.Schema.Key}
			value.columns = serde.Spec{Format: s.Value, Side: catalog.ValueSide, Topic: s.Topic, Columns: s.Schema.Value}
		}
		all = append(all, key, value)
	}
	for _, s := range c.Statements {
		for _, source := range planned(p, s) {
			add(source.Topic, source)
		}
		for _, t := range declared(s) {
			add(t.Name, nil)
		}
	}
	for _, t := range c.Topics {
		add(t.Name, nil)
	}
	return all
}

// planned returns the sources that the statements of a text declare with columns,
// and adds the types that they create to the planner's catalog. What cannot be
// planned is passed over: it will fail when it is executed.
func planned(p *planner.Planner, text string) (all []*catalog.Source) {
	statements, err := parser.Parse(text)
	if err != nil {
		return nil
	}
	for _, s := range statements {
		switch n := s.Statement.(type) {
		case *ast.CreateType:
			if typ, err := p.Type(n); err == nil {
				p.Catalog = p.Catalog.WithType(n.Name.Text, typ)
			}
		case *ast.CreateSource:
			if creation, err := p.Create(n); err == nil && len(n.Columns) > 0 {
				all = append(all, creation.Source)
			}
		default:
		}
	}
	return all
}

// registerSchema registers one schema, and before it those that it refers to.
func registerSchema(ctx context.Context, r *registry.Memory, subject string, spec SchemaSpec) error {
	schema := schemaOf(spec.Format, spec.Schema)
	for _, ref := range spec.References {
		if _, err := r.Register(ctx, ref.Name, schemaOf(ref.Format, ref.Schema)); err != nil {
			return err
		}
		schema.References = append(schema.References, registry.Reference{Name: ref.Name, Subject: ref.Name, Version: 1})
	}
	if spec.ID != 0 {
		return r.RegisterAs(ctx, subject, spec.ID, schema)
	}
	_, err := r.Register(ctx, subject, schema)
	return err
}

// schemaOf returns a schema of a format: JSON, or for Protobuf a text of its own.
func schemaOf(format string, tree any) registry.Schema {
	switch format {
	case "PROTOBUF":
		return registry.Schema{Type: registry.Protobuf, Text: textOf(tree)}
	case "JSON_SR", "JSON":
		return registry.Schema{Type: registry.JSON, Text: string(appendTree(nil, tree))}
	default:
		return registry.Schema{Type: registry.Avro, Text: string(appendTree(nil, tree))}
	}
}
