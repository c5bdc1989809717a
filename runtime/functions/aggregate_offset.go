package functions

import (
	"slices"
	"sync/atomic"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the aggregate functions that go by the order in which records
// come. Within a group that is the order of the calls; between sessions that
// are merged it is not the order of time, so a number is kept with each value.

func byOffset() []Function {
	args := []Arg{
		{"val", "The values."},
		{"n", "How many values to keep: a literal from 1."},
		{"ignoreNulls", "Whether NULLs are left out: TRUE, which is the default, or FALSE."},
	}
	return []Function{
		{
			Name: "EARLIEST_BY_OFFSET", Elsewhere: []string{"FIRST_VALUE", "FIRST"}, Kind: expr.Aggregate,
			Doc:  "Returns the first value of a group, or an array of the first n, in the order in which the records come.",
			Args: args, Overloads: byOffsetOverloads(earliest),
			Over: []AggregateExample{
				{"EARLIEST_BY_OFFSET(x)", "x = NULL, 1, 2, 3", "1"},
				{"EARLIEST_BY_OFFSET(x, 2)", "x = NULL, 1, 2, 3", "ARRAY[1, 2]"},
				{"EARLIEST_BY_OFFSET(x, 2, FALSE)", "x = NULL, 1, 2, 3", "ARRAY[NULL, 1]"},
			},
		},
		{
			Name: "LATEST_BY_OFFSET", Elsewhere: []string{"LAST_VALUE", "LAST"}, Kind: expr.Aggregate,
			Doc: "Returns the last value of a group, or an array of the last n, in the order in which the records come. When session " +
				"windows grow together, of the arrays of both the first n values are kept, as in ksqlDB.",
			Args: args, Overloads: byOffsetOverloads(latest),
			Over: []AggregateExample{
				{"LATEST_BY_OFFSET(x)", "x = 1, 2, 3, NULL", "3"},
				{"LATEST_BY_OFFSET(x, FALSE)", "x = 1, 2, 3, NULL", "CAST(NULL AS INT)"},
				{"LATEST_BY_OFFSET(x, 2)", "x = 1, 2, 3, NULL", "ARRAY[2, 3]"},
			},
		},
	}
}

// end is the end of a group that a function keeps values of.
type end bool

const (
	earliest end = false
	latest   end = true
)

// byOffsetOverloads is the overloads of a function that keeps values of an end.
func byOffsetOverloads(e end) []Overload {
	one := func(b *Binding, constants []data.Value) (Aggregation, error) { return e.one(b, constants) }
	several := func(b *Binding, constants []data.Value) (Aggregation, error) { return e.several(b, constants) }
	return []Overload{
		aggregate("(val T) T", one),
		aggregate("(val T, const ignoreNulls BOOLEAN) T", one),
		aggregate("(val T, const n INT) ARRAY<T>", several),
		aggregate("(val T, const n INT, const ignoreNulls BOOLEAN) ARRAY<T>", several),
	}
}

// numbered is the type of a value and its number in the order of records.
func numbered(typ *types.Type) *types.Type {
	return types.StructOf(types.Field{Name: "SEQ", Type: types.Bigint}, types.Field{Name: "VAL", Type: typ})
}

// sequence numbers records as they come. It begins at the time, so that its
// numbers are above those that lie in states from before a restart.
type sequence struct{ last atomic.Int64 }

// number returns a value with the next number.
func (s *sequence) number(env *Env, value data.Value) data.Value {
	if s.last.Load() == 0 {
		s.last.CompareAndSwap(0, env.now().UnixMicro())
	}
	fields := env.Arena.Values(2)
	fields[0], fields[1] = data.Bigint(s.last.Add(1)), value
	return data.Struct(fields)
}

// before reports whether a numbered value came before another.
func before(a, b data.Value) bool { return a.Elems()[0].Int64() < b.Elems()[0].Int64() }

// one binds the forms that keep one value, NULL as long as there is none.
func (e end) one(b *Binding, constants []data.Value) (Aggregation, error) {
	s := &sequence{}
	a := Aggregation{
		State: numbered(b.Result),
		Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			if e == earliest && !state.IsNull() {
				return state, nil
			}
			return s.number(env, args[0]), nil
		},
		Merge: func(_ *Env, a, b data.Value) (data.Value, error) {
			if a.IsNull() || !b.IsNull() && before(a, b) == (e == latest) {
				return b, nil
			}
			return a, nil
		},
		Map: func(_ *Env, state data.Value) (data.Value, error) {
			if state.IsNull() {
				return data.Null, nil
			}
			return state.Elems()[1], nil
		},
	}
	return ignoringNulls(a, constants)
}

// several binds the forms that keep n values, the earliest first.
func (e end) several(b *Binding, constants []data.Value) (Aggregation, error) {
	n, err := positive("n", constants[0])
	if err != nil {
		return Aggregation{}, err
	}
	s := &sequence{}
	a := Aggregation{
		State: types.ArrayOf(numbered(b.Result.Elem())), Initial: data.Array(nil),
		Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			switch full := state.Len() >= n; {
			case full && e == earliest:
				return state, nil
			case full:
				state = data.Array(state.Elems()[state.Len()-n+1:])
			}
			return appended(env, state, s.number(env, args[0])), nil
		},
		Merge: func(env *Env, a, b data.Value) (data.Value, error) { return firstOfBoth(env, a, b, n), nil },
		Map: func(env *Env, state data.Value) (data.Value, error) {
			values := env.Arena.Values(state.Len())
			for i, e := range state.Elems() {
				values[i] = e.Elems()[1]
			}
			return data.Array(values), nil
		},
	}
	return ignoringNulls(a, constants[1:])
}

// firstOfBoth returns the n earliest values of two arrays. ksqlDB does so for
// LATEST_BY_OFFSET too.
func firstOfBoth(env *Env, a, b data.Value, n int) data.Value {
	both := slices.Clone(appended(env, a, b.Elems()...).Elems())
	slices.SortStableFunc(both, func(a, b data.Value) int { return compareBool(before(b, a), before(a, b)) })
	return data.Array(both[:min(n, len(both))])
}

// ignoringNulls leaves NULLs out, unless the last constant is there and says FALSE.
func ignoringNulls(a Aggregation, constants []data.Value) (Aggregation, error) {
	if len(constants) == 0 || constants[0].IsNull() || constants[0].Bool() {
		return a.skipNulls(), nil
	}
	return a, nil
}
