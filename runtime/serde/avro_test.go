package serde

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/avro"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// TestAvroSchema holds the schemas that columns make.
func TestAvroSchema(t *testing.T) {
	t.Parallel()
	for columns, want := range map[string]string{
		"`v.1` INT": `{"type":"record","name":"R","namespace":"n","fields":[{"name":"v_1","type":["null","int"],"default":null}],"connect.name":"n.R"}`,
		"A ARRAY<STRUCT<X DOUBLE>>": `{"type":"record","name":"R","namespace":"n","fields":[{"name":"A","type":["null",{"type":"array","items":["null",` +
			`{"type":"record","name":"R_A","namespace":"n","fields":[{"name":"X","type":["null","double"],"default":null}],"connect.name":"n.R_A"}]}],"default":null}],"connect.name":"n.R"}`,
		"D DECIMAL(4, 2)": `{"type":"record","name":"R","namespace":"n","fields":[{"name":"D","type":["null",{"type":"bytes","scale":2,"precision":4,"connect.version":1,` +
			`"connect.parameters":{"scale":"2","connect.decimal.precision":"4"},"connect.name":"org.apache.kafka.connect.data.Decimal","logicalType":"decimal"}],"default":null}],"connect.name":"n.R"}`,
		"M MAP<STRING, STRUCT<B BYTES>>": `{"type":"record","name":"R","namespace":"n","fields":[{"name":"M","type":["null",{"type":"map","values":["null",` +
			`{"type":"record","name":"R_M_MapValue","namespace":"n","fields":[{"name":"B","type":["null","bytes"],"default":null}],"connect.name":"n.R_M_MapValue"}]}],"default":null}],"connect.name":"n.R"}`,
	} {
		spec := Spec{Format: catalog.Format{Name: "AVRO", FullName: "n.R"}, Side: catalog.ValueSide, Columns: parseColumns(t, columns)}
		if got := avroSchema(spec).Text; got != want {
			t.Errorf("%s makes %s", columns, got)
		} else if !json.Valid([]byte(got)) {
			t.Errorf("%s is no JSON", got)
		}
	}
	lone := Spec{Format: catalog.Format{Name: "AVRO", Unwrapped: true}, Side: catalog.KeySide, Columns: parseColumns(t, "T TIME")}
	if got := avroSchema(lone).Text; got != `{"type":"int","connect.version":1,"connect.name":"org.apache.kafka.connect.data.Time","logicalType":"time-millis"}` {
		t.Error(got)
	}
}

