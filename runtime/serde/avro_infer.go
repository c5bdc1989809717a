package serde

import (
	"context"
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// inferAvro returns the type that ksqlDB gives an Avro schema, and the full name of
// its record. A schema has one root, so the name asked for is not looked at.
func inferAvro(ctx context.Context, s *schemas, schema registry.Schema, _ string) (t *types.Type, name string, err error) {
	parsed, err := s.parseAvro(ctx, schema)
	if err != nil {
		return nil, "", err
	}
	root := parsed.nullable()
	i := avroInference{}
	t, err = i.typeOf(root)
	if err == nil && t == nil {
		err = fmt.Errorf("the schema is of a type that ksqlDB does not have: %s", root.kind)
	}
	return t, root.name, err
}

// avroInference holds the records that the current type lies in.
type avroInference struct{ within []*avroType }

// typeOf returns the type of a column, nil if there is none for it.
func (i *avroInference) typeOf(t *avroType) (*types.Type, error) {
	t = t.nullable()
	switch t.kind {
	case "boolean":
		return types.Boolean, nil
	case "int", "long":
		return avroIntType(t), nil
	case "float", "double":
		return types.Double, nil
	case "string", "enum":
		return types.String, nil
	case "bytes", "fixed":
		return avroBytesType(t), nil
	case "array":
		return i.listType(t)
	case "map":
		elem, err := i.typeOf(t.elem)
		if elem == nil || err != nil {
			return nil, err
		}
		return types.MapOf(types.String, elem), nil
	case "record", "union":
		return i.structType(t)
	}
	return nil, nil
}

func avroIntType(t *avroType) *types.Type {
	switch t.kind + " " + t.logical {
	case "int date":
		return types.Date
	case "int time-millis":
		return types.Time
	case "long timestamp-millis":
		return types.Timestamp
	}
	if t.kind == "int" {
		return types.Int
	}
	return types.Bigint
}

func avroBytesType(t *avroType) *types.Type {
	if t.logical != "decimal" {
		return types.Bytes
	}
	precision := t.precision
	if precision == 0 {
		precision = 64 // what Kafka Connect takes where nothing is said
	}
	return types.DecimalOf(precision, t.scale)
}

func (i *avroInference) listType(t *avroType) (*types.Type, error) {
	elem, err := i.typeOf(t.elem)
	if elem == nil || err != nil {
		return nil, err
	}
	if t.elem.entry && t.isEntries() {
		return types.MapOf(types.String, elem.Fields()[1].Type), nil
	}
	return types.ArrayOf(elem), nil
}

// structType returns the STRUCT of a record, or of the branches of a union.
func (i *avroInference) structType(t *avroType) (*types.Type, error) {
	if slices.Contains(i.within, t) {
		return nil, fmt.Errorf("the schema is recursive, which is not supported: %s lies in itself", t.name)
	}
	i.within = append(i.within, t)
	defer func() { i.within = i.within[:len(i.within)-1] }()
	members := t.fields
	for _, b := range t.branches {
		if b.kind != "null" {
			members = append(members, avroField{name: b.member(), avroType: b})
		}
	}
	var fields []types.Field
	for _, f := range members {
		typ, err := i.typeOf(f.avroType)
		if err != nil {
			return nil, err
		}
		if typ != nil {
			fields = append(fields, types.Field{Name: f.name, Type: typ})
		}
	}
	if len(fields) == 0 {
		return nil, nil
	}
	return types.StructOf(fields...), nil
}
