//go:build !race

package serde

import (
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// TestDecodeAllocs holds that a record costs no allocation once the decoder
// has seen some of its kind.
func TestDecodeAllocs(t *testing.T) {
	nested := "A ARRAY<STRING>, M MAP<STRING, DOUBLE>, D DECIMAL(9, 2), B BYTES, T TIMESTAMP, S STRING"
	for name, c := range map[string]struct {
		format, schema string
		records        []string
	}{
		"people": {"JSON", "ID STRING, NAME STRING, TITLE STRING", []string{people.text}},
		"nested": {"JSON", nested, []string{
			`{"a":["x","\u00e9",null],"m":{"b":1,"a":2},"d":12.5,"b":"AQID","t":1714557600123,"s":"a\"b"}`,
			`{"t":"1714557600123","s":{"x": [1, "\n"]},"unknown":{"a":[1,2,{}]}, "D":"12.50"}`,
			`{"s":[1,2],"a":[]}`,
			`{"s":12.5,"m":{}}`,
		}},
		"delimited": {"DELIMITED", "A STRING, B INT, C DOUBLE, D DECIMAL(9, 2)", []string{"text,12,1.5,-2.25", `"a ""b""",1,2,3`, ",,,"}},
		"kafka":     {"KAFKA", "K STRING", []string{"key"}},
		"protobuf": {"PROTOBUF_NOSR", "I INT, A ARRAY<BIGINT>, S ARRAY<STRING>, M MAP<STRING, INT>, R STRUCT<X INT, Y STRING>, P TIMESTAMP", []string{
			"\x08\x01\x12\x02\x05\x06\x1a\x01a\x1a\x01b\x22\x05\x0a\x01k\x10\x09\x2a\x05\x08\x03\x12\x01y\x32\x02\x08\x03", "",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			columns := parseColumns(t, c.schema)
			decoder, err := formatsForTests().NewDecoder(Spec{Format: catalog.Format{Name: c.format}, Side: catalog.ValueSide, Columns: columns})
			if err != nil {
				t.Fatal(err)
			}
			checkNoAllocs(t, decoder, len(columns), c.records)
		})
	}
}

func checkNoAllocs(t *testing.T, decoder Decoder, columns int, records []string) {
	t.Helper()
	var arena data.Arena
	row := make(data.Row, columns)
	sources := make([][]byte, len(records))
	for i, text := range records {
		sources[i] = []byte(text)
	}
	run := func() {
		arena.Reset()
		for _, src := range sources {
			if _, err := decoder.Decode(src, row, &arena); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 10 {
		run()
	}
	if allocs := testing.AllocsPerRun(100, run); allocs > 0 {
		t.Errorf("%v allocations in %d records", allocs, len(records))
	}
}

// TestEncodeAllocs holds that encoding into a buffer that is large enough allocates nothing.
func TestEncodeAllocs(t *testing.T) {
	columns := []types.Column{{Name: "S", Type: types.String}, {Name: "D", Type: types.Double}, {Name: "M", Type: types.DecimalOf(9, 2)}, {Name: "B", Type: types.Bytes}}
	row := data.Row{data.String("a \"quoted\" text"), data.Double(1.5), data.Decimal(150), data.Bytes([]byte("bytes"))}
	for _, format := range []string{"JSON", "DELIMITED", "PROTOBUF_NOSR"} {
		encoder, err := formatsForTests().NewEncoder(Spec{Format: catalog.Format{Name: format}, Side: catalog.ValueSide, Columns: columns})
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, 1024)
		if allocs := testing.AllocsPerRun(100, func() {
			if _, err := encoder.Encode(buf, row); err != nil {
				t.Fatal(err)
			}
		}); allocs > 0 {
			t.Errorf("%s: %v allocations", format, allocs)
		}
	}
}

// TestRegistryAllocs is the same for formats whose schemas a registry has.
func TestRegistryAllocs(t *testing.T) {
	columns := parseColumns(t, "A ARRAY<STRING>, M MAP<STRING, DOUBLE>, D DECIMAL(9, 2), B BYTES, T TIMESTAMP, S STRING, R STRUCT<X DATE, Y INT>")
	const text = `{"a":["x","\u00e9"],"m":{"b":1,"a":2},"d":12.5,"b":"AQID","t":1714557600123,"s":"a\"b","r":{"x":20000,"y":5}}`
	for _, format := range []string{"AVRO", "JSON_SR", "PROTOBUF"} {
		spec := Spec{Format: catalog.Format{Name: format}, Side: catalog.ValueSide, Topic: "t", Columns: columns}
		encoder, decoder, row := inFormat(t, formatsForTests(), spec, text)
		encoded, err := encoder.Encode(nil, row)
		if err != nil {
			t.Fatal(err)
		}
		checkNoAllocs(t, decoder, len(columns), []string{string(encoded)})
		buf := make([]byte, 0, 1024)
		if allocs := testing.AllocsPerRun(100, func() {
			if _, err := encoder.Encode(buf, row); err != nil {
				t.Fatal(err)
			}
		}); allocs > 0 {
			t.Errorf("%s: %v allocations to encode", format, allocs)
		}
	}
}
