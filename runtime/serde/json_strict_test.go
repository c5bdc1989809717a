package serde

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// TestStrictJSON reads records of JSON_SR with the schema of their writer. Commands:
//
//	schema    the columns of what follows
//	writer    the JSON Schema of the records
//	decode    each line is the text of a record behind the id
func TestStrictJSON(t *testing.T) {
	t.Parallel()
	var columns []types.Column
	var decoder Decoder
	datadriven.RunTest(t, "testdata/strict/json_sr.ddt", func(t *testing.T, d *datadriven.TestData) string {
		t.Helper()
		switch d.Cmd {
		case "schema":
			columns = parseColumns(t, d.Input)
			return ""
		case "writer":
			memory := &registry.Memory{}
			if _, err := memory.Register(t.Context(), "t-value", registry.Schema{Type: registry.JSON, Text: d.Input}); err != nil {
				t.Fatal(err)
			}
			var err error
			spec := Spec{Format: catalog.Format{Name: "JSON_SR"}, Side: catalog.ValueSide, Topic: "t", Columns: columns}
			if decoder, err = New(WithRegistry(memory)).NewDecoder(spec); err != nil {
				t.Fatal(err)
			}
			return ""
		}
		return decodeLines(decoder, columns, d.Input)
	})
}

// decodeLines decodes the texts behind the id 1.
func decodeLines(decoder Decoder, columns []types.Column, input string) string {
	var out strings.Builder
	row, arena := make(data.Row, len(columns)), &data.Arena{}
	for line := range strings.SplitSeq(input, "\n") {
		fillWithRubbish(row)
		if _, err := decoder.Decode(append([]byte{0, 0, 0, 0, 1}, line...), row, arena); err != nil {
			fmt.Fprintf(&out, "error: %v\n", err)
			continue
		}
		out.WriteString(describeRow(columns, row) + "\n")
	}
	return out.String()
}
