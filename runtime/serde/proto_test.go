package serde

import (
	"errors"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// nullless returns the value with a default in place of every NULL, as Protobuf has it.
func nullless(t *types.Type, v data.Value) data.Value {
	switch t.Kind() {
	case types.KindStruct:
		fields := make([]data.Value, len(t.Fields()))
		for i, f := range t.Fields() {
			fields[i] = data.Null
			if !v.IsNull() {
				fields[i] = v.Elems()[i]
			}
			fields[i] = nullless(f.Type, fields[i])
		}
		return data.Struct(fields)
	case types.KindArray:
		var elems []data.Value
		if !v.IsNull() {
			for _, e := range v.Elems() {
				elems = append(elems, nullless(t.Elem(), e))
			}
		}
		return data.Array(elems)
	case types.KindMap:
		var entries []data.Entry
		if !v.IsNull() {
			for _, e := range v.Entries() {
				entries = append(entries, data.Entry{Key: e.Key, Value: nullless(t.Elem(), e.Value)})
			}
		}
		return data.Map(entries)
	}
	if !v.IsNull() {
		return v
	}
	return map[types.Kind]data.Value{
		types.KindBoolean: data.Boolean(false), types.KindInt: data.Int(0), types.KindBigint: data.Bigint(0),
		types.KindDouble: data.Double(0), types.KindString: data.String(""), types.KindBytes: data.Bytes([]byte{}),
		types.KindDecimal: data.Decimal(0), types.KindDate: data.Date(0), types.KindTime: data.Time(0), types.KindTimestamp: data.Timestamp(0),
	}[t.Kind()]
}

// TestProtoNulls holds that NULL is told from a default where the format is asked
// to tell them apart, and that messages can be NULL anyway.
func TestProtoNulls(t *testing.T) {
	t.Parallel()
	schema := "B BOOLEAN, I INT, L BIGINT, D DOUBLE, S STRING, Y BYTES, M DECIMAL(4, 2), A DATE, T TIME, P TIMESTAMP, R STRUCT<X INT>, N INT"
	columns := parseColumns(t, schema)
	for nullable, want := range map[catalog.Nullable]string{
		catalog.NotNullable: `B=false I=0 L=0 D=0.0 S="" Y=0x M=NULL A=NULL T=NULL P=NULL R=NULL N=7`,
		catalog.Optional:    `B=NULL I=NULL L=NULL D=NULL S=NULL Y=NULL M=NULL A=NULL T=NULL P=NULL R=NULL N=7`,
		catalog.Wrapper:     `B=NULL I=NULL L=NULL D=NULL S=NULL Y=NULL M=NULL A=NULL T=NULL P=NULL R=NULL N=7`,
	} {
		spec := Spec{Format: catalog.Format{Name: "PROTOBUF_NOSR", Nullable: nullable}, Side: catalog.ValueSide, Columns: columns}
		nulls, zeros := make(data.Row, len(columns)), make(data.Row, len(columns))
		for i, c := range columns {
			zeros[i] = nullless(c.Type, data.Null)
		}
		nulls[len(nulls)-1] = data.Int(7)
		if got := describeRow(columns, through(t, spec, nulls)); got != want {
			t.Errorf("%q: NULLs come back as %s", nullable, got)
		}
		if got, want := describeRow(columns, through(t, spec, zeros)), describeRow(columns, zeros); got != want {
			t.Errorf("%q: %s comes back as %s", nullable, want, got)
		}
	}
}

// through encodes a row and decodes it again.
func through(t *testing.T, spec Spec, row data.Row) data.Row {
	t.Helper()
	formats := formatsForTests()
	encoder, err := formats.NewEncoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := encoder.Encode(nil, row)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := formats.NewDecoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	got := make(data.Row, len(row))
	if _, err := decoder.Decode(encoded, got, &data.Arena{}); err != nil {
		t.Fatalf("%x: %v", encoded, err)
	}
	return got
}

// TestProtoWire holds what other writers of Protobuf may do: fields in any order,
// numbers that are packed or not, fields that come twice or are unknown.
func TestProtoWire(t *testing.T) {
	t.Parallel()
	columns := parseColumns(t, "I INT, A ARRAY<BIGINT>, S ARRAY<STRING>, M MAP<STRING, INT>, R STRUCT<X INT, Y STRING>")
	for encoded, want := range map[string]string{
		"":                             `I=0 A=[] S=[] M={} R=NULL`,
		"\x10\x05\x08\x01\x10\x06":     `I=1 A=[5, 6] S=[] M={} R=NULL`,
		"\x12\x02\x05\x06\x10\x07":     `I=0 A=[5, 6, 7] S=[] M={} R=NULL`,
		"\x1a\x01a\x08\x02\x1a\x01b":   `I=2 A=[] S=["a", "b"] M={} R=NULL`,
		"\x08\x01\x08\x02":             `I=2 A=[] S=[] M={} R=NULL`,
		"\x22\x05\x0a\x01k\x10\x09":    `I=0 A=[] S=[] M={"k": 9} R=NULL`,
		"\x22\x05\x10\x09\x0a\x01k":    `I=0 A=[] S=[] M={"k": 9} R=NULL`,
		"\x22\x00":                     `I=0 A=[] S=[] M={"": 0} R=NULL`,
		"\x2a\x02\x08\x03":             `I=0 A=[] S=[] M={} R=(X=3 Y="")`,
		"\x0a\x01x\x08\x01":            `I=1 A=[] S=[] M={} R=NULL`, // I with a length is not I
		"\xf8\x07\x01\xfa\x07\x02zz":   `I=0 A=[] S=[] M={} R=NULL`, // unknown fields
		"\x08":                         `error $.I: the bytes are not a Protobuf message`,
		"\x00\x01":                     `error $: the bytes are not a Protobuf message`,
		"\x1a\x05a":                    `error $: the bytes are not a Protobuf message`,
		"\x2a\x01\x08":                 `error $.R.X: the bytes are not a Protobuf message`,
		"\x25\x01\x02\x03\x04":         `I=0 A=[] S=[] M={} R=NULL`, // M with four bytes is not M
		"\x12\x01\x85":                 `I=0 A=[] S=[] M={} R=NULL`,
		"\x22\x03\x0a\x05k":            `error $.M: the bytes are not a Protobuf message`,
		strings.Repeat("\x10\x01", 70): `I=0 A=[` + strings.Repeat("1, ", 69) + `1] S=[] M={} R=NULL`,
	} {
		spec := Spec{Format: catalog.Format{Name: "PROTOBUF_NOSR"}, Side: catalog.ValueSide, Columns: columns}
		decoder, err := formatsForTests().NewDecoder(spec)
		if err != nil {
			t.Fatal(err)
		}
		row := make(data.Row, len(columns))
		got := ""
		_, err = decoder.Decode([]byte(encoded), row, &data.Arena{})
		if fault, bad := errors.AsType[*Error](err); bad {
			got = "error " + fault.Path + ": " + fault.Message
		} else {
			got = describeRow(columns, row)
		}
		if got != want {
			t.Errorf("%x is %s, want %s", encoded, got, want)
		}
	}
}

func TestProtoRefuses(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		"M MAP<INT, INT>":         "PROTOBUF format only supports MAP types with STRING keys",
		"A ARRAY<ARRAY<INT>>":     "PROTOBUF format does not support ARRAY<ARRAY<INTEGER>>, column: `A`",
		"A STRUCT<X ARRAY<INT>>":  "",
		"A ARRAY<MAP<STRING, X>>": "PROTOBUF format does not support ARRAY<MAP<STRING, STRUCT<`F` INTEGER>>>, column: `A`",
	} {
		columns := parseColumns(t, strings.ReplaceAll(schema, "X>>", "STRUCT<F INT>>>"))
		err := formatsForTests().Check(catalog.Format{Name: "PROTOBUF_NOSR"}, catalog.ValueSide, columns)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", schema, err)
		}
	}
	spec := Spec{Format: catalog.Format{Name: "PROTOBUF_NOSR"}, Side: catalog.ValueSide, Columns: parseColumns(t, "A ARRAY<INT>")}
	encoder, err := formatsForTests().NewEncoder(spec)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := encoder.Encode(nil, data.Row{data.Array([]data.Value{data.Int(1), data.Null})}); err == nil || err.Error() != "$.A[1]: Protobuf has no NULL in a list" {
		t.Error(err)
	}
}
