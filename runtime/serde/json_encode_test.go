package serde

import (
	"testing"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// TestNullMapKey writes the entry of a key that is NULL, which no format gives but
// the constructor MAP does.
func TestNullMapKey(t *testing.T) {
	t.Parallel()
	encoder, err := New().NewEncoder(Spec{
		Format: catalog.Format{Name: "JSON"}, Side: catalog.ValueSide,
		Columns: []types.Column{{Name: "M", Type: types.MapOf(types.String, types.Int)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := data.Map([]data.Entry{{Key: data.Null, Value: data.Int(1)}, {Key: data.String("a"), Value: data.Int(2)}})
	got, err := encoder.Encode(nil, data.Row{m})
	if want := `{"M":{"null":1,"a":2}}`; err != nil || string(got) != want {
		t.Errorf("%s, %v, not %s", got, err, want)
	}
}
