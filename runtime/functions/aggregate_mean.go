package functions

import (
	"math"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds AVG and the list of the statistics, whose states are STRUCTs of numbers.

func statistics() []Function {
	args := []Arg{{"val", "The values."}}
	return []Function{
		{
			Name: "AVG", Kind: expr.Aggregate, Undoable: true,
			Doc: "Returns the mean of the values of a group. NULLs are left out; the mean of none is 0. The sum of INT or BIGINT that " +
				"it is made of goes on at the other end of its type where it does not fit. A DECIMAL needs a CAST.",
			Args: args,
			Overloads: []Overload{
				mean("(val INT) DOUBLE", types.Int, data.Int(0)),
				mean("(val BIGINT) DOUBLE", types.Bigint, data.Bigint(0)),
				mean("(val DOUBLE) DOUBLE", types.Double, data.Double(0)),
			},
			Over: []AggregateExample{{"AVG(x)", "x = 1, NULL, 2", "1.5e0"}},
		},
		{
			Name: "STDDEV_SAMP", Elsewhere: []string{"STDDEV", "STD"}, Kind: expr.Aggregate, Undoable: true,
			Doc: "Returns the variance of a sample, the square of what the name says: so it is in ksqlDB, and STDDEV_SAMPLE is the " +
				"standard deviation. NULLs are left out; that of fewer than two values is 0.",
			Args: args, Overloads: deviation(func(variance float64) float64 { return variance }),
			Over: []AggregateExample{{"STDDEV_SAMP(x)", "x = 10, 12, NULL", "2e0"}},
		},
		{
			Name: "STDDEV_SAMPLE", Kind: expr.Aggregate, Undoable: true,
			Doc:  "Returns the standard deviation of a sample. NULLs are left out; that of fewer than two values is 0.",
			Args: args, Overloads: deviation(math.Sqrt),
			Over: []AggregateExample{{"STDDEV_SAMPLE(x)", "x = 10, 12, 14, NULL", "2e0"}},
		},
		{
			Name: "CORRELATION", Kind: expr.Aggregate, Undoable: true,
			Doc: "Returns Pearson's coefficient of correlation of two columns. Records in which either is NULL are left out; it is " +
				"NaN for fewer than two records, and where a column has one value only.",
			Args:      []Arg{{"x", "The one column."}, {"y", "The other column."}},
			Overloads: correlations(),
			Over:      []AggregateExample{{"CORRELATION(x, y)", "x = 1, 2, 3; y = 10, 20, 30", "1e0"}, {"CORRELATION(x, y)", "x = 1; y = 10", "NaN"}},
		},
	}
}

// mean is an overload of AVG.
func mean(signature string, typ *types.Type, zero data.Value) Overload {
	add, number := adderOf(typ), numberOf(typ)
	combine := func(env *Env, state, value data.Value, sign, count int64) (data.Value, error) {
		old, next := state.Elems(), env.Arena.Values(2)
		var err error
		next[0], err = add(old[0], value, sign)
		next[1] = data.Bigint(old[1].Int64() + count)
		return data.Struct(next), err
	}
	return aggregate(signature, func(*Binding, []data.Value) (Aggregation, error) {
		return Aggregation{
			State:   types.StructOf(types.Field{Name: "SUM", Type: typ}, types.Field{Name: "COUNT", Type: types.Bigint}),
			Initial: data.Struct([]data.Value{zero, data.Bigint(0)}),
			Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
				return combine(env, state, args[0], 1, 1)
			},
			Undo: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
				return combine(env, state, args[0], -1, -1)
			},
			Merge: func(env *Env, a, b data.Value) (data.Value, error) {
				return combine(env, a, b.Elems()[0], 1, b.Elems()[1].Int64())
			},
			Map: func(_ *Env, state data.Value) (data.Value, error) {
				sum, count := state.Elems()[0], state.Elems()[1].Int64()
				if count == 0 {
					return data.Double(0), nil
				}
				return data.Double(number(sum) / float64(count)), nil
			},
		}.skipNulls(), nil
	})
}

// numberOf returns the conversion of values of a type of numbers to DOUBLE.
func numberOf(typ *types.Type) func(data.Value) float64 {
	if typ.Kind() == types.KindDouble {
		return data.Value.Float64
	}
	return func(v data.Value) float64 { return float64(v.Int64()) }
}
