package functions

import (
	"slices"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the aggregate functions that keep the values of a group in an ARRAY.

func collections() []Function {
	args := []Arg{{"val", "The values to collect."}}
	return []Function{
		{
			Name: "COLLECT_LIST", Elsewhere: []string{"ARRAY_AGG", "LIST_AGG", "GROUP_ARRAY"}, Kind: expr.Aggregate, Undoable: true,
			Doc: "Collects the values of a group, NULLs too, in the order in which they come. Later ones than " +
				"ksql.functions.collect_list.limit allows, and more than 4194304, are left out.",
			Args: args, Overloads: []Overload{aggregate("(val T) ARRAY<T>", collectList)},
			Over: []AggregateExample{{"COLLECT_LIST(x)", "x = 'b', NULL, 'a', 'b'", "ARRAY['b', NULL, 'a', 'b']"}},
		},
		{
			Name: "COLLECT_SET", Kind: expr.Aggregate,
			Doc: "Collects the different values of a group, NULL being one, in the order in which they first come. Later ones than " +
				"ksql.functions.collect_set.limit allows, and more than 4194304, are left out.",
			Args: args, Overloads: []Overload{aggregate("(val T) ARRAY<T>", collectSet)},
			Over: []AggregateExample{{"COLLECT_SET(x)", "x = 'b', NULL, 'a', 'b', NULL", "ARRAY['b', NULL, 'a']"}},
		},
		{
			Name: "ATTR", Kind: expr.Aggregate, Undoable: true,
			Doc:  "Returns the value of a column that has the same value in all records of a group. Where it has several, NULL among them, the result is NULL.",
			Args: []Arg{{"val", "The column."}}, Overloads: []Overload{aggregate("(val T) T", attribute)},
			Over: []AggregateExample{{"ATTR(x)", "x = 'a', 'a'", "'a'"}, {"ATTR(x)", "x = 'a', NULL", "CAST(NULL AS STRING)"}},
		},
	}
}

// room is how many values a function may collect whose limit is a property.
func room(b *Binding, property string) int {
	return int(min(b.Properties.Int(property), longestArray))
}

// collectList binds COLLECT_LIST.
func collectList(b *Binding, _ []data.Value) (Aggregation, error) {
	most := room(b, config.CollectListLimit)
	return Aggregation{
		State: b.Result, Initial: data.Array(nil),
		Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			if state.Len() >= most {
				return state, nil
			}
			return appended(env, state, args[0]), nil
		},
		Undo: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			for i := state.Len() - 1; i >= 0; i-- {
				if data.Equal(state.Elems()[i], args[0]) {
					return without(env, state, i), nil
				}
			}
			return state, nil
		},
		Merge: func(env *Env, a, b data.Value) (data.Value, error) {
			return appended(env, a, b.Elems()[:max(0, min(b.Len(), most-a.Len()))]...), nil
		},
	}, nil
}

// appended returns an array with values behind its own.
func appended(env *Env, array data.Value, values ...data.Value) data.Value {
	if len(values) == 0 {
		return array
	}
	elems := env.Arena.Values(array.Len() + len(values))
	copy(elems[copy(elems, array.Elems()):], values)
	return data.Array(elems)
}

// inserted returns an array with a value at index i, cut to most elements.
func inserted(env *Env, array data.Value, i int, value data.Value, most int) data.Value {
	old := array.Elems()
	elems := env.Arena.Values(min(len(old)+1, most))
	copy(elems, old[:i])
	elems[i] = value
	copy(elems[i+1:], old[i:])
	return data.Array(elems)
}

// without returns an array without its element at index i.
func without(env *Env, array data.Value, i int) data.Value {
	old := array.Elems()
	elems := env.Arena.Values(len(old) - 1)
	copy(elems[copy(elems, old[:i]):], old[i+1:])
	return data.Array(elems)
}

// collectSet binds COLLECT_SET.
func collectSet(b *Binding, _ []data.Value) (Aggregation, error) {
	most := room(b, config.CollectSetLimit)
	add := func(env *Env, state, value data.Value) data.Value {
		known := func(e data.Value) bool { return data.Equal(e, value) }
		if state.Len() >= most || slices.ContainsFunc(state.Elems(), known) {
			return state
		}
		return appended(env, state, value)
	}
	return Aggregation{
		State: b.Result, Initial: data.Array(nil),
		Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			return add(env, state, args[0]), nil
		},
		Merge: func(env *Env, a, b data.Value) (data.Value, error) {
			for _, e := range b.Elems() {
				a = add(env, a, e)
			}
			return a, nil
		},
	}, nil
}

// attribute binds ATTR, which keeps how often each value has come.
func attribute(b *Binding, _ []data.Value) (Aggregation, error) {
	return Aggregation{
		State: types.ArrayOf(types.StructOf(
			types.Field{Name: "VALUE", Type: b.Result}, types.Field{Name: "COUNT", Type: types.Bigint},
		)),
		Initial: data.Array(nil),
		Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			return recounted(env, state, args[0], 1), nil
		},
		Undo: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			return recounted(env, state, args[0], -1), nil
		},
		Merge: func(env *Env, a, b data.Value) (data.Value, error) {
			for _, e := range b.Elems() {
				a = recounted(env, a, e.Elems()[0], e.Elems()[1].Int64())
			}
			return a, nil
		},
		Map: func(_ *Env, state data.Value) (data.Value, error) {
			if state.Len() != 1 {
				return data.Null, nil
			}
			return state.Elems()[0].Elems()[0], nil
		},
	}, nil
}

// recounted returns values and their counts with that of one value changed.
// One whose count falls to 0 is no longer among them.
func recounted(env *Env, counts data.Value, value data.Value, change int64) data.Value {
	i := slices.IndexFunc(counts.Elems(), func(e data.Value) bool { return data.Equal(e.Elems()[0], value) })
	if i < 0 && change < 0 {
		return counts
	}
	counted := env.Arena.Values(2)
	counted[0], counted[1] = value, data.Bigint(change)
	if i < 0 {
		return appended(env, counts, data.Struct(counted))
	}
	counted[1] = data.Bigint(counts.Elems()[i].Elems()[1].Int64() + change)
	if counted[1].Int64() <= 0 {
		return without(env, counts, i)
	}
	changed := env.Arena.Values(counts.Len())
	copy(changed, counts.Elems())
	changed[i] = data.Struct(counted)
	return data.Array(changed)
}
