package display_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
)

func TestValues(t *testing.T) {
	t.Parallel()
	person := types.StructOf(types.Field{Name: "A", Type: types.Int}, types.Field{Name: "b", Type: types.String})
	huge, _ := new(big.Int).SetString("-123456789012345678901234567890", 10)
	for _, c := range []struct {
		value      data.Value
		typ        *types.Type
		text, json string
	}{
		{data.Null, types.String, "null", "null"},
		{data.Boolean(true), types.Boolean, "true", "true"},
		{data.Int(-7), types.Int, "-7", "-7"},
		{data.Bigint(math.MaxInt64), types.Bigint, "9223372036854775807", "9223372036854775807"},
		{data.Double(0), types.Double, "0.0", "0.0"},
		{data.Double(1), types.Double, "1.0", "1.0"},
		{data.Double(-1234567.5), types.Double, "-1234567.5", "-1234567.5"},
		{data.Double(1e7), types.Double, "1.0E7", "1.0E7"},
		{data.Double(1.25e10), types.Double, "1.25E10", "1.25E10"},
		{data.Double(0.001), types.Double, "0.001", "0.001"},
		{data.Double(0.00015), types.Double, "1.5E-4", "1.5E-4"},
		{data.Double(math.NaN()), types.Double, "NaN", `"NaN"`},
		{data.Double(math.Inf(-1)), types.Double, "-Infinity", `"-Infinity"`},
		{data.Decimal(-150), types.DecimalOf(5, 2), "-1.50", "-1.50"},
		{data.BigDecimal(huge), types.DecimalOf(38, 4), "-12345678901234567890123456.7890", "-12345678901234567890123456.7890"},
		{data.String("it's\n\x1b[31m \"é\""), types.String, "it's\n\x1b[31m \"é\"", `"it's\n\u001b[31m \"é\""`},
		{data.String("\xff\u009b\x01"), types.String, "\xff\u009b\x01", "\"\ufffd\\u009b\\u0001\""},
		{data.String("a\u202eb"), types.String, "a\u202eb", `"a\u202eb"`},
		{data.Bytes([]byte("abc")), types.Bytes, "YWJj", `"YWJj"`},
		{data.Date(18262), types.Date, "2020-01-01", `"2020-01-01"`},
		{data.Date(-1), types.Date, "1969-12-31", `"1969-12-31"`},
		{data.Time(36_000_000), types.Time, "10:00", `"10:00"`},
		{data.Time(36_001_000), types.Time, "10:00:01", `"10:00:01"`},
		{data.Time(36_000_001), types.Time, "10:00", `"10:00"`}, // milliseconds are left out: ksqlDB's rule
		{data.Timestamp(1577872800000), types.Timestamp, "2020-01-01T10:00:00.000", `"2020-01-01T10:00:00.000"`},
		{data.Array([]data.Value{data.Int(1), data.Null}), types.ArrayOf(types.Int), "[1, null]", "[1,null]"},
		{data.Array(nil), types.ArrayOf(types.Int), "[]", "[]"},
		{
			data.Map([]data.Entry{{Key: data.String("k"), Value: data.Double(2)}, {Key: data.String("a"), Value: data.Null}}),
			types.MapOf(types.String, types.Double), "{a=null, k=2.0}", `{"a":null,"k":2.0}`,
		},
		{
			data.Map([]data.Entry{{Key: data.Int(3), Value: data.Bytes([]byte{0})}}),
			types.MapOf(types.Int, types.Bytes), "{3=AA==}", `{"3":"AA=="}`,
		},
		{data.Struct([]data.Value{data.Int(1), data.String("x")}), person, "{A=1, b=x}", `{"A":1,"b":"x"}`},
	} {
		if got := display.Text(c.value, c.typ); got != c.text {
			t.Errorf("text of %s: %q, want %q", c.typ, got, c.text)
		}
		if got := string(display.AppendJSON(nil, c.value, c.typ)); got != c.json {
			t.Errorf("JSON of %s: %s, want %s", c.typ, got, c.json)
		}
	}
}
