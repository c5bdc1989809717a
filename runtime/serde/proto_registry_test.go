package serde

import (
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// TestProtoSchema holds the schemas that columns make.
func TestProtoSchema(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		columns, name, want string
		nullable            catalog.Nullable
	}{
		{columns: "I INT, L BIGINT, `a-b` STRING", want: "message ConnectDefault1 {\n  int32 I = 1;\n  int64 L = 2;\n  string a_b = 3;\n}\n"},
		{columns: "B BOOLEAN", name: "n.M", nullable: catalog.Optional, want: "package n;\n\nmessage M {\n  optional bool B = 1;\n}\n"},
		{
			columns: "D DOUBLE, T TIME", nullable: catalog.Wrapper,
			want: "import \"google/protobuf/wrappers.proto\";\nimport \"google/type/timeofday.proto\";\n\n" +
				"message ConnectDefault1 {\n  google.protobuf.DoubleValue D = 1;\n  google.type.TimeOfDay T = 2;\n}\n",
		},
		{
			columns: "A ARRAY<STRUCT<X BYTES>>, M MAP<STRING, STRUCT<Y INT>>",
			want: "message ConnectDefault1 {\n  repeated ConnectDefault2 A = 1;\n  map<string, ConnectDefault3> M = 2;\n\n" +
				"  message ConnectDefault2 {\n    bytes X = 1;\n  }\n\n  message ConnectDefault3 {\n    int32 Y = 1;\n  }\n}\n",
		},
		{
			columns: "D DECIMAL(4, 2)",
			want: "import \"confluent/meta.proto\";\nimport \"confluent/type/decimal.proto\";\n\nmessage ConnectDefault1 {\n  confluent.type.Decimal D = 1 " +
				`[(confluent.field_meta) = { params: [ { key: "scale", value: "2" }, { key: "precision", value: "4" } ] }]` + ";\n}\n",
		},
	} {
		f := catalog.Format{Name: "PROTOBUF", FullName: c.name, Nullable: c.nullable}
		got := protoSchema(Spec{Format: f, Side: catalog.ValueSide, Columns: parseColumns(t, c.columns)}).Text
		want := "syntax = \"proto3\";\n" + c.want
		if !strings.HasPrefix(c.want, "package") {
			want = "syntax = \"proto3\";\n\n" + c.want
		}
		if got != want {
			t.Errorf("%s makes\n%s", c.columns, got)
		}
	}
}

// TestProtoWriters reads and writes messages of schemas that columns have not made.
func TestProtoWriters(t *testing.T) {
	t.Parallel()
	const text = `syntax = "proto3"; package p; import "other.proto"; import "google/protobuf/wrappers.proto";
		message First { int32 x = 1; }
		message Second {
			message Inner { uint32 u = 1; repeated Color colors = 2; map<int32, string> names = 3; }
			oneof choice { string left = 1; sint64 right = 2; }
			o.Other other = 3; google.protobuf.StringValue maybe = 4; float f = 5; Inner inner = 6; optional int32 set = 7; fixed64 fixed = 8;
		}
		enum Color { RED = 0; GREEN = 5; }`
	memory := &registry.Memory{}
	if _, err := memory.Register(t.Context(), "other", registry.Schema{Type: registry.Protobuf, Text: `syntax = "proto3"; package o; message Other { bool b = 1; }`}); err != nil {
		t.Fatal(err)
	}
	schema := registry.Schema{Type: registry.Protobuf, Text: text, References: []registry.Reference{{Name: "other.proto", Subject: "other", Version: 1}}}
	if err := memory.RegisterAs(t.Context(), "t-value", 9, schema); err != nil {
		t.Fatal(err)
	}
	formats := New(WithRegistry(memory))
	f := catalog.Format{Name: "PROTOBUF", SchemaID: 9, FullName: "p.Second"}
	columns, err := formats.Infer(t.Context(), f, catalog.ValueSide, "t")
	if err != nil {
		t.Fatal(err)
	}
	const inferred = "[`left` STRING, `right` BIGINT, `other` STRUCT<`b` BOOLEAN>, `maybe` STRING, `f` DOUBLE, " +
		"`inner` STRUCT<`u` BIGINT, `colors` ARRAY<STRING>, `names` MAP<STRING, STRING>>, `set` INTEGER, `fixed` BIGINT]"
	if got := described(catalog.ValueSide, columns); got != inferred {
		t.Errorf("inferred %s", got)
	}
	spec := Spec{Format: f, Side: catalog.ValueSide, Topic: "t", Columns: columns}
	decoder, err := formats.NewDecoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	encoder, err := formats.NewEncoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	row := data.Row{
		data.Null, data.Bigint(-3), data.Struct([]data.Value{data.Boolean(true)}), data.String("m"), data.Double(1.5),
		data.Struct([]data.Value{data.Bigint(1 << 31), data.Array([]data.Value{data.String("GREEN"), data.String("RED")}), data.Map(nil)}), data.Null, data.Bigint(5),
	}
	encoded, err := encoder.Encode(nil, row)
	if err != nil {
		t.Fatal(err)
	}
	if string(encoded[:7]) != "\x00\x00\x00\x00\x09\x02\x02" {
		t.Errorf("the head is %x", encoded[:7])
	}
	names := "\x32\x06\x1a\x04\x08\x07\x12\x00" // inner.names[7] = ''
	got := make(data.Row, len(columns))
	if _, err := decoder.Decode(encoded, got, &data.Arena{}); err != nil {
		t.Fatal(err)
	}
	if a, b := describeRow(columns, got), describeRow(columns, row); a != b {
		t.Errorf("%s came back as %s", b, a)
	}
	if _, err := decoder.Decode([]byte("\x00\x00\x00\x00\x09\x02\x02"+names), got, &data.Arena{}); err != nil {
		t.Fatal(err)
	}
	if text := describeRow(columns, got); !strings.Contains(text, `names={"7": ""}`) || !strings.Contains(text, "left=NULL") || !strings.Contains(text, "fixed=0") {
		t.Errorf("the names are %s", text)
	}
	for src, want := range map[string]string{
		"\x00\x00\x00\x00\x09\x02\x08": "the schema has no message at [4]",
		"\x00\x00\x00\x00\x09":         "the bytes do not say which message of the schema they are",
		"\x00\x00\x00\x00\x09\x80":     "the bytes do not say which message of the schema they are",
		"\x08\x01":                     noFrame,
	} {
		if _, err := decoder.Decode([]byte(src), got, &data.Arena{}); err == nil || err.Error() != want {
			t.Errorf("%x: %v", src, err)
		}
	}
	row[5] = data.Struct([]data.Value{data.Bigint(-1), data.Null, data.Null})
	if _, err := encoder.Encode(nil, row); err == nil || err.Error() != "$.inner.u: the number does not fit a field of type uint32" {
		t.Error(err)
	}
	row[5] = data.Struct([]data.Value{data.Null, data.Array([]data.Value{data.String("BLUE")}), data.Null})
	if _, err := encoder.Encode(nil, row); err == nil || err.Error() != "$.inner.colors[0]: the enum has no 'BLUE'" {
		t.Error(err)
	}
}
