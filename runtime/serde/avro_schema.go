package serde

import (
	"context"
	"fmt"
	"strings"

	"github.com/twmb/avro"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file holds what is known of an Avro schema.

// avroType is a type of a schema. One that lies in itself points at itself.
type avroType struct {
	kind      string // as Avro writes it: int, record, union …
	logical   string
	name      string // full name
	fields    []avroField
	elem      *avroType // of an array or a map
	branches  []*avroType
	symbols   []string
	size      int // of a fixed
	precision int // of a decimal, 0 if it is not known
	scale     int
	entry     bool // an array of such records is a map
}

type avroField struct {
	name string
	*avroType
	fallback any // the default, as twmb/avro has it; nil where there is none, too
}

// parseAvro reads the text of a schema. Names may be such as Avro does not allow,
// as long as they are there.
func (s *schemas) parseAvro(ctx context.Context, schema registry.Schema) (*avroType, error) {
	var cache avro.SchemaCache
	if err := s.references(ctx, schema, func(_ string, r registry.Schema) error {
		_, err := cache.Parse(r.Text, avro.WithLaxNames(nil))
		return err
	}); err != nil {
		return nil, err
	}
	parsed, err := cache.Parse(schema.Text, avro.WithLaxNames(nil))
	if err != nil {
		return nil, fmt.Errorf("reading an Avro schema: %w", err)
	}
	names := avroNames{}
	return names.resolve(parsed.Root().ExpandReferences(), ""), nil
}

// avroNames are the named types that have been met.
type avroNames map[string]*avroType

// resolve turns the tree of a schema into types that point at each other.
func (n avroNames) resolve(node *avro.SchemaNode, namespace string) *avroType {
	for _, name := range []string{node.Type, namespace + "." + node.Type} {
		if t, ok := n[name]; ok {
			return t
		}
	}
	t := &avroType{
		kind: node.Type, logical: node.LogicalType, symbols: node.Symbols, size: node.Size,
		precision: node.Precision, scale: node.Scale, entry: node.Props["connect.internal.type"] == "MapEntry",
	}
	if t.kind == "error" {
		t.kind = "record"
	}
	if node.Name != "" && (t.kind == "record" || t.kind == "enum" || t.kind == "fixed") {
		namespace = node.Namespace
		t.name = node.Name
		if namespace != "" && !strings.Contains(t.name, ".") {
			t.name = namespace + "." + t.name
		}
		n[t.name] = t
	}
	for i := range node.Fields {
		f := &node.Fields[i]
		t.fields = append(t.fields, avroField{
			name: f.Name, avroType: n.resolve(&f.Type, namespace), fallback: f.Default,
		})
	}
	for i := range node.Branches {
		t.branches = append(t.branches, n.resolve(&node.Branches[i], namespace))
	}
	if node.Items != nil {
		t.elem = n.resolve(node.Items, namespace)
	}
	if node.Values != nil {
		t.elem = n.resolve(node.Values, namespace)
	}
	return t
}

// nullable returns the one type besides null of a union that is made to be NULL,
// or else the type itself.
func (t *avroType) nullable() *avroType {
	if t.kind != "union" {
		return t
	}
	var only *avroType
	for _, b := range t.branches {
		if b.kind == "null" {
			continue
		}
		if only != nil {
			return t
		}
		only = b
	}
	if only == nil {
		return t
	}
	return only
}

// member is the name that a branch of a union has as the field of a STRUCT.
func (t *avroType) member() string {
	if t.name != "" {
		return t.name[strings.LastIndexByte(t.name, '.')+1:]
	}
	return t.kind
}

// find returns the index of the field that a column takes: the one of exactly its
// name, or else the last whose name is its own in upper case; -1 if there is none.
func (t *avroType) find(column string) int {
	own, found := avroIdentifier(column), -1
	for i, f := range t.fields {
		if f.name == column || f.name == own {
			return i
		}
		if strings.ToUpper(f.name) == column {
			found = i
		}
	}
	return found
}

// avroIdentifier is a column's name as that of a field.
func avroIdentifier(name string) string { return strings.ReplaceAll(name, ".", "_") }
