package conformance

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// avroType is a parsed Avro schema.
type avroType struct {
	kind    string // of Avro's specification
	name    string // full, of records, enums and fixed
	logical string
	scale   int
	size    int // of fixed
	symbols []string
	fields  []avroField
	elem    *avroType // of arrays and maps
	// branches are those of a union.
	branches []*avroType
}

type avroField struct {
	name       string
	typ        *avroType
	standard   any // the default, a tree
	hasDefault bool
}

// parseAvro reads a schema.
func parseAvro(text string) (*avroType, error) {
	tree, err := parseTree([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("reading an Avro schema: %w", err)
	}
	p := avroParser{named: map[string]*avroType{}}
	return p.parse(tree, "")
}

// avroParser knows the types that have got a name so far.
type avroParser struct{ named map[string]*avroType }

func (p *avroParser) parse(tree any, space string) (*avroType, error) {
	switch t := tree.(type) {
	case string:
		return p.reference(t, space)
	case []any:
		u := &avroType{kind: "union"}
		for _, branch := range t {
			b, err := p.parse(branch, space)
			if err != nil {
				return nil, err
			}
			u.branches = append(u.branches, b)
		}
		return u, nil
	case *Object:
		return p.complex(t, space)
	}
	return nil, fmt.Errorf("%s is no Avro type", textOf(tree))
}

// reference is the name of a primitive or of a type that was defined before.
func (p *avroParser) reference(name, space string) (*avroType, error) {
	switch name {
	case "null", "boolean", "int", "long", "float", "double", "bytes", "string":
		return &avroType{kind: name}, nil
	}
	for _, full := range []string{space + "." + name, name} {
		if t, ok := p.named[full]; ok {
			return t, nil
		}
	}
	return nil, fmt.Errorf("no Avro type has the name %s", name)
}

func (p *avroParser) complex(o *Object, space string) (*avroType, error) {
	kind, ok := o.Get("type").(string)
	if !ok {
		return p.parse(o.Get("type"), space)
	}
	t := &avroType{kind: kind}
	t.logical, _ = o.Get("logicalType").(string)
	t.scale, t.size = whole(o.Get("scale")), whole(o.Get("size"))
	switch kind {
	case "record", "enum", "fixed":
		space = p.define(t, o, space)
	}
	var err error
	switch kind {
	case "record":
		err = p.record(t, o, space)
	case "array":
		t.elem, err = p.parse(o.Get("items"), space)
	case "map":
		t.elem, err = p.parse(o.Get("values"), space)
	case "enum":
		symbols, _ := o.Get("symbols").([]any)
		for _, s := range symbols {
			t.symbols = append(t.symbols, textOf(s))
		}
	case "fixed":
	default:
		var primitive *avroType
		if primitive, err = p.reference(kind, space); err == nil {
			primitive.logical, primitive.scale = t.logical, t.scale
			return primitive, nil
		}
	}
	return t, err
}

// define gives a type its name and returns the namespace within it.
func (p *avroParser) define(t *avroType, o *Object, space string) string {
	if own, ok := o.Get("namespace").(string); ok {
		space = own
	}
	t.name, _ = o.Get("name").(string)
	p.named[t.name] = t
	if space != "" {
		p.named[space+"."+t.name] = t
	}
	return space
}

func (p *avroParser) record(t *avroType, o *Object, space string) error {
	fields, _ := o.Get("fields").([]any)
	for _, f := range fields {
		member, ok := f.(*Object)
		if !ok {
			return fmt.Errorf("a field of the Avro record %s is no object", t.name)
		}
		typ, err := p.parse(member.Get("type"), space)
		if err != nil {
			return err
		}
		t.fields = append(t.fields, avroField{
			name: textOf(member.Get("name")), typ: typ, standard: member.Get("default"), hasDefault: member.Has("default"),
		})
	}
	return nil
}

// whole returns a tree that is an integer, or a text of one, else 0.
func whole(tree any) int {
	switch t := tree.(type) {
	case json.Number:
		n, _ := strconv.Atoi(t.String())
		return n
	case string:
		n, _ := strconv.Atoi(t)
		return n
	}
	return 0
}
