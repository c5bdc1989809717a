package conformance

import (
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// everyType is a column of each type that a message can hold.
func everyType() []types.Column {
	inner := types.StructOf(types.Field{Name: "F", Type: types.Int}, types.Field{Name: "G", Type: types.ArrayOf(types.String)})
	return []types.Column{
		{Name: "B", Type: types.Boolean},
		{Name: "I", Type: types.Int},
		{Name: "L", Type: types.Bigint},
		{Name: "D", Type: types.Double},
		{Name: "M", Type: types.DecimalOf(5, 2)},
		{Name: "S", Type: types.String},
		{Name: "Y", Type: types.Bytes},
		{Name: "DT", Type: types.Date},
		{Name: "TM", Type: types.Time},
		{Name: "TS", Type: types.Timestamp},
		{Name: "A", Type: types.ArrayOf(inner)},
		{Name: "H", Type: types.MapOf(types.String, types.Bigint)},
		{Name: "R", Type: inner},
	}
}

// TestProto writes messages and reads them again.
func TestProto(t *testing.T) {
	t.Parallel()
	const full = `{"b": true, "i": -1, "l": 3000000000, "d": 1.5, "m": "-1.5", "s": "x", "y": "IQ==", "dt": -1, "tm": 3723004,
		"ts": -1500, "a": [{"f": 1, "g": ["p"]}, {}], "h": {"k": 2}, "r": {"f": 3, "unknown": 1}}`
	const fullBack = `{"b": true, "i": -1, "l": 3000000000, "d": 1.5, "m": "-1.50", "s": "x", "y": "IQ==", "dt": -1, "tm": 3723004,
		"ts": -1500, "a": [{"f": 1, "g": ["p"]}, {"f": 0, "g": []}], "h": {"k": 2}, "r": {"f": 3, "g": []}}`
	const defaults = `{"b": false, "i": 0, "l": 0, "d": 0.0, "m": null, "s": "", "y": null, "dt": null, "tm": null, "ts": null,
		"a": [], "h": {}, "r": null}`
	const nulls = `{"b": null, "i": null, "l": null, "d": null, "m": null, "s": null, "y": null, "dt": null, "tm": null, "ts": null,
		"a": [], "h": {}, "r": null}`
	for _, c := range []struct {
		nullable       catalog.Nullable
		value, gotBack string
	}{
		{catalog.NotNullable, full, fullBack},
		{catalog.NotNullable, `{}`, defaults},
		{catalog.Optional, `{}`, nulls},
		{catalog.Wrapper, `{}`, nulls},
		{catalog.Wrapper, `{"i": 0, "s": "", "b": false, "r": {}}`, `{"b": false, "i": 0, "l": null, "d": null, "m": null, "s": "", "y": null,
			"dt": null, "tm": null, "ts": null, "a": [], "h": {}, "r": {"f": null, "g": []}}`},
	} {
		codec, err := newBareProtoCodec(side{columns: everyType(), format: catalog.Format{Name: "PROTOBUF_NOSR", Nullable: c.nullable}})
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrip(t, codec, c.value, c.gotBack)
	}
}

// TestProtoSchema finds a message by its name and follows imports.
func TestProtoSchema(t *testing.T) {
	t.Parallel()
	var r registry.Memory
	if _, err := r.Register(t.Context(), "in.proto", registry.Schema{
		Type: registry.Protobuf, Text: `syntax = "proto3"; message In { int64 T = 1; }`,
	}); err != nil {
		t.Fatal(err)
	}
	schema := registry.Schema{
		Type: registry.Protobuf,
		Text: `syntax = "proto3"; import "in.proto"; message First { string A = 1; } message Second { In I = 1; }`,
		References: []registry.Reference{
			{Name: "in.proto", Subject: "in.proto", Version: 1},
		},
	}
	if _, err := r.Register(t.Context(), "t-value", schema); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"": `{"A": "x"}`, "Second": `{"I": {"T": 7}}`} {
		codec, err := codecOf(side{topic: "t", format: catalog.Format{Name: "PROTOBUF", FullName: name}, registry: &r})
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrip(t, codec, value, value)
	}
}

// TestShaped writes JSON as its schema has it, and reads it by its types.
func TestShaped(t *testing.T) {
	t.Parallel()
	var r registry.Memory
	schema := registry.Schema{Type: registry.JSON, Text: `{"type": "object", "properties": {
		"B": {"connect.index": 1, "oneOf": [{"type": "null"}, {"type": "number"}]},
		"A": {"connect.index": 0, "oneOf": [{"type": "null"}, {"type": "number", "title": "org.apache.kafka.connect.data.Decimal",
			"connect.type": "bytes", "connect.parameters": {"scale": "2"}}]},
		"C": {"connect.index": 2, "type": "string", "connect.type": "bytes"},
		"D": {"connect.index": 3, "type": "object", "additionalProperties": {"type": "integer"}},
		"E": {"connect.index": 4, "type": "array", "items": {"type": "object", "properties": {"F": {"type": "integer"}}}}}}`}
	if _, err := r.Register(t.Context(), "t-value", schema); err != nil {
		t.Fatal(err)
	}
	codec, err := codecOf(side{topic: "t", format: catalog.Format{Name: "JSON_SR"}, registry: &r})
	if err != nil {
		t.Fatal(err)
	}
	checkRoundTrip(t, codec, `{"b": 1.50, "a": "1.5", "c": "IQ==", "d": {"x": 1}, "e": [{"f": 2, "g": 3}], "h": 0}`,
		`{"A": "1.50", "B": 1.5, "C": "IQ==", "D": {"x": 1}, "E": [{"F": 2}]}`)
}

func checkRoundTrip(t *testing.T, c codec, value, want string) {
	t.Helper()
	tree, err := parseTree([]byte(value))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := c.encode(tree)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	checkMatch(t, "read back", got, want, true)
}
