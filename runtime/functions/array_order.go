package functions

import (
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the functions that order the elements of arrays, or see
// arrays as sets.

func arrayOrder() []Function {
	array := []Arg{{"array", "The array."}}
	pair := []Arg{{"left", "The first array."}, {"right", "The second array."}}
	return []Function{
		{
			Name: "ARRAY_MAX", Doc: "Returns the largest element of an array, NULL if there is none. NULLs are left out.", Args: array,
			Overloads: []Overload{bound("(array ARRAY<T>) T", extremeElement(1))},
			Examples:  []Example{{"ARRAY_MAX(ARRAY[3, NULL, 7])", "7"}},
		},
		{
			Name: "ARRAY_MIN", Doc: "Returns the smallest element of an array, NULL if there is none. NULLs are left out.", Args: array,
			Overloads: []Overload{bound("(array ARRAY<T>) T", extremeElement(-1))},
			Examples:  []Example{{"ARRAY_MIN(ARRAY[3, NULL, 7])", "3"}},
		},
		{
			Name: "ARRAY_SORT", Doc: "Sorts an array. NULLs come last in both directions; an unknown direction gives NULL.",
			Args: []Arg{{"array", "The array, which stays as it is."}, {"direction", "ASC, the default, or DESC."}},
			Overloads: []Overload{
				bound("(array ARRAY<T>) ARRAY<T>", sortArray),
				bound("(array ARRAY<T>, direction STRING) ARRAY<T>", sortArray),
			},
			Examples: []Example{{"ARRAY_SORT(ARRAY[3, NULL, 1, 2])", "ARRAY[1, 2, 3, NULL]"}, {"ARRAY_SORT(ARRAY[3, 1, 2], 'desc')", "ARRAY[3, 2, 1]"}},
		},
		{
			Name: "ARRAY_DISTINCT", Doc: "Returns the different elements of an array, NULL being one, in the order in which they first occur.", Args: array,
			Overloads: []Overload{call("(array ARRAY<T>) ARRAY<T>", func(env *Env, args []data.Value) (data.Value, error) {
				return data.Array(distinct(env, args[0].Elems())), nil
			})},
			Examples: []Example{{"ARRAY_DISTINCT(ARRAY[2, 1, 2, NULL, NULL])", "ARRAY[2, 1, NULL]"}},
		},
		{
			Name: "ARRAY_UNION", Doc: "Returns the different elements of two arrays, those of the first before those of the second.", Args: pair,
			Overloads: []Overload{call("(left ARRAY<T>, right ARRAY<T>) ARRAY<T>", func(env *Env, args []data.Value) (data.Value, error) {
				both, err := concatArrays(env, args)
				return data.Array(distinct(env, both.Elems())), err
			})},
			Examples: []Example{{"ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])", "ARRAY[1, 2, 3]"}},
		},
		{
			Name: "ARRAY_INTERSECT", Doc: "Returns the different elements that two arrays have in common, in the order of the first.", Args: pair,
			Overloads: []Overload{call("(left ARRAY<T>, right ARRAY<T>) ARRAY<T>", commonElements(true))},
			Examples:  []Example{{"ARRAY_INTERSECT(ARRAY[1, 2, 3, 2], ARRAY[2, 3, 4])", "ARRAY[2, 3]"}},
		},
		{
			Name: "ARRAY_EXCEPT", Doc: "Returns the different elements of an array that another does not have.", Args: pair,
			Overloads: []Overload{call("(left ARRAY<T>, right ARRAY<T>) ARRAY<T>", commonElements(false))},
			Examples:  []Example{{"ARRAY_EXCEPT(ARRAY[1, 2, 3, 1], ARRAY[2, 4])", "ARRAY[1, 3]"}},
		},
	}
}

// ordering returns the order of values of a type as Java has it. Arrays, maps and structs have none.
func ordering(t *types.Type) (func(a, b data.Value) int, error) {
	switch t.Kind() {
	case types.KindArray, types.KindMap, types.KindStruct:
		return nil, fmt.Errorf("values of type %s have no order", t)
	case types.KindString:
		return compareText, nil
	case types.KindBytes:
		return compareBytes, nil
	case types.KindDouble:
		return compareDouble, nil
	}
	return data.Compare, nil
}

// extremeElement binds ARRAY_MAX, for 1, and ARRAY_MIN, for -1.
func extremeElement(side int) func(*Binding) (Func, error) {
	return func(b *Binding) (Func, error) {
		compare, err := ordering(b.Args[0].Elem())
		if err != nil {
			return nil, err
		}
		return func(_ *Env, args []data.Value) (data.Value, error) {
			best := data.Null
			for _, e := range args[0].Elems() {
				if !e.IsNull() && (best.IsNull() || compare(e, best) == side) {
					best = e
				}
			}
			return best, nil
		}, nil
	}
}

// sortArray is ARRAY_SORT for a type of elements. Unlike ksqlDB's it sorts a copy.
func sortArray(b *Binding) (Func, error) {
	compare, err := ordering(b.Args[0].Elem())
	if err != nil {
		return nil, err
	}
	return func(env *Env, args []data.Value) (data.Value, error) {
		descending := false
		if len(args) == 2 {
			var ok bool
			if descending, ok = direction(args[1].Text()); !ok {
				return data.Null, nil
			}
		}
		elems := env.Arena.Values(args[0].Len())
		copy(elems, args[0].Elems())
		slices.SortStableFunc(elems, func(a, b data.Value) int {
			switch {
			case a.IsNull() || b.IsNull():
				return compareBool(a.IsNull(), b.IsNull())
			case descending:
				return compare(b, a)
			}
			return compare(a, b)
		})
		return data.Array(elems), nil
	}, nil
}

// sorted returns a sorted copy of values.
func sorted(env *Env, values []data.Value) []data.Value {
	s := env.Arena.Values(len(values))
	copy(s, values)
	slices.SortFunc(s, data.Compare)
	return s
}

// distinct returns the different values in the order in which they first occur.
func distinct(env *Env, values []data.Value) []data.Value {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return data.Compare(values[i], values[j]) })
	again := make([]bool, len(values))
	for k := 1; k < len(order); k++ {
		again[order[k]] = data.Equal(values[order[k-1]], values[order[k]])
	}
	out := env.Arena.Values(len(values))[:0]
	for i, v := range values {
		if !again[i] {
			out = append(out, v)
		}
	}
	return out
}

// commonElements is ARRAY_INTERSECT, for true, and ARRAY_EXCEPT.
func commonElements(wanted bool) Func {
	return func(env *Env, args []data.Value) (data.Value, error) {
		others := sorted(env, args[1].Elems())
		return keep(env, data.Array(distinct(env, args[0].Elems())), func(e data.Value) bool {
			_, found := slices.BinarySearchFunc(others, e, data.Compare)
			return found == wanted
		}), nil
	}
}
