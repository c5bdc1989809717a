package eval

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// errText is the error of text that does not read as a value of a type.
func errText(to *types.Type, text string) error {
	return fmt.Errorf("invalid input syntax for type %s: %q.", to, text) //nolint:staticcheck // ksqlDB's text ends so
}

// textToBoolean is true for any beginning of true or yes and false for
// everything else: ksqlDB's rule.
func textToBoolean(_ *Frame, v data.Value) (data.Value, error) {
	truth, _ := expr.Truth(v.Text())
	return data.Boolean(truth), nil
}

func textToWhole(kind types.Kind) converter {
	bits, typ := 64, types.Bigint
	if kind == types.KindInt {
		bits, typ = 32, types.Int
	}
	return func(_ *Frame, v data.Value) (data.Value, error) {
		i, err := strconv.ParseInt(strings.TrimSpace(v.Text()), 10, bits)
		if err != nil {
			return data.Null, errText(typ, v.Text())
		}
		return whole(kind, i), nil
	}
}

func textToDouble(_ *Frame, v data.Value) (data.Value, error) {
	parsed, err := expr.ParseText(v.Text(), types.Double)
	if err != nil {
		return data.Null, err
	}
	return data.Double(parsed.(float64)), nil
}

func textToDecimal(to *types.Type) converter {
	return func(_ *Frame, v data.Value) (data.Value, error) {
		d, err := types.ParseDecimal(strings.TrimSpace(v.Text()))
		if err != nil {
			return data.Null, errText(to, v.Text())
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
