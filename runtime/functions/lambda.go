package functions

import (
	"errors"
	"fmt"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the functions that take lambdas. What a lambda fails with is
// what they fail with.

func lambdas() []Function {
	return []Function{
		{
			Name: "TRANSFORM", Doc: "Applies a lambda to each element of an array; or two lambdas, for the new key and the new value, to each entry of a map. Two new keys that are the same, or a new value that is NULL, are an error.",
			Args: []Arg{
				{"array", "The array."},
				{"map", "The map."},
				{"function", "From an element to a new one."},
				{"function1", "From key and value to a new key."},
				{"function2", "From key and value to a new value."},
			},
			Overloads: []Overload{
				bound("(array ARRAY<T>, function LAMBDA(T) => R) ARRAY<R>", transformArray).passNulls(),
				bound("(map MAP<K, V>, function1 LAMBDA(K, V) => R, function2 LAMBDA(K, V) => T) MAP<R, T>", transformMap).passNulls(),
			},
			Examples: []Example{
				{"TRANSFORM(ARRAY[1, 2], x => x * 10)", "ARRAY[10, 20]"},
				{"TRANSFORM(MAP('a' := 1), (k, v) => UCASE(k), (k, v) => v + 1)", "MAP('A' := 2)"},
			},
		},
		{
			Name: "FILTER", Doc: "Returns the elements of an array, or the entries of a map, for which a lambda is TRUE. A lambda that gives NULL is an error.",
			Args: []Arg{{"array", "The array."}, {"map", "The map."}, {"function", "The condition."}},
			Overloads: []Overload{
				bound("(array ARRAY<T>, function LAMBDA(T) => BOOLEAN) ARRAY<T>", filterArray).passNulls(),
				bound("(map MAP<K, V>, function LAMBDA(K, V) => BOOLEAN) MAP<K, V>", filterMap).passNulls(),
			},
			Examples: []Example{
				{"FILTER(ARRAY[1, 2, 3], x => x > 1)", "ARRAY[2, 3]"},
				{"FILTER(MAP('a' := 1, 'b' := 2), (k, v) => v > 1)", "MAP('b' := 2)"},
			},
		},
		{
			Name: "REDUCE", Doc: "Combines the elements of an array, or the entries of a map, into one value, beginning with an initial one. That is the result if the collection is NULL; if it is NULL, so is the result.",
			Args: []Arg{{"array", "The array."}, {"map", "The map."}, {"state", "The initial value."}, {"function", "From the value so far and an element, or key and value, to the next value."}},
			Overloads: []Overload{
				bound("(array ARRAY<T>, state S, function LAMBDA(S, T) => S) S", reduceArray).passNulls(),
				bound("(map MAP<K, V>, state S, function LAMBDA(S, K, V) => S) S", reduceMap).passNulls(),
			},
			Examples: []Example{
				{"REDUCE(ARRAY[1, 2, 3], 10, (s, x) => s + x)", "16"},
				{"REDUCE(MAP('a' := 1, 'b' := 2), 0, (s, k, v) => s + v)", "3"},
			},
		},
	}
}

func transformArray(b *Binding) (Func, error) {
	f := b.Lambdas[1]
	return func(env *Env, args []data.Value) (data.Value, error) {
		if args[0].IsNull() {
			return data.Null, nil
		}
		elems, params := env.Arena.Values(args[0].Len()), env.Arena.Values(1)
		for i, e := range args[0].Elems() {
			params[0] = e
			var err error
			if elems[i], err = f(env, params); err != nil {
				return data.Null, err
			}
		}
		return data.Array(elems), nil
	}, nil
}

var errNullValue = errors.New("the new value of an entry is NULL")

// transformMap refuses what a HashMap would take silently, as ksqlDB does: the
// entry of a key that is there already.
func transformMap(b *Binding) (Func, error) {
	newKey, newValue := b.Lambdas[1], b.Lambdas[2]
	return func(env *Env, args []data.Value) (data.Value, error) {
		if args[0].IsNull() {
			return data.Null, nil
		}
		entries, params := make([]data.Entry, args[0].Len()), env.Arena.Values(2)
		for i, e := range args[0].Entries() {
			params[0], params[1] = e.Key, e.Value
			key, err := newKey(env, params)
			if err != nil {
				return data.Null, err
			}
			value, err := newValue(env, params)
			if err != nil {
				return data.Null, err
			}
			if err := checkEntry(key, value); err != nil {
				return data.Null, err
			}
			entries[i] = data.Entry{Key: key, Value: value}
		}
		m := data.Map(entries)
		if m.Len() < args[0].Len() {
			return data.Null, fmt.Errorf("%d new keys of %d are the same as others", args[0].Len()-m.Len(), args[0].Len())
		}
		return m, nil
	}, nil
}

// checkEntry says what is wrong with a new entry, or nil.
func checkEntry(key, value data.Value) error {
	switch {
	case key.IsNull():
		return errNullKey
	case value.IsNull():
		return errNullValue
	}
	return nil
}

var errNullCondition = errors.New("the condition is NULL")

// holds calls a condition.
func holds(env *Env, condition Func, params []data.Value) (bool, error) {
	v, err := condition(env, params)
	if err == nil && v.IsNull() {
		err = errNullCondition
	}
	return v.Bool(), err
}

func filterArray(b *Binding) (Func, error) {
	condition := b.Lambdas[1]
	return func(env *Env, args []data.Value) (data.Value, error) {
		if args[0].IsNull() {
			return data.Null, nil
		}
		elems, params := env.Arena.Values(args[0].Len())[:0], env.Arena.Values(1)
		for _, e := range args[0].Elems() {
			params[0] = e
			ok, err := holds(env, condition, params)
			if err != nil {
				return data.Null, err
			}
			if ok {
				elems = append(elems, e)
			}
		}
		return data.Array(elems), nil
	}, nil
}

func filterMap(b *Binding) (Func, error) {
	condition := b.Lambdas[1]
	return func(env *Env, args []data.Value) (data.Value, error) {
		if args[0].IsNull() {
			return data.Null, nil
		}
		var entries []data.Entry
		params := env.Arena.Values(2)
		for _, e := range args[0].Entries() {
			params[0], params[1] = e.Key, e.Value
			ok, err := holds(env, condition, params)
			if err != nil {
				return data.Null, err
			}
			if ok {
				entries = append(entries, e)
			}
		}
		return data.Map(entries), nil
	}, nil
}

func reduceArray(b *Binding) (Func, error) {
	f := b.Lambdas[2]
	return func(env *Env, args []data.Value) (data.Value, error) {
		state := args[1]
		if args[0].IsNull() || state.IsNull() {
			return state, nil
		}
		params := env.Arena.Values(2)
		for _, e := range args[0].Elems() {
			params[0], params[1] = state, e
			var err error
			if state, err = f(env, params); err != nil {
				return data.Null, err
			}
		}
		return state, nil
	}, nil
}

// reduceMap folds in the order of ksqlDB, on which the result may depend.
func reduceMap(b *Binding) (Func, error) {
	f := b.Lambdas[2]
	return func(env *Env, args []data.Value) (data.Value, error) {
		state := args[1]
		if args[0].IsNull() || state.IsNull() {
			return state, nil
		}
		params := env.Arena.Values(3)
		for _, e := range hashed(args[0]) {
			params[0], params[1], params[2] = state, e.Key, e.Value
			var err error
			if state, err = f(env, params); err != nil {
				return data.Null, err
			}
		}
		return state, nil
	}, nil
}
