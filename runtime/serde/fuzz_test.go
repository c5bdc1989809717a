package serde

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// goldenLines returns the lines of the goldens whose names match, as seeds.
func goldenLines(t testing.TB, pattern string) []string {
	paths, err := filepath.Glob(filepath.Join("testdata", "golden", pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no goldens match %s: %v", pattern, err)
	}
	var lines []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			if unquoted, err := strconv.Unquote(line); err == nil {
				lines = append(lines, unquoted)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// FuzzDecodeJSON holds the scanner against encoding/json: what one reads the
// other has to read, and as the same values.
func FuzzDecodeJSON(f *testing.F) {
	for _, line := range goldenLines(f, "json_*.ddt") {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		checkLenient(t, src)
		checkTyped(t, src)
	})
}

// FuzzDecodeAfter holds that what a decoder has learned from one record does
// not change what it makes of another.
func FuzzDecodeAfter(f *testing.F) {
	lines := goldenLines(f, "json_*.ddt")
	for i, line := range lines {
		f.Add([]byte(line), []byte(lines[(i+1)%len(lines)]))
	}
	columns := parseColumns(f, "ID INT, A INT, `b` STRING, B STRING, C STRUCT<A INT, `b` ARRAY<STRING>>")
	f.Fuzz(func(t *testing.T, before, src []byte) {
		spec := Spec{Format: catalog.Format{Name: "JSON"}, Side: catalog.ValueSide, Columns: columns}
		var outcomes [2]string
		for i := range outcomes {
			decoder, err := New().NewDecoder(spec)
			if err != nil {
				t.Fatal(err)
			}
			var arena data.Arena
			row := make(data.Row, len(columns))
			if i == 1 {
				_, _ = decoder.Decode(before, row, &arena)
			}
			if _, err = decoder.Decode(src, row, &arena); err != nil {
				outcomes[i] = err.Error()
			} else {
				outcomes[i] = describeRow(columns, row)
			}
		}
		if outcomes[0] != outcomes[1] {
			t.Fatalf("%q is %s, but after %q it is %s", src, outcomes[0], before, outcomes[1])
		}
	})
}

// checkLenient decodes with columns that take any value, so that nothing but the syntax counts.
func checkLenient(t *testing.T, src []byte) {
	columns := parseColumns(t, "A STRING, S STRING, `b` STRING")
	row, err := decodeOnce(t, columns, src)
	fault := new(Error)
	deep := errors.As(err, &fault) && strings.HasPrefix(fault.Message, "nested too deeply")
	if json.Valid(src) && utf8.Valid(src) && !deep {
		var members map[string]json.RawMessage
		isObject := json.Unmarshal(src, &members) == nil
		if isObject != (err == nil) {
			t.Fatalf("%q is an object: %v, but: %v", src, isObject, err)
		}
		for i, c := range columns {
			if isObject && row != nil {
				checkText(t, src, c.Name, row[i])
			}
		}
	}
	if err == nil && !bytes.HasPrefix(src, byteOrderMark) {
		var first json.RawMessage
		if err := json.NewDecoder(bytes.NewReader(src)).Decode(&first); err != nil && src != nil {
			t.Fatalf("%q was accepted, but: %v", src, err)
		}
	}
}

// checkText compares a STRING column with the member that should fill it.
func checkText(t *testing.T, src []byte, name string, got data.Value) {
	raw := memberOf(src, name)
	var want any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&want); err != nil {
		want = nil
	}
	switch want := want.(type) {
	case nil:
		if !got.IsNull() {
			t.Fatalf("%q: %s is %q, want NULL", src, name, got.Text())
		}
	case string:
		if got.IsNull() || got.Text() != want {
			t.Fatalf("%q: %s is %q, want %q", src, name, got.Text(), want)
		}
	case map[string]any:
		if !json.Valid([]byte(got.Text())) {
			t.Fatalf("%q: %s is %q, which is no JSON", src, name, got.Text())
		}
	}
}

// memberOf returns the member of an object that fills a column: the last of
// exactly the name, else the last whose name in upper case is the column's.
func memberOf(src []byte, column string) (value json.RawMessage) {
	decoder := json.NewDecoder(bytes.NewReader(src))
	_, _ = decoder.Token()
	exact := false
	for decoder.More() {
		token, _ := decoder.Token()
		var raw json.RawMessage
		if decoder.Decode(&raw) != nil {
			return nil
		}
		name, _ := token.(string)
		if name == column {
			value, exact = raw, true
		} else if strings.ToUpper(name) == column && !exact {
			value = raw
		}
	}
	return value
}

// checkTyped compares numbers and nested values, where both sides accept the text.
func checkTyped(t *testing.T, src []byte) {
	columns := parseColumns(t, "D DOUBLE, L BIGINT, M DECIMAL(12, 3), A ARRAY<DOUBLE>, S STRUCT<X BIGINT, Y MAP<STRING, BOOLEAN>>")
	row, err := decodeOnce(t, columns, src)
	if err != nil || !json.Valid(src) || row == nil {
		return
	}
	if raw := memberOf(src, "D"); isNumber(raw) {
		checkFloat(t, src, raw, row[0])
	}
	if raw := memberOf(src, "L"); isNumber(raw) {
		if want, err := strconv.ParseInt(string(raw), 10, 64); err == nil && row[1].Int64() != want {
			t.Fatalf("%q: L is %d", src, row[1].Int64())
		}
	}
	if raw := memberOf(src, "M"); isNumber(raw) && !bytes.ContainsAny(raw, "eE") {
		want, err := types.ParseDecimal(string(raw))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := strconv.ParseFloat(types.FormatDecimal(row[2].BigUnscaled().String(), 3), 64)
		if near, _ := strconv.ParseFloat(want.String(), 64); near != got {
			t.Fatalf("%q: M is %v", src, got)
		}
	}
	var elems []json.RawMessage
	if raw := memberOf(src, "A"); len(raw) > 0 && json.Unmarshal(raw, &elems) == nil {
		if len(elems) != row[3].Len() {
			t.Fatalf("%q: A has %d elements", src, row[3].Len())
		}
		for i, elem := range elems {
			if isNumber(elem) {
				checkFloat(t, src, elem, row[3].Elems()[i])
			}
		}
	}
}

func isNumber(raw []byte) bool {
	return len(raw) > 0 && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9')
}

func checkFloat(t *testing.T, src, raw []byte, got data.Value) {
	want, _ := strconv.ParseFloat(string(raw), 64)
	if math.Float64bits(got.Float64()) != math.Float64bits(want) {
		t.Fatalf("%q: %s is read as %v", src, raw, got.Float64())
	}
}

// decodeOnce decodes a value twice with the same decoder, since what it learns
// from the first must not change the second. The row is nil for a null value.
func decodeOnce(t *testing.T, columns []types.Column, src []byte) (data.Row, error) {
	t.Helper()
	decoder, err := New().NewDecoder(Spec{Format: catalog.Format{Name: "JSON"}, Side: catalog.ValueSide, Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	var arena data.Arena
	first, second := make(data.Row, len(columns)), make(data.Row, len(columns))
	null, err := decoder.Decode(src, first, &arena)
	again, err2 := decoder.Decode(src, second, &arena)
	if null != again || (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
		t.Fatalf("%q: first %v, then %v", src, err, err2)
	}
	if err != nil || null {
		return nil, err
	}
	if a, b := describeRow(columns, first), describeRow(columns, second); a != b {
		t.Fatalf("%q: first %s, then %s", src, a, b)
	}
	return first, nil
}

// FuzzDecodeDelimited holds the first line against encoding/csv, which is
// stricter about quotes: what it reads we have to read, and as the same values.
func FuzzDecodeDelimited(f *testing.F) {
	for _, line := range goldenLines(f, "delimited.ddt") {
		f.Add([]byte(line))
	}
	columns := parseColumns(f, "A STRING, B STRING, C STRING")
	f.Fuzz(func(t *testing.T, src []byte) {
		decoder, err := New().NewDecoder(Spec{Format: catalog.Format{Name: "DELIMITED"}, Side: catalog.ValueSide, Columns: columns})
		if err != nil {
			t.Fatal(err)
		}
		row := make(data.Row, len(columns))
		_, err = decoder.Decode(append([]byte{}, src...), row, new(data.Arena))
		if !utf8.Valid(src) || bytes.IndexByte(src, '\r') >= 0 {
			return // encoding/csv repairs nothing, and takes a lone \r for text
		}
		reader := csv.NewReader(bytes.NewReader(src))
		reader.FieldsPerRecord = -1
		fields, csvErr := reader.Read()
		if csvErr != nil {
			return
		}
		if (err == nil) != (len(fields) == len(columns)) {
			t.Fatalf("%q has fields %q, but: %v", src, fields, err)
		}
		for i, text := range fields {
			if err == nil && (row[i].IsNull() != (text == "") || text != "" && row[i].Text() != text) {
				t.Fatalf("%q: field %d is %q, want %q", src, i, row[i].Text(), text)
			}
		}
	})
}
