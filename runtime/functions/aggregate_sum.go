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
				"its type goes on at the other end of it; a DECIMAL's sum that does not fit is an error.",
			Args: []Arg{{"val", "The values to add."}},
			Overloads: []Overload{
				sum("(val INT) INT", types.Int, data.Int(0), addInt),
				sum("(val BIGINT) BIGINT", types.Bigint, data.Bigint(0), addBigint),
				sum("(val DOUBLE) DOUBLE", types.Double, data.Double(0), addDouble),
				aggregate("(val DECIMAL) DECIMAL", sumDecimals),
			},
			Over: []AggregateExample{{"SUM(x)", "x = 3, NULL, 5", "8"}, {"SUM(x)", "x = 1.50, 0.75", "2.25"}},
		},
		{
			Name: "SUM_LIST", Kind: expr.Aggregate, Undoable: true,
			Doc:  "Adds all elements of the arrays of a group. Arrays and elements that are NULL are left out; the sum of none is 0.",
			Args: []Arg{{"array", "The arrays whose elements are added."}},
			Overloads: []Overload{
				sum("(array ARRAY<INT>) INT", types.Int, data.Int(0), eachElement(addInt)),
				sum("(array ARRAY<BIGINT>) BIGINT", types.Bigint, data.Bigint(0), eachElement(addBigint)),
				sum("(array ARRAY<DOUBLE>) DOUBLE", types.Double, data.Double(0), eachElement(addDouble)),
			},
			Over: []AggregateExample{{"SUM_LIST(x)", "x = ARRAY[1, 2], ARRAY[3, NULL]", "6"}},
		},
	}
}

// adder returns a total with an argument added, for a sign of 1, or taken away, for -1.
type adder func(total, arg data.Value, sign int64) (data.Value, error)

// tally is the aggregation of a number whose arguments are added as they come.
// NULLs are left out. The totals of two groups are added by join.
func tally(typ *types.Type, zero data.Value, add, join adder) Aggregation {
	return Aggregation{
		State: typ, Initial: zero,
		Add: func(_ *Env, state data.Value, args []data.Value) (data.Value, error) {
			if args[0].IsNull() {
				return state, nil
			}
			return add(state, args[0], 1)
		},
		Undo: func(_ *Env, state data.Value, args []data.Value) (data.Value, error) {
			if args[0].IsNull() {
				return state, nil
			}
			return add(state, args[0], -1)
		},
		Merge: func(_ *Env, a, b data.Value) (data.Value, error) { return join(a, b, 1) },
	}
}

// count binds COUNT.
func count(*Binding, []data.Value) (Aggregation, error) {
	return tally(types.Bigint, data.Bigint(0), func(total, _ data.Value, sign int64) (data.Value, error) {
		return data.Bigint(total.Int64() + sign), nil
	}, addBigint), nil
}

// sum is an overload of SUM or SUM_LIST for numbers that fit a word.
func sum(signature string, typ *types.Type, zero data.Value, add adder) Overload {
	return aggregate(signature, func(*Binding, []data.Value) (Aggregation, error) {
		return tally(typ, zero, add, adderOf(typ)), nil
	})
}

// adderOf returns the adder of a type of numbers that fit a word.
func adderOf(typ *types.Type) adder {
	switch typ.Kind() {
	case types.KindInt:
		return addInt
	case types.KindDouble:
		return addDouble
	}
	return addBigint
}

func addInt(total, arg data.Value, sign int64) (data.Value, error) {
	return data.Int(int32(total.Int64() + sign*arg.Int64())), nil
}

func addBigint(total, arg data.Value, sign int64) (data.Value, error) {
	return data.Bigint(total.Int64() + sign*arg.Int64()), nil
}

func addDouble(total, arg data.Value, sign int64) (data.Value, error) {
	return data.Double(total.Float64() + float64(sign)*arg.Float64()), nil
}

// eachElement returns the adder of an array's elements.
func eachElement(add adder) adder {
	return func(total, array data.Value, sign int64) (data.Value, error) {
		var err error
		for _, e := range array.Elems() {
			if e.IsNull() {
				continue
			}
			if total, err = add(total, e, sign); err != nil {
				return data.Null, err
			}
		}
		return total, nil
	}
}

// sumDecimals binds SUM of a DECIMAL.
func sumDecimals(b *Binding, _ []data.Value) (Aggregation, error) {
	typ := b.Result
	limit := tenTo(typ.Precision())
	add := func(total, arg data.Value, sign int64) (data.Value, error) {
		sum := addDecimals(total, arg, sign)
		if n, small := sum.Unscaled(); small && typ.Precision() < len(powersOfTen) {
			if bound := powersOfTen[typ.Precision()]; -bound < n && n < bound {
				return sum, nil
			}
		} else if sum.BigUnscaled().CmpAbs(limit) < 0 {
			return sum, nil
		}
		return data.Null, types.Overflow(typ, types.Decimal{Unscaled: sum.BigUnscaled(), Scale: typ.Scale()}.String)
	}
	return tally(typ, data.Decimal(0), add, add), nil
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
