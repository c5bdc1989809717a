package conformance

import (
	"context"
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file gives the registry what a case says of its topics' schemas. What a
// CREATE statement makes of its columns, the engine registers by itself.

// registerSchemas registers the schemas that a case lists: first those whose ids it
// gives, then all others; in either group those of topics that a statement creates
// a source over come first, in the order of the statements.
func registerSchemas(ctx context.Context, r *registry.Memory, c *Case) error {
	topics := c.schemaOrder()
	for _, numbered := range []bool{true, false} {
		for _, t := range topics {
			for _, side := range []struct {
				subject string
				spec    SchemaSpec
			}{{t.Name + "-key", t.Key}, {t.Name + "-value", t.Value}} {
				if side.spec.Schema == nil || (side.spec.ID != 0) != numbered {
					continue
				}
				if err := registerSchema(ctx, r, side.subject, side.spec); err != nil {
					return fmt.Errorf("registering the schema of %s: %w", side.subject, err)
				}
			}
		}
	}
	return nil
}

// schemaOrder returns the listed topics, those of CREATE statements first.
func (c *Case) schemaOrder() []TopicSpec {
	var ordered []TopicSpec
	taken := map[string]bool{}
	take := func(name string) {
		i := slices.IndexFunc(c.Topics, func(t TopicSpec) bool { return t.Name == name })
		if i >= 0 && !taken[name] {
			taken[name] = true
			ordered = append(ordered, c.Topics[i])
		}
	}
	for _, s := range c.Statements {
		for _, t := range declared(s) {
			take(t.Name)
		}
	}
	for _, t := range c.Topics {
		take(t.Name)
	}
	return ordered
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
	case "JSON_SR":
		return registry.Schema{Type: registry.JSON, Text: string(appendTree(nil, tree))}
	default:
		return registry.Schema{Type: registry.Avro, Text: string(appendTree(nil, tree))}
	}
}
