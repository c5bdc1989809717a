package serde

import (
	"testing"

	"github.com/bufbuild/protocompile"
	"github.com/twmb/avro"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

const fuzzedColumns = "I INT, L BIGINT, D DOUBLE, S STRING, B BYTES, O BOOLEAN, A ARRAY<BIGINT>, T ARRAY<STRING>, M MAP<STRING, STRUCT<X INT>>, R STRUCT<Y STRING, Z ARRAY<INT>>"

// FuzzDecodeAvro holds the decoder against twmb/avro: what the library reads we
// read too, and as what the library writes of it.
func FuzzDecodeAvro(f *testing.F) {
	fuzzAgainstLibrary(f, "AVRO", func(schema string) func(src []byte) ([]byte, bool) {
		parsed := avro.MustParse(schema)
		return func(src []byte) ([]byte, bool) {
			var value any
			if _, err := parsed.Decode(src[frame:], &value); err != nil {
				return nil, false
			}
			again, err := parsed.Encode(value)
			return append(src[:frame:frame], again...), err == nil
		}
	})
}

// FuzzDecodeProtobuf is the same against dynamicpb.
func FuzzDecodeProtobuf(f *testing.F) {
	fuzzAgainstLibrary(f, "PROTOBUF", func(schema string) func(src []byte) ([]byte, bool) {
		compiler := protocompile.Compiler{Resolver: &protocompile.SourceResolver{
			Accessor: protocompile.SourceAccessorFromMap(map[string]string{"x.proto": schema}),
		}}
		files, err := compiler.Compile(f.Context(), "x.proto")
		if err != nil {
			f.Fatal(err)
		}
		message := files[0].Messages().Get(0)
		return func(src []byte) (_ []byte, ok bool) {
			if len(src) <= frame || src[frame] != 0 {
				return nil, false
			}
			defer func() { // dynamicpb panics where the key of a map is of another wire type
				if recover() != nil {
					ok = false
				}
			}()
			value := dynamicpb.NewMessage(message)
			if proto.Unmarshal(src[frame+1:], value) != nil {
				return nil, false
			}
			again, err := proto.Marshal(value)
			return append(src[:frame+1:frame+1], again...), err == nil
		}
	})
}

// fuzzAgainstLibrary decodes src, and what a library makes of src, to the same row.
func fuzzAgainstLibrary(f *testing.F, format string, library func(schema string) func(src []byte) (again []byte, ok bool)) {
	columns := parseColumns(f, fuzzedColumns)
	known := &registry.Memory{}
	formats := New(WithRegistry(known))
	spec := Spec{Format: catalog.Format{Name: format}, Side: catalog.ValueSide, Topic: "t", Columns: columns}
	encoder, decoder, row := inFormat(f, formats, spec,
		`{"I":-5,"L":70000,"D":1.5,"S":"text","B":"AQID","O":true,"A":[1,2],"T":["","x"],"M":{"k":{"X":1},"l":{}},"R":{"Y":"y","Z":[0]}}`)
	for _, r := range []data.Row{row, make(data.Row, len(columns))} {
		encoded, err := encoder.Encode(nil, r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded[frame:])
	}
	latest, err := known.Latest(f.Context(), "t-value")
	if err != nil {
		f.Fatal(err)
	}
	normal := library(latest.Schema.Text)
	f.Fuzz(func(t *testing.T, body []byte) {
		src := append(appendFrame(nil, latest.ID), body...)
		got, want := make(data.Row, len(columns)), make(data.Row, len(columns))
		_, err := decoder.Decode(src, got, &data.Arena{})
		again, ok := normal(src)
		if !ok {
			return
		}
		if err != nil {
			t.Fatalf("%x: %v", src, err)
		}
		if _, err := decoder.Decode(again, want, &data.Arena{}); err != nil {
			t.Fatalf("%x: %v", again, err)
		}
		if a, b := describeRow(columns, got), describeRow(columns, want); a != b && !hasNaN(columns, got) {
			t.Errorf("%x is %s, but %x is %s", src, a, again, b)
		}
	})
}

// hasNaN reports whether the row holds a number that is not equal to itself, whose
// bits a library may change.
func hasNaN(columns []types.Column, row data.Row) bool {
	for i, c := range columns {
		if c.Type.Kind() == types.KindDouble && row[i].Float64() != row[i].Float64() {
			return true
		}
	}
	return false
}
