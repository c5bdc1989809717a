package registry

import (
	"context"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// protoFiles are files that schemas import and registries know without having them.
func protoFiles() map[string]string {
	return map[string]string{
		"google/type/date.proto":       `syntax = "proto3"; package google.type; message Date { int32 year = 1; int32 month = 2; int32 day = 3; }`,
		"google/type/timeofday.proto":  `syntax = "proto3"; package google.type; message TimeOfDay { int32 hours = 1; int32 minutes = 2; int32 seconds = 3; int32 nanos = 4; }`,
		"confluent/type/decimal.proto": `syntax = "proto3"; package confluent.type; message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }`,
		"confluent/meta.proto": `syntax = "proto3"; package confluent; import "google/protobuf/descriptor.proto";
			message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }
			extend google.protobuf.FileOptions { Meta file_meta = 1088; }
			extend google.protobuf.MessageOptions { Meta message_meta = 1088; }
			extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
			extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }
			extend google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; }`,
	}
}

// CompileProto reads the text of a Protobuf schema. It may import the files of imports,
// which are texts by their names, those that come with Protobuf, and those that
// Confluent's and Google's common types lie in.
func CompileProto(ctx context.Context, text string, imports map[string]string) (protoreflect.FileDescriptor, error) {
	const root = "schema.proto"
	files := protoFiles()
	maps.Copy(files, imports)
	files[root] = text
	compiler := protocompile.Compiler{Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
		Accessor: func(path string) (io.ReadCloser, error) {
			if text, ok := files[path]; ok {
				return io.NopCloser(strings.NewReader(text)), nil
			}
			return nil, fmt.Errorf("%s is not among the references of the schema", path)
		},
	})}
	compiled, err := compiler.Compile(ctx, root)
	if err != nil {
		return nil, fmt.Errorf("reading a Protobuf schema: %w", err)
	}
	return compiled.FindFileByPath(root), nil
}
