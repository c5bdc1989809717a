package functions

import (
	"errors"
	"fmt"
	"math"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the mathematical functions whose result has the type of the
// argument, or is a whole number.

var errNotFinite = errors.New("NaN and infinite numbers cannot be rounded")

func roundings() []Function {
	value := []Arg{{"value", "The number."}}
	return []Function{
		{
			Name: "ABS", Doc: "Returns a number without its sign. The lowest INT and the lowest BIGINT stay negative.", Args: value,
			Overloads: []Overload{
				fn1("(value INT) INT", absolute[int32]),
				fn1("(value BIGINT) BIGINT", absolute[int64]),
				fn1("(value DOUBLE) DOUBLE", math.Abs),
				call("(value DECIMAL) DECIMAL", absoluteDecimal),
			},
			Examples: []Example{{"ABS(-3)", "3"}, {"ABS(-3.50)", "3.50"}},
		},
		{
			Name: "CEIL", Elsewhere: []string{"CEILING"}, Doc: "Returns the smallest whole number that is not smaller than a number, in the number's type.", Args: value,
			Overloads: wholes(math.Ceil, upwards),
			Examples:  []Example{{"CEIL(1.2e0)", "2e0"}, {"CEIL(-1.25)", "-1.00"}, {"CEIL(7)", "7"}},
		},
		{
			Name: "FLOOR", Doc: "Returns the largest whole number that is not larger than a number, in the number's type.", Args: value,
			Overloads: wholes(math.Floor, downwards),
			Examples:  []Example{{"FLOOR(1.7e0)", "1e0"}, {"FLOOR(-1.25)", "-2.00"}},
		},
		{
			Name: "ROUND", Doc: "Rounds a number, to a BIGINT unless it is a DECIMAL, or to a number of places behind the point in the number's type. " +
				"Negative places are before the point. A tie goes up: -2.5 becomes -2.",
			Args:      []Arg{{"value", "The number; a NULL INT or BIGINT is an error."}, {"decimalPlaces", "The number of places."}},
			Overloads: rounders(roundToBigint, halfUpwards),
			Examples: []Example{
				{"ROUND(2.5e0)", "3"},
				{"ROUND(-2.5e0)", "-2"},
				{"ROUND(12.345e0, 2)", "12.35e0"},
				{"ROUND(12.345, -1)", "10.000"},
				{"ROUND(12.5)", "13"},
			},
		},
		{
			Name: "TRUNC", Elsewhere: []string{"TRUNCATE"}, Doc: "Cuts the digits of a number off behind the point, giving a BIGINT unless it is a DECIMAL, or behind a number of places in the number's type.",
			Args:      []Arg{{"value", "The number; a NULL INT or BIGINT is an error."}, {"decimalPlaces", "The number of places."}},
			Overloads: rounders(saturate, towardsZero),
			Examples:  []Example{{"TRUNC(-2.7e0)", "-2"}, {"TRUNC(12.345e0, 1)", "12.3e0"}, {"TRUNC(12.345, -1)", "10.000"}},
		},
		{
			Name: "SIGN", Doc: "Returns -1, 0 or 1 for a negative number, 0, and a positive number. It is 0 for NaN.", Args: value,
			Overloads: []Overload{fn1("(value INT) INT", sign[int32]), fn1("(value BIGINT) INT", sign[int64]), fn1("(value DOUBLE) INT", sign[float64])},
			Examples:  []Example{{"SIGN(-4.5e0)", "-1"}, {"SIGN(0)", "0"}},
		},
	}
}

func absolute[N int32 | int64](n N) N {
	if n < 0 {
		return -n
	}
	return n
}

// absoluteDecimal is ABS, which for a DECIMAL has no lowest number that stays negative.
func absoluteDecimal(_ *Env, args []data.Value) (data.Value, error) {
	if v, ok := args[0].Unscaled(); ok && v >= 0 {
		return args[0], nil
	} else if ok && v != math.MinInt64 {
		return data.Decimal(-v), nil
	}
	b := *args[0].BigUnscaled()
	return data.BigDecimal(b.Abs(&b)), nil
}

func sign[N int32 | int64 | float64](n N) int32 {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// wholes is the overloads of CEIL and FLOOR.
func wholes(f func(float64) float64, mode rounding) []Overload {
	return []Overload{
		fn1("(value INT) INT", func(i int32) int32 { return i }),
		fn1("(value BIGINT) BIGINT", func(i int64) int64 { return i }),
		fn1("(value DOUBLE) DOUBLE", f),
		bound("(value DECIMAL) DECIMAL", func(b *Binding) (Func, error) {
			scale := b.Args[0].Scale()
			return func(_ *Env, args []data.Value) (data.Value, error) {
				return roundDecimal(args[0], scale, 0, mode), nil
			}, nil
		}),
	}
}

// rounders is the overloads of ROUND and TRUNC.
func rounders(whole func(float64) int64, mode rounding) []Overload {
	return []Overload{
		fn1("(value BIGINT) BIGINT", func(i int64) int64 { return i }).refuseNulls(),
		fn1("(value INT) BIGINT", func(i int32) int64 { return int64(i) }).refuseNulls(),
		fn1("(value DOUBLE) BIGINT", whole),
		bound("(value DECIMAL) DECIMAL", func(b *Binding) (Func, error) {
			scale := b.Args[0].Scale()
			return func(_ *Env, args []data.Value) (data.Value, error) {
				return dropDigits(args[0], scale, mode), nil
			}, nil
		}).resultType(withoutFraction),
		try2("(value DOUBLE, decimalPlaces INT) DOUBLE", func(f float64, places int32) (float64, error) {
			return roundDouble(f, int(places), mode)
		}),
		bound("(value DECIMAL, decimalPlaces INT) DECIMAL", func(b *Binding) (Func, error) {
			scale := b.Args[0].Scale()
			return func(_ *Env, args []data.Value) (data.Value, error) {
				return roundDecimal(args[0], scale, int(args[1].Int64()), mode), nil
			}, nil
		}),
	}
}

var _ expr.ResultFunc = withoutFraction

// withoutFraction is the type of a rounded DECIMAL.
func withoutFraction(args []*types.Type) (*types.Type, error) {
	precision := args[0].Precision() - args[0].Scale()
	if err := types.CheckDecimal(precision, 0); err != nil {
		return nil, fmt.Errorf("nothing is left of %s without its fraction: %w", args[0], err)
	}
	return types.DecimalOf(precision, 0), nil
}
