package serde

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/catalog"
)

// TestGuess runs testdata/guess: each line of key and value is the bytes of
// another record of the same topic.
func TestGuess(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/guess", func(t *testing.T, d *datadriven.TestData) string {
		side := catalog.ValueSide
		if d.Cmd == "key" {
			side = catalog.KeySide
		}
		guess := New().NewGuess(side)
		var out strings.Builder
		fmt.Fprintln(&out, guess.Formats())
		for line := range strings.SplitSeq(d.Input, "\n") {
			src := goldenBytes(t, line, true)
			if guess.Observe(src) {
				fmt.Fprintln(&out, guess.Formats())
			}
			fmt.Fprintf(&out, "  %s\n", guess.Append(nil, src))
		}
		return out.String()
	})
}

// TestGuessRegistered holds that records whose schema a registry has are shown by it.
func TestGuessRegistered(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"AVRO":     `AVRO: {"ID": 7, "TAGS": ["x", "y"], "AT": {"X": 1.5}, "M": {"k": 1}} / <null>`,
		"PROTOBUF": `PROTOBUF: ID: 7 TAGS: "x" TAGS: "y" AT { X: 1.5 } M { key: "k" value: 1 } / <null>`,
		"JSON_SR":  `JSON_SR or KAFKA_STRING: {"ID":7,"TAGS":["x","y"],"AT":{"X":1.5},"M":{"k":1}} / <null>`,
	} {
		formats := formatsForTests()
		columns := parseColumns(t, "ID INT, TAGS ARRAY<STRING>, AT STRUCT<X DOUBLE>, M MAP<STRING, INT>")
		spec := Spec{Format: catalog.Format{Name: format}, Side: catalog.ValueSide, Topic: "t", Columns: columns}
		encoder, _, row := inFormat(t, formats, spec, `{"ID":7,"TAGS":["x","y"],"AT":{"X":1.5},"M":{"k":1}}`)
		encoded, err := encoder.Encode(nil, row)
		if err != nil {
			t.Fatal(err)
		}
		guess := formats.NewGuess(catalog.ValueSide)
		guess.Observe(encoded)
		got := guess.Formats() + ": " + string(guess.Append(nil, encoded)) + " / " + string(guess.Append(nil, nil))
		if got != want {
			t.Errorf("%s", got)
		}
		guess = formats.NewGuess(catalog.ValueSide)
		if guess.Observe([]byte{0, 0, 0, 9, 9, 1}); strings.Contains(guess.Formats(), format) {
			t.Errorf("a schema that nobody has is taken for %s", guess.Formats())
		}
	}
}
