package serde

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// inferProto returns the type that ksqlDB gives a Protobuf message. The members of
// a oneof are columns like all others.
func inferProto(ctx context.Context, s *schemas, schema registry.Schema, fullName string) (t *types.Type, name string, err error) {
	file, err := s.parseProto(ctx, schema)
	if err != nil {
		return nil, "", err
	}
	d, _, err := protoNamed(file, fullName)
	if err != nil {
		return nil, "", err
	}
	m := protoConverter{}.message(d)
	i := protoInference{}
	t, err = i.structOf(m)
	if err == nil && t == nil {
		err = fmt.Errorf("message %s has no fields", m.name)
	}
	return t, m.name, err
}

// protoInference holds the messages that the current type lies in.
type protoInference struct{ within []*protoMessage }

// structOf returns the STRUCT of a message, nil if it has no fields.
func (i *protoInference) structOf(m *protoMessage) (*types.Type, error) {
	if slices.Contains(i.within, m) {
		return nil, fmt.Errorf("the schema is recursive, which is not supported: %s lies in itself", m.name)
	}
	i.within = append(i.within, m)
	defer func() { i.within = i.within[:len(i.within)-1] }()
	var fields []types.Field
	for _, f := range m.fields {
		t, err := i.typeOf(f)
		if err != nil {
			return nil, err
		}
		if t != nil {
			fields = append(fields, types.Field{Name: f.name, Type: t})
		}
	}
	if len(fields) == 0 {
		return nil, nil
	}
	return types.StructOf(fields...), nil
}

// typeOf returns the type of a column, nil if there is none for it.
func (i *protoInference) typeOf(f *protoField) (*types.Type, error) {
	if f.entries {
		value, err := i.typeOf(f.message.fields[1])
		if value == nil || err != nil {
			return nil, err
		}
		return types.MapOf(types.String, value), nil
	}
	t, err := i.single(f)
	if t == nil || err != nil || !f.list {
		return t, err
	}
	return types.ArrayOf(t), nil
}

func (i *protoInference) single(f *protoField) (*types.Type, error) {
	kind, wrapped := f.wrapped()
	if !wrapped {
		kind = f.kind
	}
	switch kind {
	case protoreflect.BoolKind:
		return types.Boolean, nil
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return types.Int, nil
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return types.Double, nil
	case protoreflect.StringKind, protoreflect.EnumKind:
		return types.String, nil
	case protoreflect.BytesKind:
		return types.Bytes, nil
	case protoreflect.MessageKind:
		return i.known(f)
	case protoreflect.GroupKind:
		return nil, nil
	}
	return types.Bigint, nil
}

// known returns the type that a message stands for, else its STRUCT.
func (i *protoInference) known(f *protoField) (*types.Type, error) {
	switch f.message.name {
	case protoTimestamp:
		return types.Timestamp, nil
	case protoDate:
		return types.Date, nil
	case protoTime:
		return types.Time, nil
	case protoDecimal:
		precision := f.precision
		if precision == 0 {
			precision = 64 // what Kafka Connect takes where nothing is said
		}
		return types.DecimalOf(precision, f.scale), nil
	}
	return i.structOf(f.message)
}
