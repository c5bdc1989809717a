package serde

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// sample is a type with values of it that every format which can hold the type
// has to give back as they were.
type sample struct {
	t      *types.Type
	values []data.Value
}

// formatsForTests returns all formats, with an empty schema registry.
func formatsForTests() *Formats { return New(WithRegistry(&registry.Memory{})) }

var digits38, _ = new(big.Int).SetString("12345678901234567890123456789012345678", 10)

func samples() []sample {
	address := types.StructOf(types.Field{Name: "CITY", Type: types.String}, types.Field{Name: "zip", Type: types.Int})
	return []sample{
		{types.Boolean, []data.Value{data.Boolean(true), data.Boolean(false)}},
		{types.Int, []data.Value{data.Int(0), data.Int(-1 << 31), data.Int(1<<31 - 1)}},
		{types.Bigint, []data.Value{data.Bigint(0), data.Bigint(-1 << 63), data.Bigint(1<<63 - 1)}},
		{types.Double, []data.Value{data.Double(0), data.Double(-1.5e-300), data.Double(5e-324), data.Double(1e10), data.Double(0.1)}},
		{types.DecimalOf(5, 2), []data.Value{data.Decimal(0), data.Decimal(-99999), data.Decimal(1)}},
		{types.DecimalOf(38, 10), []data.Value{data.BigDecimal(digits38), data.BigDecimal(new(big.Int).Neg(digits38)), data.Decimal(-1 << 63)}},
		{types.String, []data.Value{data.String("a"), data.String(" a,\"b\"\r\n\\ "), data.String("日本語 😀 \u007f\u2028"), data.String("NULL")}},
		{types.Bytes, []data.Value{data.Bytes([]byte{0, 255}), data.Bytes([]byte("text"))}},
		{types.Date, []data.Value{data.Date(0), data.Date(-719162), data.Date(20000)}},
		{types.Time, []data.Value{data.Time(0), data.Time(86_399_999)}},
		{types.Timestamp, []data.Value{data.Timestamp(0), data.Timestamp(-1), data.Timestamp(1714557600123)}},
		{types.ArrayOf(types.Int), []data.Value{data.Array(nil), data.Array([]data.Value{data.Int(1), data.Null})}},
		{types.MapOf(types.String, types.Bigint), []data.Value{
			data.Map(nil),
			data.Map([]data.Entry{{Key: data.String("b"), Value: data.Null}, {Key: data.String(""), Value: data.Bigint(1)}}),
		}},
		{address, []data.Value{
			data.Struct([]data.Value{data.String("Berlin"), data.Int(10117)}),
			data.Struct([]data.Value{data.Null, data.Null}),
		}},
		{types.ArrayOf(types.MapOf(types.String, address)), []data.Value{
			data.Array([]data.Value{data.Map([]data.Entry{{Key: data.String("k"), Value: data.Struct([]data.Value{data.Null, data.Int(1)})}}), data.Null}),
		}},
	}
}

// TestRoundTrip encodes and decodes values of every type with every format that
// says it can hold them: alone, wrapped and bare, and beside another column.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	formats := formatsForTests()
	for _, name := range formats.Names() {
		for _, s := range samples() {
			for _, side := range []catalog.Side{catalog.KeySide, catalog.ValueSide} {
				lone := []types.Column{{Name: "C", Type: s.t}}
				beside := append(lone, types.Column{Name: "NEIGHBOUR", Type: types.Int})
				roundTrip(t, Spec{Format: catalog.Format{Name: name}, Topic: "t", Side: side, Columns: lone}, s.values)
				roundTrip(t, Spec{Format: catalog.Format{Name: name, Unwrapped: true}, Topic: "t", Side: side, Columns: lone}, s.values)
				roundTrip(t, Spec{Format: catalog.Format{Name: name, Delimiter: ';'}, Topic: "t", Side: side, Columns: beside}, append(s.values, data.Null))
			}
		}
	}
}

func roundTrip(t *testing.T, spec Spec, values []data.Value) {
	t.Helper()
	formats := formatsForTests()
	if formats.Check(spec.Format, spec.Side, spec.Columns) != nil {
		return
	}
	encoder, err := formats.NewEncoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := formats.NewDecoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	var arena data.Arena
	for _, v := range values {
		if strings.HasPrefix(spec.Format.Name, "PROTOBUF") {
			v = nullless(spec.Columns[0].Type, v)
		}
		row := data.Row{v}
		if len(spec.Columns) > 1 {
			row = append(row, data.Int(7))
		}
		encoded, err := encoder.Encode([]byte("x"), row)
		if err != nil {
			t.Fatalf("%+v: %v", spec, err)
		}
		got := make(data.Row, len(row))
		null, err := decoder.Decode(encoded[1:], got, &arena)
		what := fmt.Sprintf("%s %s of %s", spec.Format.Name, spec.Side, spec.Columns[0].Type)
		if err != nil || null {
			t.Errorf("%s: %q: null %v, error %v", what, encoded[1:], null, err)
		} else if a, b := describeRow(spec.Columns, row), describeRow(spec.Columns, got); a != b {
			t.Errorf("%s: %s came back from %q as %s", what, a, encoded[1:], b)
		}
	}
}

// TestNullRows holds that a nil row and nil bytes are null in every format.
func TestNullRows(t *testing.T) {
	t.Parallel()
	formats := formatsForTests()
	for _, name := range formats.Names() {
		spec := Spec{Format: catalog.Format{Name: name}, Side: catalog.ValueSide, Columns: []types.Column{{Name: "C", Type: types.String}}}
		if formats.Check(spec.Format, spec.Side, spec.Columns) != nil {
			spec.Columns = nil
		}
		encoder, err := formats.NewEncoder(spec)
		if err != nil {
			t.Fatal(err)
		}
		if encoded, err := encoder.Encode([]byte("x"), nil); encoded != nil || err != nil {
			t.Errorf("%s: %q, %v", name, encoded, err)
		}
		decoder, err := formats.NewDecoder(spec)
		if err != nil {
			t.Fatal(err)
		}
		row := make(data.Row, len(spec.Columns))
		fillWithRubbish(row)
		if null, err := decoder.Decode(nil, row, new(data.Arena)); !null || err != nil {
			t.Errorf("%s: null %v, error %v", name, null, err)
		}
		for _, v := range row {
			if !v.IsNull() {
				t.Errorf("%s: the row of a null value holds %q", name, v.Text())
			}
		}
	}
}

// TestEmptyIsNotNull holds that an empty text is told apart from NULL where the format can.
func TestEmptyIsNotNull(t *testing.T) {
	t.Parallel()
	spec := Spec{Format: catalog.Format{Name: "KAFKA"}, Side: catalog.KeySide, Columns: []types.Column{{Name: "K", Type: types.String}}}
	encoder, err := formatsForTests().NewEncoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	if encoded, err := encoder.Encode(nil, data.Row{data.String("")}); encoded == nil || len(encoded) != 0 || err != nil {
		t.Errorf("'' is %#v, %v", encoded, err)
	}
	if encoded, err := encoder.Encode(nil, data.Row{data.Null}); encoded != nil || err != nil {
		t.Errorf("NULL is %#v, %v", encoded, err)
	}
}
