package serde

import (
	"errors"
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// FuzzForgive holds a decoder that forgives bad fields against a strict one: what that
// reads it reads as well, and the first fault that it tells is the same.
func FuzzForgive(f *testing.F) {
	for _, line := range goldenLines(f, "fields.ddt") {
		f.Add([]byte(line))
	}
	columns := parseColumns(f, "A INT, B ARRAY<STRUCT<X INT, Y BOOLEAN>>, C DECIMAL(4, 2), D TIME")
	flat := parseColumns(f, "A INT, B DATE, C DECIMAL(4, 2), D STRING")
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, format := range []string{"JSON", "PROTOBUF_NOSR", "DELIMITED"} {
			spec := Spec{Format: catalog.Format{Name: format}, Side: catalog.ValueSide, Columns: columns}
			if format == "DELIMITED" {
				spec.Columns = flat
			}
			checkForgiving(t, New(), spec, src)
		}
	})
}

func checkForgiving(t *testing.T, formats *Formats, spec Spec, src []byte) {
	t.Helper()
	outcome := func(nullFields bool) (string, error) {
		spec.NullFields = nullFields
		decoder, err := formats.NewDecoder(spec)
		if err != nil {
			t.Fatal(err)
		}
		row := make(data.Row, len(spec.Columns))
		_, err = decoder.Decode(src, row, &data.Arena{})
		return describeRow(spec.Columns, row), err
	}
	want, strictly := outcome(false)
	got, err := outcome(true)
	fields, kept := errors.AsType[FieldErrors](err)
	switch {
	case strictly == nil && (err != nil || got != want):
		t.Errorf("%s: %q is %s, %v; strictly it is %s", spec.Format.Name, src, got, err, want)
	case strictly != nil && err == nil:
		t.Errorf("%s: %q has no fault; strictly it is %v", spec.Format.Name, src, strictly)
	case kept && fields.Error() != strictly.Error():
		t.Errorf("%s: %q: the first fault is %v; strictly it is %v", spec.Format.Name, src, fields, strictly)
	}
}

// TestForgivingAvro reads records of a writer whose types the columns do not take.
func TestForgivingAvro(t *testing.T) {
	t.Parallel()
	memory := &registry.Memory{}
	const text = `{"type":"record","name":"W","fields":[
		{"name":"a","type":"string"},
		{"name":"b","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
		{"name":"s","type":{"type":"record","name":"S","fields":[
			{"name":"t","type":{"type":"int","logicalType":"time-millis"}},{"name":"i","type":"int"}]}},
		{"name":"l","type":{"type":"array","items":{"type":"int","logicalType":"time-millis"}}},
		{"name":"z","type":"int"}]}`
	if err := memory.RegisterAs(t.Context(), "s", 9, registry.Schema{Type: registry.Avro, Text: text}); err != nil {
		t.Fatal(err)
	}
	formats := New(WithRegistry(memory))
	spec := Spec{
		Format: catalog.Format{Name: "AVRO"}, Side: catalog.ValueSide, NullFields: true,
		Columns: parseColumns(t, "A INT, B DECIMAL(4, 2), S STRUCT<T TIME, I INT>, L ARRAY<TIME>, Z INT"),
	}
	decoder, err := formats.NewDecoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ src, row, fault string }{
		"a column of another type": {"\x02x\x02\x7d\x02\x04\x02\x06\x00\x08", "A=NULL B=1.25m S=(T=1 I=2) L=[3] Z=4", "$.A: cannot read Avro's string as INTEGER"},
		"and all others":           {"\x02x\x06\x7f\xff\xff\x01\x04\x02\x01\x00\x08", "A=NULL B=NULL S=(T=NULL I=2) L=NULL Z=4", "$.A: cannot read Avro's string as INTEGER"},
		"the end is missing":       {"\x02x\x02\x7d\x02\x04\x02\x06\x00", "", avroBroken},
	} {
		src := []byte("\x00\x00\x00\x00\x09" + c.src)
		row := make(data.Row, len(spec.Columns))
		_, err := decoder.Decode(src, row, &data.Arena{})
		if err == nil || err.Error() != c.fault && c.row != "" {
			t.Errorf("%s: %v", name, err)
		}
		if fields, ok := errors.AsType[FieldErrors](err); ok != (c.row != "") {
			t.Errorf("%s: %v", name, fields)
		}
		if got := describeRow(spec.Columns, row); c.row != "" && got != c.row {
			t.Errorf("%s: %s", name, got)
		}
		checkForgiving(t, formats, spec, src)
	}
}
