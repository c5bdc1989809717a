package functions

import (
	"errors"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the functions of maps. Keys, values and entries come in
// ksqlDB's order; see map_order.go.

func mapFunctions() []Function {
	m := []Arg{{"input", "The map."}}
	return []Function{
		{
			Name: "AS_MAP", Doc: "Makes a map of an array of keys and one of values. A key without a value has NULL; of several that are the same the last counts.",
			Args:      []Arg{{"keys", "The keys; a NULL among them is an error."}, {"values", "The values."}},
			Overloads: []Overload{call("(keys ARRAY<STRING>, values ARRAY<T>) MAP<STRING, T>", asMap)},
			Examples:  []Example{{"AS_MAP(ARRAY['a', 'b'], ARRAY[1, 2])", "MAP('a' := 1, 'b' := 2)"}},
		},
		{
			Name: "ENTRIES", Doc: "Returns the entries of a map as an array of structs with a key K and a value V.",
			Args:      []Arg{{"map", "The map."}, {"sorted", "Whether they are to be in the order of the keys."}},
			Overloads: entryOverloads(),
			Examples:  []Example{{"ENTRIES(MAP('b' := 2, 'a' := 1), TRUE)", "ARRAY[STRUCT(K := 'a', V := 1), STRUCT(K := 'b', V := 2)]"}},
		},
		{
			Name: "MAP_KEYS", Doc: "Returns the keys of a map, in no particular order.", Args: m,
			Overloads: []Overload{call("(input MAP<STRING, T>) ARRAY<STRING>", func(env *Env, args []data.Value) (data.Value, error) {
				return fromEntries(env, hashed(args[0]), func(e data.Entry) data.Value { return e.Key }), nil
			})},
			Examples: []Example{{"MAP_KEYS(MAP('a' := 1, 'b' := 2))", "ARRAY['a', 'b']"}},
		},
		{
			Name: "MAP_VALUES", Doc: "Returns the values of a map, in no particular order.", Args: m,
			Overloads: []Overload{call("(input MAP<STRING, T>) ARRAY<T>", func(env *Env, args []data.Value) (data.Value, error) {
				return fromEntries(env, hashed(args[0]), func(e data.Entry) data.Value { return e.Value }), nil
			})},
			Examples: []Example{{"MAP_VALUES(MAP('a' := 1, 'b' := 2))", "ARRAY[1, 2]"}},
		},
		{
			Name: "MAP_UNION", Doc: "Merges two maps, the second counting where both have a key. A NULL counts as an empty map; two of them give NULL.",
			Args:      []Arg{{"map1", "The first map."}, {"map2", "The second map."}},
			Overloads: []Overload{call("(map1 MAP<STRING, T>, map2 MAP<STRING, T>) MAP<STRING, T>", mapUnion).passNulls()},
			Examples:  []Example{{"MAP_UNION(MAP('a' := 1, 'b' := 2), MAP('b' := 3))", "MAP('a' := 1, 'b' := 3)"}},
		},
	}
}

var errNullKey = errors.New("a key of a map cannot be NULL")

func asMap(_ *Env, args []data.Value) (data.Value, error) {
	keys, values := args[0].Elems(), args[1].Elems()
	entries := make([]data.Entry, len(keys))
	for i, k := range keys {
		if k.IsNull() {
			return data.Null, errNullKey
		}
		entries[i].Key = k
		if i < len(values) {
			entries[i].Value = values[i]
		}
	}
	return data.Map(entries), nil
}

// entryOverloads is the overloads of ENTRIES: ksqlDB has no others.
func entryOverloads() []Overload {
	var list []Overload
	for _, t := range []string{"INT", "BIGINT", "DOUBLE", "BOOLEAN", "STRING"} {
		list = append(list, call("(map MAP<STRING, "+t+">, sorted BOOLEAN) ARRAY<STRUCT<K STRING, V "+t+">>",
			func(env *Env, args []data.Value) (data.Value, error) {
				entries := args[0].Entries() // in the order of the keys
				if !args[1].Bool() {
					entries = hashed(args[0])
				}
				return fromEntries(env, entries, func(e data.Entry) data.Value {
					pair := env.Arena.Values(2)
					pair[0], pair[1] = e.Key, e.Value
					return data.Struct(pair)
				}), nil
			}))
	}
	return list
}

// fromEntries returns an array of what is made of each entry.
func fromEntries(env *Env, entries []data.Entry, f func(data.Entry) data.Value) data.Value {
	elems := env.Arena.Values(len(entries))
	for i, e := range entries {
		elems[i] = f(e)
	}
	return data.Array(elems)
}

func mapUnion(_ *Env, args []data.Value) (data.Value, error) {
	switch {
	case args[0].IsNull():
		return args[1], nil
	case args[1].IsNull():
		return args[0], nil
	}
	entries := make([]data.Entry, 0, args[0].Len()+args[1].Len())
	return data.Map(append(append(entries, args[0].Entries()...), args[1].Entries()...)), nil
}
