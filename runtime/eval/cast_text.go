package eval

import (
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// textToBoolean is true for any beginning of true or yes and false for
// everything else: ksqlDB's rule.
func textToBoolean(_ *Frame, v data.Value) (data.Value, error) {
	truth, _ := expr.Truth(v.Text())
	return data.Boolean(truth), nil
}

// textToWhole reads digits with a sign; unlike for a constant among numbers, 1.0
// is none: Java's rule.
func textToWhole(kind types.Kind) converter {
	bits, typ := 64, types.Bigint
	if kind == types.KindInt {
		bits, typ = 32, types.Int
	}
	return func(_ *Frame, v data.Value) (data.Value, error) {
		i, err := strconv.ParseInt(strings.TrimSpace(v.Text()), 10, bits)
		if err != nil {
			return data.Null, types.BadText(typ, v.Text())
		}
		return whole(kind, i), nil
	}
}

// textToDouble refuses NaN and the infinities.
func textToDouble(_ *Frame, v data.Value) (data.Value, error) {
	parsed, err := expr.ParseText(v.Text(), types.Double)
	if err != nil {
		return data.Null, err
	}
	return data.Double(parsed.(float64)), nil
}

// textToDecimal rounds to the scale.
func textToDecimal(to *types.Type) converter {
	return func(_ *Frame, v data.Value) (data.Value, error) {
		d, err := types.ParseDecimal(strings.TrimSpace(v.Text()))
		if err != nil {
			return data.Null, types.BadText(to, v.Text())
		}
		return decimalOrNull(d.Fit(to))
	}
}

// textTo reads a DATE, TIME, TIMESTAMP or BYTES.
func textTo(to *types.Type) converter {
	return func(_ *Frame, v data.Value) (data.Value, error) {
		parsed, err := expr.ParseText(v.Text(), to)
		if err != nil {
			return data.Null, err
		}
		if raw, ok := parsed.([]byte); ok {
			return data.Bytes(raw), nil
		}
		return whole(to.Kind(), parsed.(int64)), nil
	}
}
