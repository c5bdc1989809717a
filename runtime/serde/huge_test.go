//go:build !race

package serde

import (
	"bytes"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
)

// TestHugeLines holds that a line of a hundred megabytes is read, or refused, in one go.
func TestHugeLines(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("moves some hundred megabytes")
	}
	const size = 100 << 20
	line := func(size int, before, filling, after string) []byte {
		text := append(make([]byte, 0, size+100), before...)
		text = append(text, bytes.Repeat([]byte(filling), size/len(filling))...)
		return append(text, after...)
	}
	v, err := decodeColumn(t, types.String, line(size, `{"C":"`, "x", `"}`))
	if err != nil || len(v.Text()) != size {
		t.Errorf("a text: %d bytes, %v", len(v.Text()), err)
	}
	if v, err = decodeColumn(t, types.Int, line(size, `{"X":[0`, ",0", `],"C":7}`)); err != nil || v.Int64() != 7 {
		t.Errorf("an array: %v, %v", v, err)
	}
	for _, typ := range []*types.Type{types.Bigint, types.Double, types.DecimalOf(38, 10)} {
		_, err = decodeColumn(t, typ, line(size/10, `{"C":1`, "0", `}`))
		if refused := err != nil && len(err.Error()) < 200; refused != (typ.Kind() == types.KindDecimal) {
			t.Errorf("a number as %s: %.200v", typ, err)
		}
	}
	if _, err = decodeColumn(t, types.Int, line(size/10, `{"C":"bad"`, `,"C":"bad"`, `}`)); err == nil {
		t.Error("no error, though every member is bad")
	}
}
