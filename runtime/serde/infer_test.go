package serde

import (
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// TestInferOwn holds that the schema which columns make describes these columns.
func TestInferOwn(t *testing.T) {
	t.Parallel()
	for _, name := range formatsForTests().Names() {
		features, _ := formatsForTests().Features(name)
		if !features.Has(catalog.SchemaInference) {
			continue
		}
		for _, s := range samples() {
			for _, f := range []catalog.Format{{Name: name}, {Name: name, Unwrapped: true}} {
				if f.Unwrapped && !features.Has(catalog.UnwrapSingles) {
					continue
				}
				inferOwn(t, f, upperCased(s.t))
			}
		}
	}
}

func inferOwn(t *testing.T, f catalog.Format, of *types.Type) {
	t.Helper()
	formats := formatsForTests()
	columns := []types.Column{{Name: "ROWVAL", Type: of}}
	spec := Spec{Format: f, Side: catalog.ValueSide, Topic: "t", Columns: columns}
	if formats.Check(f, catalog.ValueSide, columns) != nil {
		return
	}
	if err := formats.Register(t.Context(), spec, false); err != nil {
		t.Fatal(err)
	}
	got, err := formats.Infer(t.Context(), f, catalog.ValueSide, "t")
	if err != nil {
		t.Errorf("%s: %s: %v", f.Name, of, err)
	} else if a, b := described(catalog.ValueSide, got), described(catalog.ValueSide, columns); a != b {
		t.Errorf("%s: %s came back as %s", f.Name, b, a)
	}
}

// TestInfer finds the columns that the schemas of others describe.
func TestInfer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format, schema, want string
	}{
		{"AVRO", `{"type":"record","name":"R","fields":[{"name":"a","type":"float"},{"name":"e","type":{"type":"enum","name":"E","symbols":["X"]}},{"name":"n","type":"null"}]}`, "[`A` DOUBLE, `E` STRING]"},
		{"AVRO", `["null",{"type":"record","name":"R","fields":[{"name":"a","type":["int","null","string"]}]}]`, "[`A` STRUCT<`INT` INTEGER, `STRING` STRING>]"},
		{"AVRO", `{"type":"record","name":"R","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}},{"name":"t","type":{"type":"long","logicalType":"timestamp-micros"}}]}`, "[`D` DECIMAL(6, 2), `T` BIGINT]"},
		{"AVRO", `{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]}]}`, "recursive"},
		{"AVRO", `"int"`, "is not a record, but INTEGER"},
		{"AVRO", `{"type":`, "Unable to verify"},
		{"JSON_SR", `{"type":"object","properties":{"ID":{"type":"number"},"NAME":{"type":"string"},"VALUE":{"type":"integer"}}}`, "[`ID` DOUBLE, `VALUE` BIGINT, `NAME` STRING]"},
		{"JSON_SR", `{"type":"object","properties":{"a":{"$ref":"#/definitions/A"},"b":{"type":["null","string"]}},"definitions":{"A":{"type":"object","properties":{"x":{"enum":["u","v"]}}}}}`, "[`A` STRUCT<`X` STRING>, `B` STRING]"},
		{"JSON_SR", `{"type":"object","properties":{"m":{"type":"object","additionalProperties":{"type":"boolean"}},"o":{"type":"object","additionalProperties":false}}}`, "[`M` MAP<STRING, BOOLEAN>]"},
		{"JSON_SR", `{"type":"object","properties":{"r":{"$ref":"#"}}}`, "recursive"},
		{"JSON_SR", `{"type":"object","properties":{"a":{"type":"array"},"b":{"type":"array","items":[{}]},"c":{"type":"array","items":{"type":"string"}}}}`, "[`C` ARRAY<STRING>]"},
	} {
		memory := &registry.Memory{}
		formats := New(WithRegistry(memory))
		schema := registry.Schema{Type: formats.find(c.format).Schema(Spec{}).Type, Text: c.schema}
		if _, err := memory.Register(t.Context(), "t-value", schema); err != nil {
			t.Fatal(err)
		}
		columns, err := formats.Infer(t.Context(), catalog.Format{Name: c.format}, catalog.ValueSide, "t")
		got := described(catalog.ValueSide, columns)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %s, want %s", c.format, c.schema, got, c.want)
		}
	}
}

func TestInferRefuses(t *testing.T) {
	t.Parallel()
	memory := &registry.Memory{}
	if _, err := memory.Register(t.Context(), "t-key", registry.Schema{Type: registry.JSON, Text: `{"type":"object"}`}); err != nil {
		t.Fatal(err)
	}
	formats := New(WithRegistry(memory))
	for _, c := range []struct {
		formats *Formats
		format  catalog.Format
		want    string
	}{
		{formats, catalog.Format{Name: "AVRO"}, "Key schema of topic t is not compatible with AVRO format: it is of type JSON"},
		{formats, catalog.Format{Name: "AVRO", SchemaID: 1}, "schema 1 of the registry is of type JSON, not AVRO"},
		{formats, catalog.Format{Name: "AVRO", SchemaID: 5}, "Schema for message keys on topic 't' with schema id '5' does not exist in the Schema Registry."},
		{New(), catalog.Format{Name: "AVRO"}, "KSQL is not configured to use a schema registry"},
	} {
		if _, err := c.formats.Infer(t.Context(), c.format, catalog.KeySide, "t"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.format, err)
		}
	}
	columns := []types.Column{{Name: "A", Type: types.Int}}
	if err := New().Check(catalog.Format{Name: "AVRO"}, catalog.ValueSide, columns); err == nil {
		t.Error("AVRO can do without a registry")
	}
}
