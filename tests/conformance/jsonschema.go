package conformance

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// jsonShape is what a JSON Schema says of a value, as far as JSON_SR records use it.
type jsonShape struct {
	// kind is JSON Schema's type: object, array, integer, …; map for an object with
	// members of any name, decimal for a number of Connect's decimal type, bytes for
	// text of its type of bytes, empty where everything goes.
	kind  string
	scale int
	// names are those of an object's members, in order.
	names   []string
	members map[string]*jsonShape
	elem    *jsonShape
}

// connectDecimal is the title of a number that is a decimal.
const connectDecimal = "org.apache.kafka.connect.data.Decimal"

// parseShape reads a schema.
func parseShape(text string) (*jsonShape, error) {
	tree, err := parseTree([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("reading a JSON schema: %w", err)
	}
	return shapeOf(tree), nil
}

func shapeOf(tree any) *jsonShape {
	o, ok := tree.(*Object)
	if !ok {
		return &jsonShape{}
	}
	if o.Has("oneOf") {
		return shapeOf(notNull(o.Get("oneOf")))
	}
	s := &jsonShape{}
	s.kind, _ = o.Get("type").(string)
	switch {
	case o.Get("title") == connectDecimal:
		parameters, _ := o.Get("connect.parameters").(*Object)
		s.kind, s.scale = "decimal", whole(parameters.Get("scale"))
	case s.kind == "string" && o.Get("connect.type") == "bytes":
		s.kind = "bytes"
	case s.kind == "array":
		s.elem = shapeOf(o.Get("items"))
	case s.kind == "object":
		s.describe(o)
	}
	return s
}

// notNull returns the alternative that is not null.
func notNull(alternatives any) any {
	list, _ := alternatives.([]any)
	for _, one := range list {
		if o, ok := one.(*Object); ok && o.Get("type") != "null" {
			return one
		}
	}
	return nil
}

// describe tells records from maps and puts the members into Connect's order.
func (s *jsonShape) describe(o *Object) {
	properties, ok := o.Get("properties").(*Object)
	if !ok {
		s.kind, s.elem = "map", shapeOf(o.Get("additionalProperties"))
		return
	}
	s.members = map[string]*jsonShape{}
	for _, name := range properties.Names {
		s.names = append(s.names, name)
		s.members[name] = shapeOf(properties.Members[name])
	}
	slices.SortStableFunc(s.names, func(a, b string) int {
		return indexOf(properties.Members[a]) - indexOf(properties.Members[b])
	})
}

func indexOf(property any) int {
	o, _ := property.(*Object)
	return whole(o.Get("connect.index"))
}

// shaped returns a tree as the schema has it: members by its names, unknown ones
// dropped, missing ones null, decimals at their scale.
func (s *jsonShape) shaped(tree any) (any, error) {
	if tree == nil {
		return nil, nil
	}
	switch s.kind {
	case "object":
		return s.shapedObject(tree)
	case "array":
		elems, ok := tree.([]any)
		if !ok {
			return nil, fmt.Errorf("%s is no array", textOf(tree))
		}
		out := make([]any, len(elems))
		for i, elem := range elems {
			var err error
			if out[i], err = s.elem.shaped(elem); err != nil {
				return nil, err
			}
		}
		return out, nil
	case "decimal":
		d, err := decimalAt(tree, s.scale)
		return json.Number(d.plain()), err
	}
	return tree, nil
}

func (s *jsonShape) shapedObject(tree any) (any, error) {
	o, ok := tree.(*Object)
	if !ok {
		return nil, fmt.Errorf("%s is no object", textOf(tree))
	}
	out := object()
	for _, name := range s.names {
		member, err := s.members[name].shaped(o.fold(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out.Names, out.Members[name] = append(out.Names, name), member
	}
	return out, nil
}

// value returns a tree as a value that can be compared: every member of the schema
// is there, numbers have its types.
func (s *jsonShape) value(tree any) (any, error) {
	if tree == nil {
		return nil, nil
	}
	switch t := tree.(type) {
	case *Object:
		return s.record(t)
	case []any:
		elem := s.elem
		if elem == nil {
			elem = &jsonShape{}
		}
		out := make([]any, len(t))
		for i := range t {
			var err error
			if out[i], err = elem.value(t[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case json.Number:
		return s.number(t.String())
	case string:
		if s.kind == "bytes" {
			return base64.StdEncoding.DecodeString(t)
		}
	}
	return tree, nil
}

func (s *jsonShape) record(o *Object) (any, error) {
	record := map[string]any{}
	for _, name := range o.Names {
		shape := s.members[name]
		if shape == nil {
			shape = s.elem
		}
		if shape == nil {
			shape = &jsonShape{}
		}
		member, err := shape.value(o.Members[name])
		if err != nil {
			return nil, err
		}
		record[name] = member
	}
	for _, name := range s.names {
		if _, there := record[name]; !there {
			record[name] = nil
		}
	}
	return record, nil
}

func (s *jsonShape) number(text string) (any, error) {
	d, ok := parseDecimal(text)
	if !ok {
		return nil, fmt.Errorf("%s is no number", text)
	}
	switch {
	case s.kind == "decimal":
		scaled, err := decimalAt(json.Number(text), s.scale)
		return scaled, err
	case s.kind == "number", s.kind != "integer" && strings.ContainsAny(text, ".eE"):
		return d.float(), nil
	}
	return d.truncated(), nil
}