// TestAvroWriters reads what others have written, with twmb/avro's own encoder and
// schemas that are not ours.
func TestAvroWriters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field   string // the type of the field f
		value   any
		columns string
		want    string
	}{
		{`"int"`, 5, "F INT", "F=5"},
		{`"int"`, 5, "F BIGINT", "F=5"},
		{`"long"`, int64(1) << 40, "F BIGINT", "F=1099511627776"},
		{`"long"`, 5, "F INT", "error $.F: cannot read Avro's long as INTEGER"},
		{`["null","long"]`, nil, "F INT", "F=NULL"},
		{`["string","null"]`, "x", "F STRING", `F="x"`},
		{`"float"`, float32(1.5), "F DOUBLE", "F=1.5"},
		{`"double"`, 1e10, "F STRING", `F="1.0E10"`},
		{`"int"`, -7, "F STRING", `F="-7"`},
		{`"boolean"`, true, "F STRING", `F="true"`},
		{`"string"`, "1", "F INT", "error $.F: cannot read Avro's string as INTEGER"},
		{`"string"`, "x", "`f` STRING", `f="x"`},
		{`"string"`, "x", "`g` STRING", `g=NULL`},
		{`"string"`, "x", "G STRING, F STRING", `G=NULL F="x"`},
		{`{"type":"enum","name":"E","symbols":["A","B"]}`, "B", "F STRING", `F="B"`},
		{`{"type":"fixed","name":"X","size":2}`, []byte{1, 2}, "F BYTES", "F=0x0102"},
		{`"bytes"`, []byte{1, 2}, "F BYTES", "F=0x0102"},
		{`{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}`, []byte{4, 210}, "F DECIMAL(5, 3)", "F=12.340m"},
		{`{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}`, []byte{4, 210}, "F DECIMAL(4, 1)", "error $.F: the number does not fit DECIMAL(4, 1)"},
		{`{"type":"fixed","name":"X","size":3,"logicalType":"decimal","precision":4,"scale":2}`, []byte{255, 255, 156}, "F DECIMAL(4, 2)", "F=-1.00m"},
		{`{"type":"int","logicalType":"date"}`, int32(1), "F DATE", "F=1"},
		{`{"type":"int","logicalType":"date"}`, int32(1), "F INT", "error $.F: cannot read Avro's date as INTEGER"},
		{`{"type":"long","logicalType":"timestamp-millis"}`, int64(1), "F TIMESTAMP", "F=1"},
		{`{"type":"array","items":"int"}`, []int{1, 2}, "F ARRAY<BIGINT>", "F=[1, 2]"},
		{`{"type":"array","items":["null","int"]}`, []any{nil, 2}, "F ARRAY<INT>", "F=[NULL, 2]"},
		{`{"type":"map","values":"int"}`, map[string]int{"k": 1}, "F MAP<STRING, STRING>", `F={"k": "1"}`},
		{
			`{"type":"array","items":{"type":"record","name":"En","fields":[{"name":"key","type":"string"},{"name":"value","type":"int"}],"connect.internal.type":"MapEntry"}}`,
			[]any{map[string]any{"key": "k", "value": 1}},
			"F MAP<STRING, INT>", `F={"k": 1}`,
		},
		{`{"type":"record","name":"N","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}`, map[string]any{"a": 1, "b": "x"}, "F STRUCT<B STRING, C INT>", `F=(B="x" C=NULL)`},
		{`["null","int","string"]`, "x", "F STRUCT<INT INT, STRING STRING>", `F=(INT=NULL STRING="x")`},
		{`{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}`, map[string]any{"next": map[string]any{"next": nil}}, "AFTER INT", "AFTER=8"},
	} {
		text := fmt.Sprintf(`{"type":"record","name":"W","fields":[{"name":"before","type":["null",{"type":"map","values":{"type":"array","items":"double"}}]},`+
			`{"name":"f","type":%s},{"name":"after","type":"int"}]}`, c.field)
		body, err := avro.MustParse(text).Encode(map[string]any{"before": map[string]any{"k": []any{1.5}}, "f": c.value, "after": 8})
		if err != nil {
			t.Fatalf("%s: %v", c.field, err)
		}
		if got := decodeAvro(t, text, body, c.columns); got != c.want {
			t.Errorf("%s into %s is %s, want %s", c.field, c.columns, got, c.want)
		}
	}
}

