package serde

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file finds the columns that a JSON Schema describes.

// jsonSchemaNode is what counts of a JSON Schema.
type jsonSchemaNode struct {
	Type       jsonTypeNames              `json:"type"`
	Title      string                     `json:"title"`
	Ref        string                     `json:"$ref"`
	OneOf      []*jsonSchemaNode          `json:"oneOf"`
	AnyOf      []*jsonSchemaNode          `json:"anyOf"`
	AllOf      []*jsonSchemaNode          `json:"allOf"`
	Properties map[string]*jsonSchemaNode `json:"properties"`
	Others     json.RawMessage            `json:"additionalProperties"` // true, false or a schema
	Items      json.RawMessage            `json:"items"`                // a schema, or a list of some

	ConnectType string            `json:"connect.type"`
	Index       *int              `json:"connect.index"`
	Parameters  map[string]string `json:"connect.parameters"`
	Enum        []any             `json:"enum"`
	Required    []string          `json:"required"`
	Default     json.RawMessage   `json:"default"`

	Definitions map[string]*jsonSchemaNode `json:"definitions"`
	Defs        map[string]*jsonSchemaNode `json:"$defs"`
}

// jsonTypeNames is one name of a type, or a list of names.
type jsonTypeNames []string

// UnmarshalJSON reads a text or a list of texts.
func (n *jsonTypeNames) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*n = []string{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(n))
}

// inferJSON returns the type that ksqlDB gives a JSON Schema. It has no full name.
func inferJSON(_ context.Context, _ *schemas, schema registry.Schema, _ string) (t *types.Type, name string, err error) {
	var root jsonSchemaNode
	if err := json.Unmarshal([]byte(schema.Text), &root); err != nil {
		return nil, "", fmt.Errorf("reading a JSON Schema: %w", err)
	}
	i := jsonInference{root: &root}
	t, err = i.typeOf(&root)
	if err == nil && t == nil {
		err = errors.New("the JSON Schema is of a type that ksqlDB does not have")
	}
	return t, root.Title, err
}

// jsonInference holds the schema, and how deep in it the current type lies.
type jsonInference struct {
	root  *jsonSchemaNode
	depth int
}

// typeOf returns the type of a column, nil if there is none for it.
func (i *jsonInference) typeOf(n *jsonSchemaNode) (*types.Type, error) {
	const deepest = 100
	if i.depth++; i.depth > deepest {
		return nil, errors.New("the JSON Schema is recursive, which is not supported")
	}
	defer func() { i.depth-- }()
	n = i.resolve(n)
	if n == nil {
		return nil, nil
	}
	switch n.kind() {
	case "boolean":
		return types.Boolean, nil
	case "integer":
		return n.integer(), nil
	case "number":
		return n.number(), nil
	case "string":
		if n.ConnectType == "bytes" {
			return types.Bytes, nil
		}
		return types.String, nil
	case "array":
		return i.list(n)
	case "object":
		return i.object(n)
	}
	return nil, nil
}

// resolve follows references, and takes the one of several alternatives that is not
// null; nil if there is no such one.
func (i *jsonInference) resolve(n *jsonSchemaNode) *jsonSchemaNode {
	for range 100 {
		alternatives := slices.Concat(n.OneOf, n.AnyOf, n.AllOf)
		switch {
		case n.Ref != "":
			n = i.referred(n.Ref)
		case len(alternatives) > 0:
			n = i.only(alternatives)
		default:
			return n
		}
		if n == nil {
			return nil
		}
	}
	return nil
}

// referred returns a definition of the same schema.
func (i *jsonInference) referred(ref string) *jsonSchemaNode {
	if ref == "#" {
		return i.root
	}
	if name, ok := strings.CutPrefix(ref, "#/definitions/"); ok {
		return i.root.Definitions[name]
	}
	name, _ := strings.CutPrefix(ref, "#/$defs/")
	return i.root.Defs[name]
}

func (i *jsonInference) only(alternatives []*jsonSchemaNode) *jsonSchemaNode {
	var found *jsonSchemaNode
	for _, a := range alternatives {
		if a.kind() == "null" {
			continue
		}
		if found != nil {
			return nil
		}
		found = a
	}
	return found
}

