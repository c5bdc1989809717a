package serde

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// TestGolden runs the files of testdata/golden. Their commands:
//
//	schema                  the columns of what follows: NAME TYPE, …
//	check format=F [key]    what the format says about the schema
//	decode format=F [key] [unwrapped] [delimiter=C] [wanted=(A,B)] [quoted] [null]
//	                        each line is the bytes of a record; a Go string if quoted,
//	                        hexadecimal if it begins with 0x; with null, bad fields are NULL
//	encode format=F …       each line is a row, as a JSON object
func TestGolden(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata/golden", func(t *testing.T, path string) {
		var columns []types.Column
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if d.Cmd == "schema" {
				columns = parseColumns(t, d.Input)
				return ""
			}
			spec := goldenSpec(t, d, columns)
			switch d.Cmd {
			case "check":
				if err := New().Check(spec.Format, spec.Side, columns); err != nil {
					return "error: " + err.Error() + "\n"
				}
				return "ok\n"
			case "decode":
				return goldenDecode(t, spec, d)
			case "encode":
				return goldenEncode(t, spec, d)
			}
			t.Fatalf("unknown command %s", d.Cmd)
			return ""
		})
	})
}

func goldenSpec(t *testing.T, d *datadriven.TestData, columns []types.Column) Spec {
	spec := Spec{Side: catalog.ValueSide, Columns: columns}
	d.ScanArgs(t, "format", &spec.Format.Name)
	spec.Format.Unwrapped, spec.NullFields = d.HasArg("unwrapped"), d.HasArg("null")
	if d.HasArg("key") {
		spec.Side = catalog.KeySide
	}
	if d.HasArg("delimiter") {
		var delimiter string
		d.ScanArgs(t, "delimiter", &delimiter)
		text, err := strconv.Unquote(`"` + delimiter + `"`)
		if err != nil {
			t.Fatal(err)
		}
		spec.Format.Delimiter = []rune(text)[0]
	}
	for _, arg := range d.CmdArgs {
		if arg.Key != "wanted" {
			continue
		}
		spec.Wanted = make([]bool, len(columns))
		for i, c := range columns {
			for _, name := range arg.Vals {
				spec.Wanted[i] = spec.Wanted[i] || c.Name == name
			}
		}
	}
	return spec
}

func goldenDecode(t *testing.T, spec Spec, d *datadriven.TestData) string {
	decoder, err := New().NewDecoder(spec)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	var out strings.Builder
	var arena data.Arena
	row := make(data.Row, len(spec.Columns))
	for line := range strings.SplitSeq(d.Input, "\n") {
		fillWithRubbish(row)
		null, err := decoder.Decode(goldenBytes(t, line, d.HasArg("quoted")), row, &arena)
		if fields, ok := errors.AsType[FieldErrors](err); ok {
			for _, field := range fields {
				fmt.Fprintf(&out, "field: %v\n", field)
			}
			err = nil
		}
		switch {
		case err != nil:
			fmt.Fprintf(&out, "error: %v\n", err)
		case null:
			out.WriteString("null\n")
		default:
			out.WriteString(describeRow(spec.Columns, row) + "\n")
		}
	}
	return out.String()
}

func goldenEncode(t *testing.T, spec Spec, d *datadriven.TestData) string {
	encoder, err := New().NewEncoder(spec)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	source := spec
	source.Format, source.Side = catalog.Format{Name: "JSON"}, catalog.ValueSide
	decoder, err := New().NewDecoder(source)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	var arena data.Arena
	for line := range strings.SplitSeq(d.Input, "\n") {
		row := make(data.Row, len(spec.Columns))
		null, err := decoder.Decode([]byte(line), row, &arena)
		if err != nil {
			t.Fatal(err)
		}
		if null {
			row = nil
		}
		encoded, err := encoder.Encode([]byte("before|"), row)
		switch {
		case err != nil:
			fmt.Fprintf(&out, "error: %v\n", err)
		case encoded == nil:
			out.WriteString("null\n")
		default:
			text := strings.TrimPrefix(string(encoded), "before|")
			if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '\ufffd' }) {
				text = fmt.Sprintf("%q", text)
			}
			fmt.Fprintf(&out, "%s·\n", text)
		}
	}
	return out.String()
}

func goldenBytes(t *testing.T, line string, quoted bool) []byte {
	switch {
	case line == "nil":
		return nil
	case strings.HasPrefix(line, "0x"):
		raw, err := hex.DecodeString(strings.ReplaceAll(line[2:], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	case quoted:
		text, err := strconv.Unquote(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return []byte(text)
	}
	return []byte(line)
}

// fillWithRubbish fills a row as if another record had been decoded into it before.
func fillWithRubbish(row data.Row) {
	for i := range row {
		row[i] = data.String("left over")
	}
}

func describeRow(columns []types.Column, row data.Row) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c.Name + "=" + describeValue(row[i], c.Type)
	}
	return strings.Join(parts, " ")
}

// describeValue shows a value with its kind, as far as the kind cannot be seen from the value.
func describeValue(v data.Value, t *types.Type) string {
	if v.IsNull() {
		return "NULL"
	}
	if v.Kind() != t.Kind() {
		return fmt.Sprintf("a %v where the column is %v", v.Kind(), t)
	}
	var parts []string
	switch v.Kind() {
	case types.KindBoolean:
		return strconv.FormatBool(v.Bool())
	case types.KindDouble:
		return types.FormatDouble(v.Float64())
	case types.KindDecimal:
		return types.FormatDecimal(v.BigUnscaled().String(), t.Scale()) + "m"
	case types.KindString:
		return strconv.Quote(v.Text())
	case types.KindBytes:
		return "0x" + hex.EncodeToString(v.Raw())
	case types.KindArray:
		for _, e := range v.Elems() {
			parts = append(parts, describeValue(e, t.Elem()))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case types.KindMap:
		for _, e := range v.Entries() {
			parts = append(parts, strconv.Quote(e.Key.Text())+": "+describeValue(e.Value, t.Elem()))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case types.KindStruct:
		for i, e := range v.Elems() {
			parts = append(parts, t.Fields()[i].Name+"="+describeValue(e, t.Fields()[i].Type))
		}
		return "(" + strings.Join(parts, " ") + ")"
	}
	return strconv.FormatInt(v.Int64(), 10)
}
