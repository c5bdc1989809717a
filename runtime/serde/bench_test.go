package serde

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// shape is a kind of record that benchmarks and allocation tests use.
type shape struct {
	columns []types.Column
	text    string
	target  func() any // for encoding/json
}

var people = shape{
	columns: []types.Column{{Name: "ID", Type: types.String}, {Name: "NAME", Type: types.String}, {Name: "TITLE", Type: types.String}},
	text:    `{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","name":"Ada Lovelace","title":"Data Engineer"}`,
	target: func() any {
		return &struct{ ID, Name, Title string }{}
	},
}

var order = shape{
	columns: []types.Column{
		{Name: "ID", Type: types.Bigint},
		{Name: "CUSTOMER", Type: types.String},
		{Name: "STATUS", Type: types.String},
		{Name: "PRICE", Type: types.Double},
		{Name: "QUANTITY", Type: types.Int},
		{Name: "PAID", Type: types.Boolean},
		{Name: "CREATED", Type: types.Bigint},
		{Name: "ADDRESS", Type: types.StructOf(
			types.Field{Name: "STREET", Type: types.String},
			types.Field{Name: "CITY", Type: types.String},
			types.Field{Name: "ZIP", Type: types.String},
			types.Field{Name: "LAT", Type: types.Double},
			types.Field{Name: "LON", Type: types.Double},
		)},
	},
	text: `{"id":1048576,"customer":"customer-004711","status":"SHIPPED","price":1299.95,"quantity":3,"paid":true,` +
		`"created":1714557600123,"address":{"street":"Unter den Linden 77","city":"Berlin","zip":"10117","lat":52.5163,"lon":13.3777}}`,
	target: func() any {
		return &struct {
			ID       int64
			Customer string
			Status   string
			Price    float64
			Quantity int32
			Paid     bool
			Created  int64
			Address  struct {
				Street, City, Zip string
				Lat, Lon          float64
			}
		}{}
	},
}

func benchmarkDecode(b *testing.B, format string, s shape, wanted ...string) {
	spec := Spec{Format: catalog.Format{Name: format}, Side: catalog.ValueSide, Columns: s.columns}
	if len(wanted) > 0 {
		spec.Wanted = make([]bool, len(s.columns))
		for i, c := range s.columns {
			for _, name := range wanted {
				spec.Wanted[i] = spec.Wanted[i] || c.Name == name
			}
		}
	}
	decoder, err := New().NewDecoder(spec)
	if err != nil {
		b.Fatal(err)
	}
	var arena data.Arena
	row, src := make(data.Row, len(s.columns)), []byte(s.text)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		arena.Reset()
		if _, err := decoder.Decode(src, row, &arena); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkStdlib(b *testing.B, s shape) {
	src := []byte(s.text)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if err := json.Unmarshal(src, s.target()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeJSON(b *testing.B) {
	b.Run("people", func(b *testing.B) { benchmarkDecode(b, "JSON", people) })
	b.Run("people/stdlib", func(b *testing.B) { benchmarkStdlib(b, people) })
	b.Run("order", func(b *testing.B) { benchmarkDecode(b, "JSON", order) })
	b.Run("order/2_columns", func(b *testing.B) { benchmarkDecode(b, "JSON", order, "STATUS", "PRICE") })
	b.Run("order/stdlib", func(b *testing.B) { benchmarkStdlib(b, order) })
	b.Run("decimals", func(b *testing.B) { benchmarkDecode(b, "JSON", decimals) })
}

var decimals = shape{
	columns: []types.Column{
		{Name: "A", Type: types.DecimalOf(9, 2)}, {Name: "B", Type: types.DecimalOf(18, 6)}, {Name: "C", Type: types.DecimalOf(38, 2)},
	},
	text: `{"a":12.50,"b":-123456.789012,"c":"1234.5"}`,
}

var peopleLine = shape{columns: people.columns, text: "0f8fad5b-d9cb-469f-a165-70867728950e,Ada Lovelace,Data Engineer"}

var orderLine = shape{
	columns: order.columns[:7],
	text:    "1048576,customer-004711,SHIPPED,1299.95,3,true,1714557600123",
}

func BenchmarkDecodeDelimited(b *testing.B) {
	b.Run("people", func(b *testing.B) { benchmarkDecode(b, "DELIMITED", peopleLine) })
	b.Run("people/stdlib", func(b *testing.B) {
		src := []byte(peopleLine.text)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := csv.NewReader(bytes.NewReader(src)).Read(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("order", func(b *testing.B) { benchmarkDecode(b, "DELIMITED", orderLine) })
}

func BenchmarkDecodeKafka(b *testing.B) {
	benchmarkDecode(b, "KAFKA", shape{columns: []types.Column{{Name: "K", Type: types.String}}, text: "data-engineer"})
}

func BenchmarkEncode(b *testing.B) {
	for _, c := range []struct {
		name, format string
		shape        shape
	}{{"JSON/people", "JSON", people}, {"JSON/order", "JSON", order}, {"DELIMITED/order", "DELIMITED", orderLine}} {
		b.Run(c.name, func(b *testing.B) {
			spec := Spec{Format: catalog.Format{Name: c.format}, Side: catalog.ValueSide, Columns: c.shape.columns}
			decoder, err := New().NewDecoder(spec)
			if err != nil {
				b.Fatal(err)
			}
			encoder, err := New().NewEncoder(spec)
			if err != nil {
				b.Fatal(err)
			}
			row := make(data.Row, len(c.shape.columns))
			if _, err := decoder.Decode([]byte(c.shape.text), row, new(data.Arena)); err != nil {
				b.Fatal(err)
			}
			buf := make([]byte, 0, 1024)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := encoder.Encode(buf, row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeAvro(b *testing.B)     { benchmarkRegistered(b, "AVRO") }
func BenchmarkDecodeProtobuf(b *testing.B) { benchmarkRegistered(b, "PROTOBUF") }

// benchmarkRegistered decodes an order in a format with a registry, and encodes it.
func benchmarkRegistered(b *testing.B, format string) {
	formats := formatsForTests()
	spec := Spec{Format: catalog.Format{Name: format}, Side: catalog.ValueSide, Topic: "t", Columns: order.columns}
	encoder, decoder, row := inFormat(b, formats, spec, order.text)
	encoded, err := encoder.Encode(nil, row)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("decode", func(b *testing.B) {
		var arena data.Arena
		b.SetBytes(int64(len(encoded)))
		b.ReportAllocs()
		for b.Loop() {
			arena.Reset()
			if _, err := decoder.Decode(encoded, row, &arena); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encode", func(b *testing.B) {
		var arena data.Arena
		if _, err := decoder.Decode(encoded, row, &arena); err != nil {
			b.Fatal(err)
		}
		buffer := make([]byte, 0, 1024)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := encoder.Encode(buffer, row); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// inFormat returns the encoder and the decoder of a spec, and a row for them that is
// read from JSON.
func inFormat(t testing.TB, formats *Formats, spec Spec, text string) (Encoder, Decoder, data.Row) {
	t.Helper()
	source := spec
	source.Format = catalog.Format{Name: "JSON"}
	reader, err := formats.NewDecoder(source)
	if err != nil {
		t.Fatal(err)
	}
	row := make(data.Row, len(spec.Columns))
	if _, err := reader.Decode([]byte(text), row, &data.Arena{}); err != nil {
		t.Fatal(err)
	}
	encoder, err := formats.NewEncoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := formats.NewDecoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	return encoder, decoder, row
}
