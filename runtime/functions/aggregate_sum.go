package functions

import (
	"math"
	"math/big"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the aggregate functions whose state is one number.

func sums() []Function {
	return []Function{
		{
			Name: "COUNT", Kind: expr.Aggregate, Undoable: true,
			Doc:       "Counts the records of a group: COUNT(*) all of them, COUNT(val) those whose value is not NULL.",
			Args:      []Arg{{"val", "What is counted where it is not NULL."}},
			Overloads: []Overload{aggregate("(val T) BIGINT", count)},
			Over:      []AggregateExample{{"COUNT(x)", "x = 'a', NULL, 'a'", "CAST(2 AS BIGINT)"}, {"COUNT(*)", "x = 'a', NULL, 'a'", "CAST(3 AS BIGINT)"}},
		},
		{
			Name: "SUM", Kind: expr.Aggregate, Undoable: true,
			Doc: "Adds the values of a group. NULLs are left out; the sum of none is 0. A sum of INT or BIGINT that does not fit " +
				"its type starts again from the other end; a record with which a DECIMAL's sum does not fit is an error.",
			Args:      []Arg{{"val", "The values to add."}},
			Overloads: overloads(numberSums(), []Overload{aggregate("(val DECIMAL) DECIMAL", sumDecimals)}),
			Over:      []AggregateExample{{"SUM(x)", "x = 3, NULL, 5", "8"}, {"SUM(x)", "x = 1.50, 0.75", "2.25"}},
		},
	}
}

// tally is the aggregation of a number, with the function that changes it by an
// argument: added for 1, taken back for -1. Numbers can be added in any order.
func tally(typ *types.Type, zero data.Value, change func(total, arg data.Value, sign int64) (data.Value, error)) Aggregation {
	return Aggregation{
		State: typ, Initial: zero,
		Add: func(_ *Env, state data.Value, args []data.Value) (data.Value, error) {
			return change(state, args[0], 1)
		},
		Undo: func(_ *Env, state data.Value, args []data.Value) (data.Value, error) {
			return change(state, args[0], -1)
		},
		Merge: func(_ *Env, a, b data.Value) (data.Value, error) { return change(a, b, 1) },
	}
}

// count binds COUNT. Merge adds what both sides have counted.
func count(*Binding, []data.Value) (Aggregation, error) {
	a := tally(types.Bigint, data.Bigint(0), func(total, _ data.Value, sign int64) (data.Value, error) {
		return data.Bigint(total.Int64() + sign), nil
	}).skipNulls()
	a.Merge = func(_ *Env, a, b data.Value) (data.Value, error) { return data.Bigint(a.Int64() + b.Int64()), nil }
	return a, nil
}

// numberSums is the overloads of SUM for numbers that fit a word.
func numberSums() []Overload {
	return []Overload{
		sumOf("(val INT) INT", types.Int, data.Int(0), func(total, arg data.Value, sign int64) (data.Value, error) {
			return data.Int(int32(total.Int64() + sign*arg.Int64())), nil
		}),
		sumOf("(val BIGINT) BIGINT", types.Bigint, data.Bigint(0), func(total, arg data.Value, sign int64) (data.Value, error) {
			return data.Bigint(total.Int64() + sign*arg.Int64()), nil
		}),
		sumOf("(val DOUBLE) DOUBLE", types.Double, data.Double(0), func(total, arg data.Value, sign int64) (data.Value, error) {
			return data.Double(total.Float64() + float64(sign)*arg.Float64()), nil
		}),
	}
}

// sumOf is an overload of SUM.
func sumOf(signature string, typ *types.Type, zero data.Value, change func(total, arg data.Value, sign int64) (data.Value, error)) Overload {
	return aggregate(signature, func(*Binding, []data.Value) (Aggregation, error) {
		return tally(typ, zero, change).skipNulls(), nil
	})
}

// sumDecimals binds SUM of a DECIMAL.
func sumDecimals(b *Binding, _ []data.Value) (Aggregation, error) {
	typ := b.Result
	limit := tenTo(typ.Precision())
	return tally(typ, data.Decimal(0), func(total, arg data.Value, sign int64) (data.Value, error) {
		sum := addDecimals(total, arg, sign)
		if n, small := sum.Unscaled(); small && typ.Precision() < len(powersOfTen) {
			if bound := powersOfTen[typ.Precision()]; -bound < n && n < bound {
				return sum, nil
			}
		} else if sum.BigUnscaled().CmpAbs(limit) < 0 {
			return sum, nil
		}
		return data.Null, types.Overflow(typ, types.Decimal{Unscaled: sum.BigUnscaled(), Scale: typ.Scale()}.String)
	}).skipNulls(), nil
}

// addDecimals returns total + sign × arg, both of the same scale.
func addDecimals(total, arg data.Value, sign int64) data.Value {
	if x, ok := total.Unscaled(); ok && halfway(x) {
		if y, ok := arg.Unscaled(); ok && halfway(y) {
			return data.Decimal(x + sign*y)
		}
	}
	signed := new(big.Int).Mul(arg.BigUnscaled(), big.NewInt(sign))
	return data.BigDecimal(signed.Add(signed, total.BigUnscaled()))
}

// halfway reports whether two such numbers can be added and subtracted without running over.
func halfway(x int64) bool { return -math.MaxInt64/2 <= x && x <= math.MaxInt64/2 }
