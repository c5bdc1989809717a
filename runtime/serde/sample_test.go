package serde_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// TestSamples runs testdata/sample.ddt. The command key or value, with a format, shows
// what is inferred from its lines; ~ is null, and \xNN a byte.
func TestSamples(t *testing.T) {
	t.Parallel()
	formats := serde.New()
	datadriven.RunTest(t, "testdata/sample.ddt", func(t *testing.T, d *datadriven.TestData) string {
		side := catalog.ValueSide
		if d.Cmd == "key" {
			side = catalog.KeySide
		}
		sample := formats.NewSample(catalog.Format{Name: d.CmdArgs[0].Key, Unwrapped: d.HasArg("bare")}, side)
		repeat := 1
		d.MaybeScanArgs(t, "repeat", &repeat)
		for line := range strings.SplitSeq(d.Input, "\n") {
			for n := range repeat {
				sample.Observe(sampleLine(strings.ReplaceAll(line, "#", strconv.Itoa(n))))
			}
		}
		found := sample.Infer()
		var out strings.Builder
		fmt.Fprintf(&out, "%d records, %d unfit\n", found.Records, found.Unfit)
		for i, c := range found.Columns {
			if i == 50 {
				fmt.Fprintf(&out, "… and %d more\n", len(found.Columns)-i)
				break
			}
			fmt.Fprintf(&out, "%s %s\n", ast.Quote(c.Name), c.Type)
		}
		for _, f := range found.Fields {
			if f.Note != "" {
				fmt.Fprintf(&out, "%s, in %d: %s\n", f.Path, f.Records, f.Note)
			}
		}
		return out.String()
	})
}

// sampleLine is the bytes that a line of a test stands for. DEEP is 1 in 40 arrays, MANY an
// object with 1002 members of two types.
func sampleLine(line string) []byte {
	line = strings.ReplaceAll(line, "DEEP", strings.Repeat("[", 40)+"1"+strings.Repeat("]", 40))
	if strings.Contains(line, "MANY") {
		members := make([]string, 1002)
		for i := range members {
			members[i] = fmt.Sprintf(`"m%d": %d`, i, i)
		}
		members[1] = `"m1": "text"`
		line = strings.ReplaceAll(line, "MANY", "{"+strings.Join(members, ", ")+"}")
	}
	if line == "~" {
		return nil
	}
	var out []byte
	for i := 0; i < len(line); i++ {
		if strings.HasPrefix(line[i:], `\x`) {
			b, err := strconv.ParseUint(line[i+2:i+4], 16, 8)
			if err != nil {
				panic(err)
			}
			out = append(out, byte(b))
			i += 3
			continue
		}
		out = append(out, line[i])
	}
	return out
}

// sampleOf is a topic whose values are given.
type sampleOf struct {
	formats *serde.Formats
	values  [][]byte
}

func (s sampleOf) Sample(_ context.Context, f catalog.Format, side catalog.Side, _ string) ([]types.Column, error) {
	sample := s.formats.NewSample(f, side)
	for _, v := range s.values {
		if side == catalog.ValueSide {
			sample.Observe(v)
		}
	}
	return sample.Infer().Columns, nil
}

// Whatever JSON objects a topic holds, the statement that is inferred from them reads back as the
// same schema, and that schema reads all of them.
func TestSamplesFitTheirRecords(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 0))
		values := make([][]byte, 1+r.IntN(6))
		for i := range values {
			values[i] = appendObject(nil, r, 3)
		}
		checkSample(t, values)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzSample(f *testing.F) {
	f.Add(`{"a": 1, "A": "x"}`, `{"a": {"b": [1, 2.5, 1e400]}}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		values := [][]byte{[]byte(a), []byte(b)}
		for _, v := range values {
			var object map[string]json.RawMessage
			if json.Unmarshal(v, &object) != nil || object == nil || !utf8.Valid(v) {
				t.Skip()
			}
		}
		checkSample(t, values)
	})
}

func checkSample(t *testing.T, values [][]byte) {
	t.Helper()
	formats := serde.New()
	p := &planner.Planner{Catalog: &catalog.Catalog{}, Formats: formats}
	parsed, err := parser.Parse("CREATE STREAM s WITH (kafka_topic='t', key_format='NONE', value_format='JSON');")
	if err != nil {
		t.Fatal(err)
	}
	completed, err := p.Complete(t.Context(), formats, sampleOf{formats, values}, parsed[0].Statement.(*ast.CreateSource))
	if err != nil {
		t.Fatal(err)
	}
	if len(completed.Columns) == 0 {
		return // no member that could be a column
	}
	text := ast.Format(completed) + ";"
	again, err := parser.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	want, err := p.Create(completed)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	got, err := p.Create(again[0].Statement.(*ast.CreateSource))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if got.Source.Schema.String() != want.Source.Schema.String() {
		t.Fatalf("%s reads back as %s", want.Source.Schema, got.Source.Schema)
	}
	decoder, err := formats.NewDecoder(serde.Spec{Format: got.Source.Value, Side: catalog.ValueSide, Columns: got.Source.Schema.Value})
	if err != nil {
		t.Fatal(err)
	}
	row := make(data.Row, len(got.Source.Schema.Value))
	for _, v := range values {
		if _, err := decoder.Decode(v, row, &data.Arena{}); err != nil {
			t.Errorf("%s cannot be read with %s: %v", v, text, err)
		}
	}
}

// appendObject appends an object of few names, so that they meet in different cases and with
// different types.
func appendObject(dst []byte, r *rand.Rand, depth int) []byte {
	names := []string{"a", "A", "b", "B", "id", "Id", "ID", "", "ROWTIME", "tick`", "two words", "straße", "${x}", "select", "q\"", "line\n"}
	dst = append(dst, '{')
	for i := range r.IntN(5) {
		if i > 0 {
			dst = append(dst, ',')
		}
		name, _ := json.Marshal(names[r.IntN(len(names))])
		dst = append(append(dst, name...), ':')
		dst = appendAny(dst, r, depth-1)
	}
	return append(dst, '}')
}

func appendAny(dst []byte, r *rand.Rand, depth int) []byte {
	scalars := []string{
		"null", "null", "true", "1", "-2147483648", "2147483648", "9223372036854775807", "9223372036854775808",
		"1.5", "1e3", "-0", "1e400", "123456789012345678901234567890", `"x"`, `"2024-05-01T00:00:00Z"`, `"\u00e9\ud83d"`, "[]", "{}",
	}
	switch n := r.IntN(10); {
	case depth > 0 && n < 2:
		return appendObject(dst, r, depth)
	case depth > 0 && n < 4:
		dst = append(dst, '[')
		for i := range r.IntN(4) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendAny(dst, r, depth-1)
		}
		return append(dst, ']')
	}
	return append(dst, scalars[r.IntN(len(scalars))]...)
}