// decodeAvro returns the row, or the fault, that a value of a schema is for columns.
func decodeAvro(t *testing.T, schema string, body []byte, schemaOfColumns string) string {
	t.Helper()
	memory := &registry.Memory{}
	if err := memory.RegisterAs(t.Context(), "t-value", 3, registry.Schema{Type: registry.Avro, Text: schema}); err != nil {
		t.Fatal(err)
	}
	columns := parseColumns(t, schemaOfColumns)
	decoder, err := New(WithRegistry(memory)).NewDecoder(Spec{Format: catalog.Format{Name: "AVRO"}, Side: catalog.ValueSide, Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	row := make(data.Row, len(columns))
	fillWithRubbish(row)
	if _, err := decoder.Decode(append(appendFrame(nil, 3), body...), row, &data.Arena{}); err != nil {
		return "error " + err.Error()
	}
	return describeRow(columns, row)
}

// TestAvroHostile holds that bytes which are not those of the schema are a fault and nothing worse.
func TestAvroHostile(t *testing.T) {
	t.Parallel()
	lists := `{"type":"record","name":"W","fields":[{"name":"f","type":{"type":"array","items":"null"}},{"name":"g","type":{"type":"array","items":"long"}},` +
		`{"name":"l","type":{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}}]}`
	columns := "F ARRAY<INT>, G ARRAY<BIGINT>"
	for body, want := range map[string]string{
		"":                         "$.F: " + avroBroken,
		"\xfe\xff\xff\xff\x0f":     "$.F: " + avroBroken, // two thousand millions of nothing
		"\x00\xfe\xff\xff\xff\x0f": "$.G: " + avroBroken,
		"\x00\x02":                 "$.G: " + avroBroken,
		"\x00\x01\xff\xff\xff":     "$.G: " + avroBroken,
		"\x00\x00" + strings.Repeat("\x02", 5000): avroBroken, // a list of five thousand links
		"\x00\x00\x06": avroBroken,
	} {
		if got := decodeAvro(t, lists, []byte(body), columns); got != "error "+want {
			t.Errorf("%.20x: %s", body, got)
		}
	}
	decoder, err := formatsForTests().NewDecoder(Spec{Format: catalog.Format{Name: "AVRO"}, Side: catalog.ValueSide, Columns: parseColumns(t, columns)})
	if err != nil {
		t.Fatal(err)
	}
	for src, want := range map[string]string{
		`{"F":[]}`:             noFrame,
		"\x00\x00\x00\x00\x07": "schema 7 is not in the schema registry",
	} {
		if _, err := decoder.Decode([]byte(src), make(data.Row, 2), &data.Arena{}); err == nil || err.Error() != want {
			t.Errorf("%q: %v", src, err)
		}
	}
}

// TestAvroSchemaID writes with schemas that the columns did not make.
func TestAvroSchemaID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ field, more, columns, want string }{
		{`"int"`, ``, "F INT", "F=NULL error $.F: the schema does not allow NULL here"},
		{`"int","default":7`, ``, "F INT", "F=NULL ok"},
		{`["int","null"]`, `,{"name":"g","type":"string","default":"x"}`, "F INT, G STRING", "ok"},
		{`"int"`, `,{"name":"g","type":"string"}`, "F INT", "error field g of the schema has no default, and there is no column for it"},
		{`"string"`, ``, "F INT", "error $.F: cannot write INTEGER as Avro's string"},
	} {
		memory := &registry.Memory{}
		text := `{"type":"record","name":"W","fields":[{"name":"f","type":` + c.field + `}` + c.more + `]}`
		if err := memory.RegisterAs(t.Context(), "s", 9, registry.Schema{Type: registry.Avro, Text: text}); err != nil {
			t.Fatal(err)
		}
		columns := parseColumns(t, c.columns)
		encoder, err := New(WithRegistry(memory)).NewEncoder(Spec{Format: catalog.Format{Name: "AVRO", SchemaID: 9}, Side: catalog.ValueSide, Columns: columns})
		if err != nil {
			t.Fatal(err)
		}
		row := make(data.Row, len(columns))
		got := "ok"
		if strings.HasPrefix(c.want, "F=NULL") {
			got = "F=NULL"
		} else {
			row[0] = data.Int(1)
			for i := range row[1:] {
				row[i+1] = data.String("y")
			}
		}
		encoded, err := encoder.Encode(nil, row)
		if err != nil {
			got = strings.TrimPrefix(got+" error "+err.Error(), "ok ")
		} else {
			got = strings.Replace(got, "F=NULL", "F=NULL ok", 1)
			var decoded any
			if _, err := avro.MustParse(text).Decode(encoded[frame:], &decoded); err != nil {
				t.Errorf("%s: %v", c.field, err)
			}
		}
		if got != c.want {
			t.Errorf("%s %s: %s", c.field, c.columns, got)
		}
	}
}

// strict is a registry that lets no schema follow another.
type strict struct{ *registry.Memory }

func (s strict) Register(context.Context, string, registry.Schema) (int, error) {
	return 0, registry.ErrIncompatible
}

// TestAvroStrict holds that where the schema of the columns is refused, the topic's
// own is written.
func TestAvroStrict(t *testing.T) {
	t.Parallel()
	memory := &registry.Memory{}
	text := `{"type":"record","name":"User","fields":[{"name":"name","type":"string"},{"name":"age","type":["null","int"],"default":null}]}`
	if _, err := memory.Register(t.Context(), "t-value", registry.Schema{Type: registry.Avro, Text: text}); err != nil {
		t.Fatal(err)
	}
	formats := New(WithRegistry(strict{memory}))
	for columns, want := range map[string]string{
		"NAME STRING, AGE INT": "0000000001064164610248",
		"NAME STRING":          "00000000010641646100",
		"AGE INT":              "field name of the schema has no default, and there is no column for it",
	} {
		spec := Spec{Format: catalog.Format{Name: "AVRO"}, Side: catalog.ValueSide, Topic: "t", Columns: parseColumns(t, columns)}
		encoder, _, row := inFormat(t, formats, spec, `{"NAME":"Ada","AGE":36}`)
		encoded, err := encoder.Encode(nil, row)
		got := hex.EncodeToString(encoded)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s", columns, got)
		}
	}
}
