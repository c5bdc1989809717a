package functions

import (
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/runtime/data"
)

func groupExtremes() []Function {
	args := []Arg{{"val", "The values to compare."}}
	return []Function{
		{
			Name: "MAX", Kind: expr.Aggregate,
			Doc:  "Returns the largest value of a group. NULLs are left out; the largest of none is NULL.",
			Args: args, Overloads: extremeOfGroup(1),
			Over: []AggregateExample{{"MAX(x)", "x = 3, NULL, 7, 5", "7"}, {"MAX(x)", "x = 'a', 'c', 'b'", "'c'"}},
		},
		{
			Name: "MIN", Kind: expr.Aggregate,
			Doc:  "Returns the smallest value of a group. NULLs are left out; the smallest of none is NULL.",
			Args: args, Overloads: extremeOfGroup(-1),
			Over: []AggregateExample{{"MIN(x)", "x = 3, NULL, 7, 5", "3"}, {"MIN(x)", "x = 'b', 'a'", "'a'"}},
		},
	}
}

// extremeOfGroup is the overloads of MAX, for 1, and MIN, for -1.
func extremeOfGroup(side int) []Overload {
	var list []Overload
	for _, typ := range []string{"INT", "BIGINT", "DOUBLE", "DECIMAL", "DATE", "TIME", "TIMESTAMP", "STRING", "BYTES"} {
		list = append(list, aggregate("(val "+typ+") "+typ, func(b *Binding, _ []data.Value) (Aggregation, error) {
			compare, err := ordering(b.Result)
			better := func(a, b data.Value) data.Value {
				if a.IsNull() || !b.IsNull() && compare(b, a) == side {
					return b
				}
				return a
			}
			return Aggregation{
				State: b.Result,
				Add: func(_ *Env, state data.Value, args []data.Value) (data.Value, error) {
					return better(state, args[0]), nil
				},
				Merge: func(_ *Env, a, b data.Value) (data.Value, error) { return better(a, b), nil },
			}, err
		}))
	}
	return list
}
