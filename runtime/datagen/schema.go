package datagen

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// avroNode is a part of an Avro schema: the name of a type, a union, or an object.
type avroNode struct {
	Name        string
	union       []avroNode
	Type        *avroNode
	LogicalType string
	Fields      []avroField
	Symbols     []string
	Items       *avroNode
	Values      *avroNode
	Size        int
	Properties  how `json:"arg.properties"`
}

// avroField is a field of a record.
type avroField struct {
	Name string
	Type avroNode
}

// UnmarshalJSON reads the three forms.
func (n *avroNode) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case '"':
		return json.Unmarshal(text, &n.Name)
	case '[':
		return json.Unmarshal(text, &n.union)
	}
	type plain avroNode
	return json.Unmarshal(text, (*plain)(n))
}

// FromAvro makes a kind of an Avro schema, a record whose parts may say in
// arg.properties how their values are made up: options, range, iteration, length,
// regex, prefix, suffix and odds. There is no key by default.
func FromAvro(schema []byte) (*Kind, error) {
	var n avroNode
	if err := json.Unmarshal(schema, &n); err != nil {
		return nil, fmt.Errorf("the schema is not JSON of Avro's: %w", err)
	}
	if n.Type == nil || n.Type.Name != "record" {
		return nil, errors.New("the schema is not that of a record")
	}
	r := avroReader{named: map[string]*field{}}
	kind := &Kind{Name: unqualified(n.Name), About: "what an Avro schema describes"}
	for _, f := range n.Fields {
		made, err := r.field(f)
		if err != nil {
			return nil, err
		}
		kind.fields = append(kind.fields, made)
	}
	return kind, nil
}

// unqualified is a name without its namespace.
func unqualified(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// avroReader makes fields of the parts of a schema.
type avroReader struct {
	named map[string]*field // types by their names, nil while they are read
}

func (r *avroReader) field(f avroField) (field, error) {
	typ, value, err := r.part(&f.Type)
	if err != nil {
		return field{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	return field{f.Name, typ, value}, nil
}

// part returns the type of a part and how its values are made up.
func (r *avroReader) part(n *avroNode) (*types.Type, value, error) {
	switch {
	case n.union != nil:
		return r.unionOf(n.union)
	case n.Type == nil:
		return r.primitive(n.Name, "", how{})
	case n.Type.Type != nil || n.Type.union != nil: // {"type": {…}}
		return r.part(n.Type)
	}
	switch n.Type.Name {
	case "record":
		return r.known(n.Name, func() (*types.Type, value, error) { return r.record(n) })
	case "enum":
		return r.known(n.Name, func() (*types.Type, value, error) {
			if len(n.Symbols) == 0 {
				return nil, nil, errors.New("an enum needs symbols")
			}
			return types.String, one(n.Symbols...), nil
		})
	case "fixed":
		if n.Size < 0 || n.Size > mostLength {
			return nil, nil, fmt.Errorf("the size of a fixed is between 0 and %d", mostLength)
		}
		return types.Bytes, func(s *source) data.Value { return data.Bytes(s.bytes(n.Size)) }, nil
	case "array", "map":
		return r.collection(n)
	}
	return r.primitive(n.Type.Name, n.LogicalType, n.Properties)
}

// known remembers a type by its name.
func (r *avroReader) known(name string, read func() (*types.Type, value, error)) (*types.Type, value, error) {
	name = unqualified(name)
	r.named[name] = nil
	typ, value, err := read()
	r.named[name] = &field{name, typ, value}
	return typ, value, err
}

func (r *avroReader) record(n *avroNode) (*types.Type, value, error) {
	var fields []types.Field
	var values []value
	for _, f := range n.Fields {
		made, err := r.field(f)
		if err != nil {
			return nil, nil, err
		}
		fields, values = append(fields, types.Field{Name: made.name, Type: made.typ}), append(values, made.value)
	}
	return types.StructOf(fields...), func(s *source) data.Value {
		row := make([]data.Value, len(values))
		for i, value := range values {
			row[i] = value(s)
		}
		return data.Struct(row)
	}, nil
}

// unionOf is a type that may be null. Other unions have no type here.
func (r *avroReader) unionOf(branches []avroNode) (*types.Type, value, error) {
	const nullOneOf = 10
	var some []avroNode
	for _, b := range branches {
		if b.Name != "null" || b.Type != nil {
			some = append(some, b)
		}
	}
	if len(some) != 1 {
		return nil, nil, errors.New("a union is of null and one other type")
	}
	typ, value, err := r.part(&some[0])
	if err != nil || len(some) == len(branches) {
		return typ, value, err
	}
	return typ, func(s *source) data.Value {
		if s.IntN(nullOneOf) == 0 {
			return data.Null
		}
		return value(s)
	}, nil
}

// collection is an array or a map.
func (r *avroReader) collection(n *avroNode) (*types.Type, value, error) {
	elem := n.Items
	if n.Type.Name == "map" {
		elem = n.Values
	}
	if elem == nil {
		return nil, nil, fmt.Errorf("the %s does not say of what", n.Type.Name)
	}
	typ, value, err := r.part(elem)
	if err != nil {
		return nil, nil, err
	}
	length, err := n.Properties.Length.lengths()
	if err != nil {
		return nil, nil, err
	}
	const keyLength = 8
	if n.Type.Name == "map" {
		return types.MapOf(types.String, typ), func(s *source) data.Value {
			entries := make([]data.Entry, length(s))
			for i := range entries {
				entries[i] = data.Entry{Key: data.String(s.letters(keyLength)), Value: value(s)}
			}
			return data.Map(entries)
		}, nil
	}
	return types.ArrayOf(typ), func(s *source) data.Value {
		elems := make([]data.Value, length(s))
		for i := range elems {
			elems[i] = value(s)
		}
		return data.Array(elems)
	}, nil
}

// primitive is a type that Avro brings along, or one that has a name.
func (r *avroReader) primitive(name, logical string, properties how) (*types.Type, value, error) {
	if f, ok := r.named[unqualified(name)]; ok {
		if f == nil {
			return nil, nil, fmt.Errorf("the type %s contains itself", name)
		}
		return f.typ, f.value, nil
	}
	typ, ok := primitives[name]
	switch name + " " + logical {
	case "long timestamp-millis":
		typ = types.Timestamp
	case "int date":
		typ = types.Date
	case "int time-millis":
		typ = types.Time
	}
	if !ok {
		return nil, nil, fmt.Errorf("unknown type %s", name)
	}
	value, err := properties.value(typ)
	return typ, value, err
}

// primitives are the types that Avro brings along.
var primitives = map[string]*types.Type{
	"boolean": types.Boolean, "int": types.Int, "long": types.Bigint, "float": types.Double, "double": types.Double,
	"string": types.String, "bytes": types.Bytes,
}
