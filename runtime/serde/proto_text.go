package serde

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// This file writes a message type that columns have made as the text of a schema.

// protoImports are the files of the messages that stand for SQL types.
var protoImports = map[string]string{
	protoDecimal: "confluent/type/decimal.proto", protoDate: "google/type/date.proto", protoTime: "google/type/timeofday.proto",
	protoTimestamp: "google/protobuf/timestamp.proto",
}

const protoWrapperImport = "google/protobuf/wrappers.proto"

// text returns the schema whose only message is m.
func (m *protoMessage) text() string {
	var b strings.Builder
	b.WriteString("syntax = \"proto3\";\n")
	name := m.name
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		fmt.Fprintf(&b, "package %s;\n", name[:dot])
		name = name[dot+1:]
	}
	b.WriteByte('\n')
	imports := m.imports(nil)
	slices.Sort(imports)
	for _, file := range slices.Compact(imports) {
		fmt.Fprintf(&b, "import \"%s\";\n", file)
	}
	if len(imports) > 0 {
		b.WriteByte('\n')
	}
	m.write(&b, name, "")
	return b.String()
}

// imports adds the files that the message needs.
func (m *protoMessage) imports(files []string) []string {
	for _, f := range m.fields {
		if f.message == nil {
			continue
		}
		file, ok := protoImports[f.message.name]
		_, wrapper := protoWrappers[f.message.name]
		switch {
		case f.message.name == protoDecimal:
			files = append(files, "confluent/meta.proto", file)
		case ok:
			files = append(files, file)
		case wrapper:
			files = append(files, protoWrapperImport)
		default:
			files = f.message.imports(files)
		}
	}
	return files
}

func (m *protoMessage) write(b *strings.Builder, name, indent string) {
	fmt.Fprintf(b, "%smessage %s {\n", indent, name)
	for _, f := range m.fields {
		fmt.Fprintf(b, "%s  %s %s = %d%s;\n", indent, f.label()+f.typeName(), f.name, f.number, f.options())
	}
	for _, f := range m.fields {
		if nested := f.nested(); nested != nil {
			b.WriteByte('\n')
			nested.write(b, nested.name, indent+"  ")
		}
	}
	fmt.Fprintf(b, "%s}\n", indent)
}

func (f *protoField) label() string {
	switch {
	case f.list:
		return "repeated "
	case f.present:
		return "optional "
	}
	return ""
}

func (f *protoField) typeName() string {
	switch {
	case f.entries:
		return "map<string, " + f.message.fields[1].typeName() + ">"
	case f.kind == protoreflect.MessageKind:
		return f.message.name
	}
	return f.kind.String()
}

// options tells the precision and the scale of a DECIMAL.
func (f *protoField) options() string {
	if f.entries || f.message == nil || f.message.name != protoDecimal {
		return ""
	}
	return fmt.Sprintf(` [(confluent.field_meta) = { params: [ { key: "scale", value: "%d" }, { key: "precision", value: "%d" } ] }]`,
		f.scale, f.precision)
}

// nested returns the message that the type of the field needs to be declared.
func (f *protoField) nested() *protoMessage {
	switch {
	case f.message == nil, protoImports[f.message.name] != "", protoWrappers[f.message.name] != 0:
		return nil
	case f.entries:
		return f.message.fields[1].nested()
	}
	return f.message
}
