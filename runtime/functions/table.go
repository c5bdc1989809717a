package functions

import (
	"fmt"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file holds the table functions, which make several rows of one. Their
// signature gives the type of one row; their value is an ARRAY of all of them.

func tableFunctions() []Function {
	return []Function{
		{
			Name: "EXPLODE", Elsewhere: []string{"UNNEST", "FLATTEN"}, Kind: expr.Table,
			Doc:       "Makes a row of each element of an array. A NULL or empty array makes none.",
			Args:      []Arg{{"array", "The array."}},
			Overloads: []Overload{call("(array ARRAY<T>) T", func(_ *Env, args []data.Value) (data.Value, error) { return args[0], nil })},
			Examples:  []Example{{"EXPLODE(ARRAY[1, 2, NULL])", "ARRAY[1, 2, NULL]"}},
		},
		{
			Name: "CUBE_EXPLODE", Kind: expr.Table,
			Doc: "Makes a row of each combination of an array's elements, each kept or NULL, counting in binary with the first " +
				"element as the highest bit. An element that is NULL makes no second row. An array has at most 20 elements.",
			Args:      []Arg{{"array", "The array."}},
			Overloads: []Overload{call("(array ARRAY<T>) ARRAY<T>", cube)},
			Examples:  []Example{{"CUBE_EXPLODE(ARRAY[1])", "ARRAY[ARRAY[CAST(NULL AS INT)], ARRAY[1]]"}},
		},
	}
}

// widestCube is the most elements that CUBE_EXPLODE takes: each doubles the rows.
const widestCube = 20

func cube(_ *Env, args []data.Value) (data.Value, error) {
	elems := args[0].Elems()
	if len(elems) == 0 {
		return data.Array(nil), nil
	}
	if len(elems) > widestCube {
		return data.Null, fmt.Errorf("CUBE_EXPLODE takes at most %d elements, not %d", widestCube, len(elems))
	}
	rows := []data.Value{}
	for mask := range 1 << len(elems) {
		if row, fresh := masked(elems, mask); fresh {
			rows = append(rows, data.Array(row))
		}
	}
	return data.Array(rows), nil
}

// masked keeps the elements whose bit is set; fresh is false if a bit stands for
// an element that is NULL anyway, so that the row is one of those before it.
func masked(elems []data.Value, mask int) (row []data.Value, fresh bool) {
	row = make([]data.Value, len(elems))
	for i, e := range elems {
		if mask>>(len(elems)-1-i)&1 == 0 {
			continue
		}
		if e.IsNull() {
			return nil, false
		}
		row[i] = e
	}
	return row, true
}
