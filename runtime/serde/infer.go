package serde

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file is what statements do with a schema registry: they find the columns
// that a schema describes, and let the registry know the schema of their columns.

var _ catalog.Schemas = (*Formats)(nil)

// Infer returns the columns that a schema describes, as [catalog.Schemas] says it.
func (fs *Formats) Infer(ctx context.Context, f catalog.Format, side catalog.Side, topic string) ([]types.Column, error) {
	format := fs.find(f.Name)
	if format == nil || format.Infer == nil {
		return nil, fmt.Errorf("the format %s has no schemas", f.Name)
	}
	schema, err := fs.schemas.find(ctx, format, f.SchemaID, side, topic)
	if err != nil {
		return nil, err
	}
	t, _, err := format.Infer(ctx, &fs.schemas, schema, f.FullName)
	if err != nil {
		return nil, fmt.Errorf("Unable to verify if the schema for topic %s is compatible with ksqlDB.\nReason: %w", topic, err)
	}
	if f.SchemaID == 0 {
		t = upperCased(t)
	}
	if f.Unwrapped {
		return []types.Column{{Name: loneName(side), Type: t}}, nil
	}
	if t.Kind() != types.KindStruct {
		return nil, fmt.Errorf("The schema of topic %s is not a record, but %s. WRAP_SINGLE_VALUE=false reads it as one column.", topic, t)
	}
	columns := make([]types.Column, len(t.Fields()))
	for i, field := range t.Fields() {
		columns[i] = types.Column{Name: field.Name, Type: field.Type}
	}
	return columns, nil
}

// Registered returns the format of the latest schema that the registry has for one side of
// a topic; empty if it has none, or there is no registry.
func (fs *Formats) Registered(ctx context.Context, side catalog.Side, topic string) (format string, err error) {
	if fs.schemas.registry == nil {
		return "", nil
	}
	latest, err := fs.schemas.registry.Latest(ctx, subject(topic, side))
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("Schema registry fetch for topic %s request failed.\nReason: %w", side, err)
	}
	if format = fs.formatOf(latest.Schema); format == "" {
		return "", fmt.Errorf("the schema of topic %s is of type %s, which no format has", topic, latest.Schema.Type)
	}
	return format, nil
}

// formatOf returns the format whose records have such a schema, empty for none.
func (fs *Formats) formatOf(s registry.Schema) string {
	for _, f := range fs.list {
		if f.Infer != nil && f.Schema(Spec{}).Type == s.Type {
			return f.Name
		}
	}
	return ""
}

// OfSchema returns the format of the records that name the schema of that id; empty if no format has such schemas.
func (fs *Formats) OfSchema(ctx context.Context, id int) (format string, err error) {
	if err := fs.schemas.check(); err != nil {
		return "", err
	}
	schema, err := fs.schemas.registry.Schema(ctx, id)
	if err != nil {
		return "", err
	}
	return fs.formatOf(schema), nil
}

// loneName is the name of a column that no field gives one.
func loneName(side catalog.Side) string {
	if side == catalog.KeySide {
		return "ROWKEY"
	}
	return "ROWVAL"
}

// find returns the schema of an id, or with id 0 the latest of the topic.
func (s *schemas) find(ctx context.Context, format *Format, id int, side catalog.Side, topic string) (registry.Schema, error) {
	if err := s.check(); err != nil {
		return registry.Schema{}, err
	}
	want := format.Schema(Spec{}).Type
	if id != 0 {
		schema, err := s.byID(ctx, id, want)
		if errors.Is(err, registry.ErrNotFound) {
			return schema, missingSchema(topic, side, fmt.Sprintf(" with schema id '%d'", id))
		}
		return schema, err
	}
	latest, err := s.registry.Latest(ctx, subject(topic, side))
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return registry.Schema{}, missingSchema(topic, side, "")
	case err != nil:
		return registry.Schema{}, fmt.Errorf("Schema registry fetch for topic %s request failed.\nReason: %w", side, err)
	case latest.Schema.Type != want:
		return registry.Schema{}, fmt.Errorf("%s schema of topic %s is not compatible with %s format: it is of type %s",
			strings.ToUpper(side.String()[:1])+side.String()[1:], topic, format.Name, latest.Schema.Type)
	}
	return latest.Schema, nil
}

// missingSchema is ksqlDB's message for a topic that the registry does not know.
func missingSchema(topic string, side catalog.Side, id string) error {
	return fmt.Errorf("Schema for message %[2]ss on topic '%[1]s'%[3]s does not exist in the Schema Registry.\n"+
		"Possible causes include:\n"+
		"- The topic itself does not exist\n\t-> Use SHOW TOPICS; to check\n"+
		"- Messages on the topic are not serialized using a format Schema Registry supports\n\t-> Use PRINT '%[1]s' FROM BEGINNING; to verify\n"+
		"- Messages on the topic have not been serialized using a Confluent Schema Registry supported serializer\n"+
		"- The schema is registered on a different instance of the Schema Registry\n"+
		"- You do not have permissions to access the Schema Registry", topic, side, id)
}

// upperCased returns the type with the names of all its fields in upper case.
func upperCased(t *types.Type) *types.Type {
	switch t.Kind() {
	case types.KindArray:
		return types.ArrayOf(upperCased(t.Elem()))
	case types.KindMap:
		return types.MapOf(t.Key(), upperCased(t.Elem()))
	case types.KindStruct:
		fields := make([]types.Field, len(t.Fields()))
		for i, f := range t.Fields() {
			fields[i] = types.Field{Name: strings.ToUpper(f.Name), Type: upperCased(f.Type)}
		}
		return types.StructOf(fields...)
	}
	return t
}

// Register lets the registry know the schema that an encoder of the spec writes
// with. Where there is one already for the topic, it is only replaced if again is
// true. Formats without a registry, and sides without columns, have nothing to register.
func (fs *Formats) Register(ctx context.Context, spec Spec, again bool) error {
	format := fs.find(spec.Format.Name)
	if format == nil || format.Schema == nil || spec.Format.SchemaID != 0 || len(spec.fields()) == 0 {
		return nil
	}
	if err := fs.schemas.check(); err != nil {
		return err
	}
	name := subject(spec.Topic, spec.Side)
	if !again {
		_, err := fs.schemas.registry.Latest(ctx, name)
		if !errors.Is(err, registry.ErrNotFound) {
			return err
		}
	}
	if _, err := fs.schemas.register(ctx, name, format.Schema(spec)); err != nil {
		return fmt.Errorf("Could not register schema for topic: %w", err)
	}
	return nil
}

// Forget deletes what the registry has for one side of a topic, if the format of that
// side has schemas. That there is nothing is no fault.
func (fs *Formats) Forget(ctx context.Context, f catalog.Format, side catalog.Side, topic string) error {
	format := fs.find(f.Name)
	if format == nil || format.Schema == nil || fs.schemas.registry == nil {
		return nil
	}
	if err := fs.schemas.registry.Delete(ctx, subject(topic, side)); !errors.Is(err, registry.ErrNotFound) {
		return err
	}
	return nil
}
