package serde

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file reads the texts of Protobuf schemas.

// protoMeta is the number of the option in which precision and scale stand.
const protoMeta = 1088

// parseProto reads the text of a schema, and what it refers to.
func (s *schemas) parseProto(ctx context.Context, schema registry.Schema) (protoreflect.FileDescriptor, error) {
	imports := map[string]string{}
	if err := s.references(ctx, schema, func(name string, r registry.Schema) error {
		imports[name] = r.Text
		return nil
	}); err != nil {
		return nil, err
	}
	return registry.CompileProto(ctx, schema.Text, imports)
}

// protoAt returns the message at a path of indexes: the first is that of a message in
// the file, each further one that of a message inside.
func protoAt(file protoreflect.FileDescriptor, path []int) (protoreflect.MessageDescriptor, error) {
	var found protoreflect.MessageDescriptor
	messages := file.Messages()
	for _, i := range path {
		if i < 0 || i >= messages.Len() {
			return nil, fmt.Errorf("the schema has no message at %v", path)
		}
		found = messages.Get(i)
		messages = found.Messages()
	}
	if found == nil {
		return nil, fmt.Errorf("the schema has no message at %v", path)
	}
	return found, nil
}

// protoNamed returns the message of a full name, the first of the file if it is
// empty, and the path to it.
func protoNamed(file protoreflect.FileDescriptor, name string) (m protoreflect.MessageDescriptor, path []int, err error) {
	if file.Messages().Len() == 0 {
		return nil, nil, errors.New("the schema has no message")
	}
	if name == "" {
		return file.Messages().Get(0), []int{0}, nil
	}
	if m, path = protoSearch(file.Messages(), name); m == nil {
		return nil, nil, fmt.Errorf("Schema for message values with full name '%s' is not in the schema", name)
	}
	return m, path, nil
}

func protoSearch(messages protoreflect.MessageDescriptors, name string) (protoreflect.MessageDescriptor, []int) {
	for i := range messages.Len() {
		m := messages.Get(i)
		if string(m.FullName()) == name {
			return m, []int{i}
		}
		if inner, path := protoSearch(m.Messages(), name); inner != nil {
			return inner, append([]int{i}, path...)
		}
	}
	return nil, nil
}

// protoConverter turns descriptors into messages, each once.
type protoConverter map[protoreflect.FullName]*protoMessage

func (c protoConverter) message(d protoreflect.MessageDescriptor) *protoMessage {
	if m, ok := c[d.FullName()]; ok {
		return m
	}
	m := &protoMessage{name: string(d.FullName())}
	c[d.FullName()] = m
	for i := range d.Fields().Len() {
		m.fields = append(m.fields, c.field(d.Fields().Get(i)))
	}
	return m
}

func (c protoConverter) field(d protoreflect.FieldDescriptor) *protoField {
	f := &protoField{
		name: string(d.Name()), number: int32(d.Number()), kind: d.Kind(), list: d.IsList(), entries: d.IsMap(),
		present: d.HasPresence() && d.Message() == nil,
	}
	if d.Message() != nil {
		f.message = c.message(d.Message())
		f.precision, f.scale = protoDecimalSize(d)
	}
	if d.Enum() != nil {
		f.enum = map[int32]string{}
		for i := range d.Enum().Values().Len() {
			v := d.Enum().Values().Get(i)
			f.enum[int32(v.Number())] = string(v.Name())
		}
	}
	return f
}

// protoDecimalSize returns the precision and scale that stand in the options of a
// field, as texts in a map; 0 if none do.
func protoDecimalSize(d protoreflect.FieldDescriptor) (precision, scale int) {
	options, err := proto.Marshal(d.Options())
	if err != nil {
		return 0, 0
	}
	var s protoScan
	s.each(options, func(number int32, wire protowire.Type, src []byte) bool {
		if number != protoMeta || wire != protowire.BytesType {
			return true
		}
		meta, _ := protoSized(src)
		return s.each(meta, func(number int32, wire protowire.Type, src []byte) bool {
			if number != 2 || wire != protowire.BytesType {
				return true
			}
			entry, _ := protoSized(src)
			name, value := s.pair(entry)
			size, _ := strconv.Atoi(value)
			switch name {
			case "precision":
				precision = size
			case "scale":
				scale = size
			}
			return true
		})
	})
	return precision, scale
}

// pair returns key and value of an entry of texts.
func (s *protoScan) pair(entry []byte) (key, value string) {
	s.each(entry, func(number int32, wire protowire.Type, src []byte) bool {
		if wire == protowire.BytesType {
			text, _ := protoSized(src)
			if number == 1 {
				key = string(text)
			} else {
				value = string(text)
			}
		}
		return true
	})
	return key, value
}
