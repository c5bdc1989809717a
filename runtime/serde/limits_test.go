package serde

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

func decodeColumn(t *testing.T, typ *types.Type, src []byte) (data.Value, error) {
	t.Helper()
	decoder, err := New().NewDecoder(Spec{
		Format: catalog.Format{Name: "JSON"}, Side: catalog.ValueSide, Columns: []types.Column{{Name: "C", Type: typ}},
	})
	if err != nil {
		t.Fatal(err)
	}
	row := make(data.Row, 1)
	_, err = decoder.Decode(src, row, new(data.Arena))
	return row[0], err
}

// TestDeepNesting holds that nesting has a limit, wherever it is.
func TestDeepNesting(t *testing.T) {
	t.Parallel()
	for open, closing := range map[string]string{"[": "]", `{"C":`: "}", `[{"C":`: "}]"} {
		nest := func(levels int) []byte {
			return []byte(`{"X":` + strings.Repeat(open, levels) + "1" + strings.Repeat(closing, levels) + "}")
		}
		if _, err := decodeColumn(t, types.Int, nest(400)); err != nil {
			t.Errorf("400 levels of %s: %v", open, err)
		}
		for _, levels := range []int{10_000, 1_000_000} {
			for _, member := range []string{"X", "C"} { // passed over, and read as text
				src := bytes.Replace(nest(levels), []byte("X"), []byte(member), 1)
				_, err := decodeColumn(t, types.String, src)
				if err == nil || !strings.Contains(err.Error(), "nested too deeply") {
					t.Errorf("%d levels of %s: %v", levels, open, err)
				}
			}
		}
	}
}

// TestManyShapes holds that what a decoder remembers of the records it has seen is bounded.
func TestManyShapes(t *testing.T) {
	t.Parallel()
	columns := []types.Column{{Name: "C", Type: types.Int}}
	decoder, err := New().NewDecoder(Spec{Format: catalog.Format{Name: "JSON"}, Side: catalog.ValueSide, Columns: columns})
	if err != nil {
		t.Fatal(err)
	}
	row := make(data.Row, 1)
	for i := range 10 * maxGuesses {
		src := fmt.Appendf(nil, `{"key%d":%d,"c":%d}`, i, i, i)
		if _, err := decoder.Decode(src, row, new(data.Arena)); err != nil || row[0].Int64() != int64(i) {
			t.Fatalf("%s: %v, %v", src, row[0].Int64(), err)
		}
	}
	if n := len(decoder.(*jsonDecoder).row.guesses); n > maxGuesses {
		t.Errorf("%d guesses", n)
	}
}

// TestDepthAfterFaults holds that values which are passed over, since a later
// member counts, leave no depth behind.
func TestDepthAfterFaults(t *testing.T) {
	t.Parallel()
	typ := types.StructOf(types.Field{Name: "M", Type: types.MapOf(types.String, types.ArrayOf(types.StructOf(types.Field{Name: "X", Type: types.Int})))})
	src := "{" + strings.Repeat(`"C":{"M":{"k":[{"X":{}}]}},`, 2*maxJSONDepth) + `"C":{"M":{"k":[{"X":7}]}}}`
	v, err := decodeColumn(t, typ, []byte(src))
	if err != nil || describeValue(v, typ) != `(M={"k": [(X=7)]})` {
		t.Errorf("%s, %v", describeValue(v, typ), err)
	}
}
