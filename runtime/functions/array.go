package functions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

func arrays() []Function {
	array := Arg{"array", "The array."}
	return []Function{
		{
			Name: "ARRAY_CONCAT", Doc: "Joins two arrays. A NULL counts as an empty array; two of them give NULL.",
			Args:      []Arg{{"left", "The first array."}, {"right", "The second array."}},
			Overloads: []Overload{call("(left ARRAY<T>, right ARRAY<T>) ARRAY<T>", concatArrays).passNulls()},
			Examples:  []Example{{"ARRAY_CONCAT(ARRAY[1, 2], ARRAY[2, 3])", "ARRAY[1, 2, 2, 3]"}},
		},
		{
			Name: "ARRAY_CONTAINS", Doc: "Tells whether an array holds a value. NULL may be looked for too; FALSE if the array is NULL.",
			Args: []Arg{array, {"val", "The value to find."}},
			Overloads: []Overload{call("(array ARRAY<T>, val T) BOOLEAN", func(_ *Env, args []data.Value) (data.Value, error) {
				return data.Boolean(!args[0].IsNull() && indexOf(args[0].Elems(), args[1]) >= 0), nil
			}).passNulls()},
			Examples: []Example{{"ARRAY_CONTAINS(ARRAY['a', 'b'], 'b')", "TRUE"}, {"ARRAY_CONTAINS(ARRAY[1, NULL], NULL)", "TRUE"}},
		},
		{
			Name: "ARRAY_LENGTH", Elsewhere: []string{"CARDINALITY", "ARRAY_SIZE"}, Doc: "Returns the number of elements of an array.",
			Args:      []Arg{array},
			Overloads: []Overload{fn1("(array ARRAY<T>) INT", func(v data.Value) int32 { return int32(v.Len()) })},
			Examples:  []Example{{"ARRAY_LENGTH(ARRAY[1, NULL, 3])", "3"}},
		},
		{
			Name: "ARRAY_REMOVE", Doc: "Returns an array without the elements that equal a value, which may be NULL.",
			Args: []Arg{array, {"victim", "The value to remove."}},
			Overloads: []Overload{call("(array ARRAY<T>, victim T) ARRAY<T>", func(env *Env, args []data.Value) (data.Value, error) {
				return keep(env, args[0], func(e data.Value) bool { return !data.Equal(e, args[1]) }), nil
			}).passNulls()},
			Examples: []Example{{"ARRAY_REMOVE(ARRAY[1, 2, 3, 2], 2)", "ARRAY[1, 3]"}},
		},
		{
			Name: "ARRAY_JOIN", Elsewhere: []string{"ARRAY_TO_STRING"}, Doc: "Joins the elements of an array as text; NULLs become the text null. Elements that are no numbers, texts or truth values are an error.",
			Args: []Arg{array, {"delimiter", "What separates the elements, a comma unless given; NULL is no separator."}},
			Overloads: []Overload{
				bound("(array ARRAY<T>) STRING", joinArray).passNulls(),
				bound("(array ARRAY<T>, delimiter STRING) STRING", joinArray).passNulls(),
			},
			Examples: []Example{{"ARRAY_JOIN(ARRAY[1, NULL, 3], '-')", "'1-null-3'"}},
		},
		{
			Name: "SLICE", Doc: "Returns the elements of an array from one position to another, both included. A NULL position is the array's end; one outside of the array gives NULL.",
			Args:      []Arg{{"in", "The array."}, {"from", "The first position, 1 for the array's first element."}, {"to", "The last position."}},
			Overloads: []Overload{call("(in ARRAY<T>, from INT, to INT) ARRAY<T>", slice).passNulls()},
			Examples:  []Example{{"SLICE(ARRAY['a', 'b', 'c'], 2, 3)", "ARRAY['b', 'c']"}, {"SLICE(ARRAY['a'], 2, 3)", "NULL"}},
		},
	}
}

// longestArray is the most elements that arrays may grow to: bounds that come
// from data, or a fold that doubles an array, must not take all memory.
const longestArray = 1 << 22

// concatArrays is ARRAY_CONCAT: ksqlDB takes one NULL for an empty array.
func concatArrays(env *Env, args []data.Value) (data.Value, error) {
	left, right := args[0], args[1]
	switch {
	case left.IsNull():
		return right, nil
	case right.IsNull():
		return left, nil
	}
	n := left.Len() + right.Len()
	if n > longestArray {
		return data.Null, fmt.Errorf("the array would have %d elements; at most %d are possible", n, longestArray)
	}
	elems := env.Arena.Values(n)
	copy(elems[copy(elems, left.Elems()):], right.Elems())
	return data.Array(elems), nil
}

// indexOf returns the index of a value, which may be NULL, or -1.
func indexOf(elems []data.Value, v data.Value) int {
	return slices.IndexFunc(elems, func(e data.Value) bool { return data.Equal(e, v) })
}

