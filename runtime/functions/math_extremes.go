package functions

import (
	"cmp"
	"math"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

func extremes() []Function {
	args := []Arg{{"val", "The first value."}, {"vals", "The others, of the same kind."}}
	return []Function{
		{
			Name: "GREATEST", Label: "greatest", Doc: "Returns the largest of several values. NULLs are left out; if all are NULL, so is the result.",
			Args: args, Overloads: extreme(1),
			Examples: []Example{{"GREATEST(3, 7, NULL, 5)", "7"}, {"GREATEST('b', 'a')", "'b'"}, {"GREATEST(1.5, 1.25)", "1.50"}},
		},
		{
			Name: "LEAST", Label: "least", Doc: "Returns the smallest of several values. NULLs are left out; if all are NULL, so is the result.",
			Args: args, Overloads: extreme(-1),
			Examples: []Example{{"LEAST(3, 7, NULL, 5)", "3"}, {"LEAST(CAST('2024-02-29' AS DATE), CAST('2024-03-01' AS DATE))", "CAST('2024-02-29' AS DATE)"}},
		},
	}
}

// extreme is the overloads of GREATEST, for 1, and LEAST, for -1.
func extreme(side int) []Overload {
	compares := []struct {
		typ     string
		compare func(a, b data.Value) int
	}{
		{"INT", data.Compare},
		{"BIGINT", data.Compare},
		{"DOUBLE", compareDouble},
		{"STRING", compareText},
		{"BYTES", compareBytes},
		{"DATE", data.Compare},
		{"TIME", data.Compare},
		{"TIMESTAMP", data.Compare},
	}
	list := []Overload{
		bound("(val DECIMAL, vals DECIMAL...) DECIMAL", func(b *Binding) (Func, error) { return extremeDecimal(b, side), nil }).
			passNulls().resultType(widest),
	}
	for _, c := range compares {
		list = append(list, call("(val "+c.typ+", vals "+c.typ+"...) "+c.typ, func(_ *Env, args []data.Value) (data.Value, error) {
			best := data.Null
			for _, a := range args {
				if !a.IsNull() && (best.IsNull() || c.compare(a, best) == side) {
					best = a
				}
			}
			return best, nil
		}).passNulls())
	}
	return list
}

// widest is the smallest DECIMAL type that holds the values of all.
func widest(args []*types.Type) (*types.Type, error) {
	whole, scale := 0, 0
	for _, t := range args {
		if t.Kind() == types.KindDecimal {
			whole, scale = max(whole, t.Precision()-t.Scale()), max(scale, t.Scale())
		}
	}
	return types.DecimalOf(max(whole+scale, 1), scale), nil
}

// extremeDecimal brings the arguments to the scale of the result, in which they are compared.
func extremeDecimal(b *Binding, side int) Func {
	shifts := make([]int, len(b.Args))
	for i, t := range b.Args {
		if t.Kind() == types.KindDecimal {
			shifts[i] = b.Result.Scale() - t.Scale()
		}
	}
	return func(_ *Env, args []data.Value) (data.Value, error) {
		best := data.Null
		for i, a := range args {
			if a.IsNull() {
				continue
			}
			if a = addDigits(a, shifts[i]); best.IsNull() || data.Compare(a, best) == side {
				best = a
			}
		}
		return best, nil
	}
}

// compareDouble orders as Java does: -0.0 before 0.0 and NaN behind all.
func compareDouble(a, b data.Value) int {
	x, y := a.Float64(), b.Float64()
	switch {
	case math.IsNaN(x) || math.IsNaN(y):
		return compareBool(math.IsNaN(x), math.IsNaN(y))
	case x == 0 && y == 0:
		return compareBool(math.Signbit(y), math.Signbit(x))
	}
	return cmp.Compare(x, y)
}

// compareBool orders FALSE before TRUE.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// compareText orders by UTF-16 code units. The bytes of UTF-8 give the same
// order, but for a character beyond U+FFFF against one from U+E000 on.
func compareText(a, b data.Value) int {
	x, y := a.Text(), b.Text()
	for i := range min(len(x), len(y)) {
		if x[i] == y[i] {
			continue
		}
		if c, d := x[i], y[i]; c >= 0xEE && d >= 0xEE && (c >= 0xF0) != (d >= 0xF0) {
			return cmp.Compare(d, c)
		}
		return cmp.Compare(x[i], y[i])
	}
	return cmp.Compare(len(x), len(y))
}

// compareBytes orders bytes as signed numbers, as Java does.
func compareBytes(a, b data.Value) int {
	x, y := a.Raw(), b.Raw()
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return cmp.Compare(int8(x[i]), int8(y[i]))
		}
	}
	return cmp.Compare(len(x), len(y))
}
