package conformance

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file finds the message that a record is in: in the schema of a registry, or
// made of columns.

// mainFile is the name under which a schema is compiled.
const mainFile = "schema.proto"

// protoImports are the files that schemas of ksqlDB import besides Google's own.
func protoImports() map[string]string {
	return map[string]string{
		"google/type/date.proto": `syntax = "proto3"; package google.type;
			message Date { int32 year = 1; int32 month = 2; int32 day = 3; }`,
		"google/type/timeofday.proto": `syntax = "proto3"; package google.type;
			message TimeOfDay { int32 hours = 1; int32 minutes = 2; int32 seconds = 3; int32 nanos = 4; }`,
		"confluent/type/decimal.proto": `syntax = "proto3"; package confluent.type;
			message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }`,
		"confluent/meta.proto": `syntax = "proto3"; package confluent; import "google/protobuf/descriptor.proto";
			message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }
			extend google.protobuf.FileOptions { Meta file_meta = 1088; }
			extend google.protobuf.MessageOptions { Meta message_meta = 1088; }
			extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
			extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }
			extend google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; }`,
	}
}

// compileProto compiles a schema; others are those that it imports, by their names.
func compileProto(text string, others map[string]string) (protoreflect.FileDescriptor, error) {
	files := protoImports()
	maps.Copy(files, others)
	files[mainFile] = text
	compiler := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
			Accessor: protocompile.SourceAccessorFromMap(files),
		}),
	}
	compiled, err := compiler.Compile(context.Background(), mainFile)
	if err != nil {
		return nil, fmt.Errorf("compiling a Protobuf schema: %w", err)
	}
	return compiled[0], nil
}

// newProtoCodec returns the codec of a schema in the registry: its first message,
// or the one that the format names.
func (s side) newProtoCodec(schema registry.Schema) (codec, error) {
	imports := map[string]string{}
	if err := collectImports(s.registry, schema, imports); err != nil {
		return nil, err
	}
	file, err := compileProto(schema.Text, imports)
	if err != nil {
		return nil, err
	}
	if file.Messages().Len() == 0 {
		return nil, errors.New("a Protobuf schema without messages")
	}
	chosen := 0
	for i := range file.Messages().Len() {
		if name := file.Messages().Get(i).FullName(); s.format.FullName != "" && string(name) == s.format.FullName {
			chosen = i
		}
	}
	return indexedCodec{file: file, chosen: chosen}, nil
}

// collectImports adds the texts of all schemas that one refers to, directly or not.
func collectImports(r schemas, s registry.Schema, into map[string]string) error {
	for _, reference := range s.References {
		version, err := r.Version(context.Background(), reference.Subject, reference.Version)
		if err != nil {
			return err
		}
		into[reference.Name] = version.Schema.Text
		if err := collectImports(r, version.Schema, into); err != nil {
			return err
		}
	}
	return nil
}

// indexedCodec: before the message stands its place in the schema.
type indexedCodec struct {
	file   protoreflect.FileDescriptor
	chosen int
}

func (c indexedCodec) encode(tree any) ([]byte, error) {
	body, err := protoCodec{c.file.Messages().Get(c.chosen)}.encode(tree)
	if err != nil {
		return nil, err
	}
	if c.chosen == 0 {
		return append([]byte{0}, body...), nil // short for one index, 0
	}
	path := binary.AppendVarint(binary.AppendVarint(nil, 1), int64(c.chosen))
	return append(path, body...), nil
}

func (c indexedCodec) decode(encoded []byte) (any, error) {
	count, size := binary.Varint(encoded)
	if size <= 0 {
		return nil, errors.New("bytes without the place of a Protobuf message")
	}
	encoded = encoded[size:]
	messages := c.file.Messages()
	message := messages.Get(0)
	for i := range count {
		index, size := binary.Varint(encoded)
		if size <= 0 || index < 0 || int(index) >= messages.Len() {
			return nil, fmt.Errorf("no Protobuf message at level %d, place %d", i, index)
		}
		encoded = encoded[size:]
		message = messages.Get(int(index))
		messages = message.Messages()
	}
	return protoCodec{message}.decode(encoded)
}

// newBareProtoCodec returns the codec of messages without a registry: that of the
// columns.
func newBareProtoCodec(s side) (codec, error) {
	var fields []types.Field
	for _, c := range s.columns {
		fields = append(fields, types.Field{Name: c.Name, Type: c.Type})
	}
	file, err := compileProto(protoText(fields, s.format.Nullable), nil)
	if err != nil {
		return nil, err
	}
	return protoCodec{file.Messages().Get(0)}, nil
}

// protoText writes the schema of columns, numbered from 1 in their order.
func protoText(fields []types.Field, nullable catalog.Nullable) string {
	w := protoWriter{nullable: nullable}
	message := w.message(fields)
	return `syntax = "proto3";
		import "confluent/meta.proto"; import "confluent/type/decimal.proto"; import "google/type/date.proto";
		import "google/type/timeofday.proto"; import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";
		` + message
}

type protoWriter struct {
	nullable catalog.Nullable
	count    int
}

func (w *protoWriter) message(fields []types.Field) string {
	w.count++
	var b strings.Builder
	fmt.Fprintf(&b, "message ConnectDefault%d {\n", w.count)
	for i, f := range fields {
		typ, before := w.field(f.Type)
		fmt.Fprintf(&b, "%s%s %s = %d%s;\n", before, typ, f.Name, i+1, decimalMeta(f.Type))
	}
	b.WriteString("}\n")
	return b.String()
}

// decimalMeta tells the scale of a DECIMAL.
func decimalMeta(t *types.Type) string {
	if t.Kind() == types.KindArray {
		t = t.Elem()
	}
	if t.Kind() != types.KindDecimal {
		return ""
	}
	return fmt.Sprintf(` [(confluent.field_meta) = {params: [{key: "precision", value: "%d"}, {key: "scale", value: "%d"}]}]`,
		t.Precision(), t.Scale())
}

// field returns a field's type, and what has to stand before it: a message of its own.
func (w *protoWriter) field(t *types.Type) (typ, before string) {
	switch t.Kind() {
	case types.KindArray:
		typ, before = w.plain(t.Elem())
		return before + "repeated " + typ, ""
	case types.KindMap:
		typ, before = w.plain(t.Elem())
		return before + "map<string, " + typ + ">", ""
	case types.KindStruct:
		typ, before = w.plain(t)
		return typ, before
	}
	typ, _ = w.plain(t)
	scalar := !strings.Contains(typ, ".")
	switch {
	case scalar && w.nullable == catalog.Optional:
		return "optional " + typ, ""
	case scalar && w.nullable == catalog.Wrapper:
		return "google.protobuf." + strings.ToUpper(typ[:1]) + typ[1:] + "Value", ""
	}
	return typ, ""
}

// plain returns the type of a value that is not repeated.
func (w *protoWriter) plain(t *types.Type) (typ, before string) {
	if t.Kind() == types.KindStruct {
		before = w.message(t.Fields())
		return before[len("message "):strings.Index(before, " {")], before
	}
	return map[types.Kind]string{
		types.KindBoolean: "bool", types.KindInt: "int32", types.KindBigint: "int64", types.KindDouble: "double",
		types.KindString: "string", types.KindBytes: "bytes", types.KindDecimal: "confluent.type.Decimal",
		types.KindDate: "google.type.Date", types.KindTime: "google.type.TimeOfDay", types.KindTimestamp: "google.protobuf.Timestamp",
	}[t.Kind()], ""
}