// keep returns an array of the elements that are wanted; a NULL array stays NULL.
func keep(env *Env, array data.Value, wanted func(data.Value) bool) data.Value {
	if array.IsNull() {
		return data.Null
	}
	elems := env.Arena.Values(array.Len())[:0]
	for _, e := range array.Elems() {
		if wanted(e) {
			elems = append(elems, e)
		}
	}
	return data.Array(elems)
}

// joinArray is ARRAY_JOIN for a type of elements.
func joinArray(b *Binding) (Func, error) {
	elem := b.Args[0].Elem()
	return func(env *Env, args []data.Value) (data.Value, error) {
		if args[0].IsNull() {
			return data.Null, nil
		}
		if !joinable(elem) {
			return data.Null, fmt.Errorf("elements of type %s cannot be joined", elem)
		}
		delimiter := ","
		if len(args) == 2 {
			delimiter = args[1].Text() // none if NULL
		}
		out := buffer(env, 16*args[0].Len())
		for i, e := range args[0].Elems() {
			if i > 0 {
				out = append(out, delimiter...)
			}
			if e.IsNull() {
				out = append(out, "null"...)
			} else {
				out = appendScalar(out, e, elem)
			}
			if err := checkSize(len(out)); err != nil {
				return data.Null, err
			}
		}
		return data.StringBytes(out), nil
	}, nil
}

// joinable reports whether ARRAY_JOIN takes elements of a type. ksqlDB finds out
// when a row comes, so others are the error of a record and not of the query.
func joinable(elem *types.Type) bool {
	kind := elem.Kind()
	return kind.Numeric() || kind == types.KindBoolean || kind == types.KindString || kind == types.KindNull
}

// slice is SLICE. The result aliases the array.
func slice(_ *Env, args []data.Value) (data.Value, error) {
	if args[0].IsNull() {
		return data.Null, nil
	}
	elems := args[0].Elems()
	from, to := int64(1), int64(len(elems))
	if !args[1].IsNull() {
		from = args[1].Int64()
	}
	if !args[2].IsNull() {
		to = args[2].Int64()
	}
	if from < 1 || to > int64(len(elems)) || from > to+1 {
		return data.Null, nil
	}
	return data.Array(elems[from-1 : to]), nil
}

func series() []Function {
	return []Function{{
		Name: "GENERATE_SERIES", Doc: "Returns an array of the numbers from one to another, both included. The step is 1, or -1 downwards, unless given; " +
			"0, or one in the other direction, is an error.",
		Args: []Arg{{"start", "The first number; a NULL is an error."}, {"end", "The last number."}, {"step", "The step."}},
		Overloads: []Overload{
			call("(start INT, end INT) ARRAY<INT>", generate(func(i int64) data.Value { return data.Int(int32(i)) })).refuseNulls(),
			call("(start INT, end INT, step INT) ARRAY<INT>", generate(func(i int64) data.Value { return data.Int(int32(i)) })).refuseNulls(),
			call("(start BIGINT, end BIGINT) ARRAY<BIGINT>", generate(data.Bigint)).refuseNulls(),
			call("(start BIGINT, end BIGINT, step INT) ARRAY<BIGINT>", generate(data.Bigint)).refuseNulls(),
		},
		Examples: []Example{
			{"GENERATE_SERIES(1, 3)", "ARRAY[1, 2, 3]"},
			{"GENERATE_SERIES(3, 1)", "ARRAY[3, 2, 1]"},
			{"GENERATE_SERIES(0, 10, 4)", "ARRAY[0, 4, 8]"},
			{"GENERATE_SERIES(0, 10, -1)", Fails},
		},
	}}
}

// generate is GENERATE_SERIES for a type of numbers.
func generate(value func(int64) data.Value) Func {
	return func(env *Env, args []data.Value) (data.Value, error) {
		start, end, step := args[0].Int64(), args[1].Int64(), int64(1)
		if start > end {
			step = -1
		}
		if len(args) == 3 {
			step = args[2].Int64()
		}
		if step == 0 || start < end && step < 0 || start > end && step > 0 {
			return data.Null, fmt.Errorf("from %d to %d, the step cannot be %d", start, end, step)
		}
		steps := distance(start, end) / distance(0, step)
		if steps >= longestArray {
			return data.Null, fmt.Errorf("the series would have %d steps; at most %d are possible", steps, longestArray-1)
		}
		elems := env.Arena.Values(int(steps) + 1)
		for i := range elems {
			elems[i] = value(start + int64(i)*step)
		}
		return data.Array(elems), nil
	}
}

// distance returns how far two numbers are from each other.
func distance(a, b int64) uint64 {
	if a > b {
		a, b = b, a
	}
	return uint64(b) - uint64(a)
}

// direction reads the direction of ARRAY_SORT.
func direction(text string) (descending, ok bool) {
	switch strings.ToUpper(text) {
	case "ASC", "ASCENDING":
		return false, true
	case "DESC", "DESCENDING":
		return true, true
	}
	return false, false
}
