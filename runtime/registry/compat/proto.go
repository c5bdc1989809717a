package compat

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

type protoSchema struct{ protoreflect.FileDescriptor }

func parseProto(ctx context.Context, s registry.Schema, referred []Named) (Schema, error) {
	imports := map[string]string{}
	for _, r := range referred {
		imports[r.Name] = r.Schema.Text
	}
	file, err := registry.CompileProto(ctx, s.Text, imports)
	if err != nil {
		return nil, err
	}
	return protoSchema{file}, nil
}

func (p protoSchema) reads(writer Schema) []Fault {
	c := protoComparison{seen: map[protoreflect.FullName]bool{}}
	c.messages("#", p.Messages(), writer.(protoSchema).Messages())
	return c.faults
}

// protoComparison goes through the messages of a reader and a writer.
type protoComparison struct {
	seen   map[protoreflect.FullName]bool // messages of the reader that were compared
	faults []Fault
}

func (c *protoComparison) fault(kind, path, format string, args ...any) {
	c.faults = append(c.faults, fault(kind, path, format+" at path '"+path+"'", args...))
}

// messages compares the messages of one place. The reader may have more of them.
func (c *protoComparison) messages(path string, reader, writer protoreflect.MessageDescriptors) {
	for i := range writer.Len() {
		w := writer.Get(i)
		here := path + "/" + string(w.Name())
		r := reader.ByName(w.Name())
		switch {
		case w.IsMapEntry(): // their fields are compared with the map
		case r == nil:
			c.fault("MESSAGE_REMOVED", here, "The $reader schema lacks a message of the $writer schema")
		default:
			c.message(here, r, w)
		}
	}
}

func (c *protoComparison) message(path string, r, w protoreflect.MessageDescriptor) {
	if c.seen[r.FullName()] {
		return
	}
	c.seen[r.FullName()] = true
	for i := range w.Fields().Len() {
		field := w.Fields().Get(i)
		here := fmt.Sprintf("%s/%d", path, field.Number())
		if same := r.Fields().ByNumber(field.Number()); same != nil {
			c.field(here, same, field)
		} else {
			c.gone(here, field)
		}
	}
	for i := range r.Fields().Len() {
		field := r.Fields().Get(i)
		if field.Cardinality() == protoreflect.Required && w.Fields().ByNumber(field.Number()) == nil {
			c.fault("REQUIRED_FIELD_ADDED", fmt.Sprintf("%s/%d", path, field.Number()),
				"The $reader schema has a required field that is missing in the $writer schema")
		}
	}
	c.oneofs(path, r, w)
	c.messages(path, r.Messages(), w.Messages())
}

// gone reports a field of the writer that the reader lacks, if that matters.
func (c *protoComparison) gone(path string, w protoreflect.FieldDescriptor) {
	switch {
	case w.Cardinality() == protoreflect.Required:
		c.fault("REQUIRED_FIELD_REMOVED", path, "The $reader schema lacks a required field of the $writer schema")
	case oneofOf(w) != nil:
		c.fault("ONEOF_FIELD_REMOVED", path, "The $reader schema lacks a field of a oneof of the $writer schema")
	}
}

func (c *protoComparison) field(path string, r, w protoreflect.FieldDescriptor) {
	was, is := protoShape(w), protoShape(r)
	switch {
	case was != is:
		c.fault("FIELD_KIND_CHANGED", path, "The kind of the field is %s in the $reader schema and %s in the $writer schema", is, was)
	case was == "map":
		c.field(path, r.MapKey(), w.MapKey())
		c.field(path, r.MapValue(), w.MapValue())
		return
	case was == "message":
		c.named(path, r, w)
	case wireGroup(r.Kind()) != wireGroup(w.Kind()):
		c.fault("FIELD_SCALAR_KIND_CHANGED", path, "The kind of a SCALAR field is %s in the $reader schema and %s in the $writer schema", r.Kind(), w.Kind())
	}
	if r.IsList() != w.IsList() && was == is && was == "scalar" && r.Kind() != protoreflect.StringKind && r.Kind() != protoreflect.BytesKind {
		c.fault("FIELD_NUMERIC_LABEL_CHANGED", path, "A numeric field is repeated in only one of the two schemas")
	}
}

// named compares fields that hold messages. A message may move with its package.
func (c *protoComparison) named(path string, r, w protoreflect.FieldDescriptor) {
	if localName(r.Message()) != localName(w.Message()) {
		c.fault("FIELD_NAMED_TYPE_CHANGED", path, "The type of a MESSAGE field is %s in the $reader schema and %s in the $writer schema",
			r.Message().FullName(), w.Message().FullName())
		return
	}
	if r.Message().ParentFile() != r.ParentFile() { // else it is compared in its own place
		c.message(path, r.Message(), w.Message())
	}
}

// localName is the name of a message without its package.
func localName(m protoreflect.MessageDescriptor) string {
	return strings.TrimPrefix(string(m.FullName()), string(m.ParentFile().Package())+".")
}

// oneofs reports fields that moved into a oneof of the reader: one field alone may
// move, into a oneof that has no other of the writer's fields.
func (c *protoComparison) oneofs(path string, r, w protoreflect.MessageDescriptor) {
	for i := range r.Oneofs().Len() {
		oneof := r.Oneofs().Get(i)
		if oneof.IsSynthetic() {
			continue
		}
		moved, stayed := 0, 0
		for j := range oneof.Fields().Len() {
			before := w.Fields().ByNumber(oneof.Fields().Get(j).Number())
			switch {
			case before == nil:
			case oneofOf(before) == nil:
				moved++
			default:
				stayed++
			}
		}
		here := path + "/" + string(oneof.Name())
		switch {
		case moved > 0 && stayed > 0:
			c.fault("FIELD_MOVED_TO_EXISTING_ONEOF", here, "The $reader schema has a field in an existing oneof that is outside of it in the $writer schema")
		case moved > 1:
			c.fault("MULTIPLE_FIELDS_MOVED_TO_ONEOF", here, "The $reader schema has fields in a oneof that are outside of it in the $writer schema")
		}
	}
}

// oneofOf returns the oneof that was written around a field; nil for none.
func oneofOf(f protoreflect.FieldDescriptor) protoreflect.OneofDescriptor {
	if o := f.ContainingOneof(); o != nil && !o.IsSynthetic() {
		return o
	}
	return nil
}

// protoShape is what is never changed into one another.
func protoShape(f protoreflect.FieldDescriptor) string {
	switch {
	case f.IsMap():
		return "map"
	case f.Message() != nil:
		return "message"
	}
	return "scalar"
}

// wireGroup is the same for kinds that can be read as one another.
func wireGroup(k protoreflect.Kind) protoreflect.Kind {
	switch k {
	case protoreflect.Int64Kind, protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.BoolKind, protoreflect.EnumKind:
		return protoreflect.Int32Kind
	case protoreflect.Sint64Kind:
		return protoreflect.Sint32Kind
	case protoreflect.Sfixed32Kind:
		return protoreflect.Fixed32Kind
	case protoreflect.Sfixed64Kind:
		return protoreflect.Fixed64Kind
	case protoreflect.BytesKind:
		return protoreflect.StringKind
	}
	return k
}