// kind is the one type besides null; empty if there are several.
func (n *jsonSchemaNode) kind() string {
	kinds := slices.DeleteFunc(slices.Clone(n.Type), func(name string) bool { return name == "null" && len(n.Type) > 1 })
	switch {
	case len(kinds) == 1:
		return kinds[0]
	case len(kinds) == 0 && len(n.Enum) > 0:
		return "string"
	case len(kinds) == 0 && n.Properties != nil:
		return "object"
	}
	return ""
}

func (n *jsonSchemaNode) integer() *types.Type {
	switch n.Title {
	case connectDate:
		return types.Date
	case connectTime:
		return types.Time
	case connectTimestamp:
		return types.Timestamp
	}
	if strings.HasPrefix(n.ConnectType, "int") && n.ConnectType != "int64" {
		return types.Int
	}
	return types.Bigint
}

func (n *jsonSchemaNode) number() *types.Type {
	if n.Title != connectDecimal {
		if strings.HasPrefix(n.ConnectType, "int") {
			return n.integer()
		}
		return types.Double
	}
	scale, _ := strconv.Atoi(n.Parameters["scale"])
	precision, err := strconv.Atoi(n.Parameters["connect.decimal.precision"])
	if err != nil {
		precision = 64 // what Kafka Connect takes where nothing is said
	}
	if types.CheckDecimal(precision, scale) != nil {
		return nil
	}
	return types.DecimalOf(precision, scale)
}

// list returns an ARRAY, or the MAP that Connect writes as a list of entries.
func (i *jsonInference) list(n *jsonSchemaNode) (*types.Type, error) {
	if len(n.Items) == 0 || n.Items[0] != '{' {
		return nil, nil // anything, or a tuple
	}
	var items jsonSchemaNode
	if err := json.Unmarshal(n.Items, &items); err != nil {
		return nil, fmt.Errorf("the items of a list in the JSON Schema: %w", err)
	}
	if n.ConnectType == "map" && items.Properties["value"] != nil {
		return i.mapOf(items.Properties["value"])
	}
	elem, err := i.typeOf(&items)
	if elem == nil || err != nil {
		return nil, err
	}
	return types.ArrayOf(elem), nil
}

func (i *jsonInference) mapOf(n *jsonSchemaNode) (*types.Type, error) {
	value, err := i.typeOf(n)
	if value == nil || err != nil {
		return nil, err
	}
	return types.MapOf(types.String, value), nil
}

// object returns a MAP or a STRUCT.
func (i *jsonInference) object(n *jsonSchemaNode) (*types.Type, error) {
	var others jsonSchemaNode
	open := len(n.Others) > 0 && json.Unmarshal(n.Others, &others) == nil
	if open && (n.ConnectType == "map" || len(n.Properties) == 0) {
		return i.mapOf(&others)
	}
	var fields []types.Field
	for _, name := range n.order() {
		t, err := i.typeOf(n.Properties[name])
		if err != nil {
			return nil, err
		}
		if t != nil {
			fields = append(fields, types.Field{Name: name, Type: t})
		}
	}
	if len(fields) == 0 {
		return nil, nil
	}
	return types.StructOf(fields...), nil
}

// order returns the names of the properties: by connect.index, and those without
// one behind the others, as they come out of Java's HashMap, which is how ksqlDB
// has them.
func (n *jsonSchemaNode) order() []string {
	names := make([]string, 0, len(n.Properties))
	for name := range n.Properties {
		names = append(names, name)
	}
	buckets := 16
	for len(names)*4 > buckets*3 {
		buckets *= 2
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := n.Properties[a].index() - n.Properties[b].index(); d != 0 {
			return d
		}
		if d := bucket(a, buckets) - bucket(b, buckets); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}

func (n *jsonSchemaNode) index() int {
	if n.Index == nil {
		return math.MaxInt32
	}
	return *n.Index
}

// bucket is where Java's HashMap puts a text.
func bucket(text string, buckets int) int {
	var hash uint32
	for _, unit := range utf16.Encode([]rune(text)) {
		hash = 31*hash + uint32(unit)
	}
	return int(hash^hash>>16) & (buckets - 1)
}
