package functions

import "github.com/ksqlite/ksqlite/runtime/data"

func nullHandling() []Function {
	return []Function{
		{
			Name: "COALESCE", Doc: "Returns the first of its arguments that is not NULL. All are of the same type.",
			Args:      []Arg{{"first", "A value."}, {"others", "What to take instead, in this order."}},
			Overloads: []Overload{call("(first T, others T...) T", firstNotNull).passNulls()},
			Examples:  []Example{{"COALESCE(NULL, 'b', 'c')", "'b'"}},
		},
		{
			Name: "IFNULL", Elsewhere: []string{"NVL", "ISNULL"}, Doc: "Returns a value or, if it is NULL, another one.",
			Args:      []Arg{{"expression", "A value."}, {"altValue", "What to take instead."}},
			Overloads: []Overload{call("(expression T, altValue T) T", firstNotNull).passNulls()},
			Examples:  []Example{{"IFNULL(CAST(NULL AS INT), 7)", "7"}},
		},
		{
			Name: "NULLIF", Doc: "Returns NULL if two values are equal, otherwise the first.",
			Args: []Arg{{"expression1", "A value."}, {"expression2", "What it is compared with."}},
			Overloads: []Overload{call("(expression1 T, expression2 T) T", func(_ *Env, args []data.Value) (data.Value, error) {
				if data.Equal(args[0], args[1]) {
					return data.Null, nil
				}
				return args[0], nil
			}).passNulls()},
			Examples: []Example{{"NULLIF('-', '-')", "NULL"}, {"NULLIF('a', '-')", "'a'"}},
		},
	}
}

// firstNotNull is COALESCE.
func firstNotNull(_ *Env, args []data.Value) (data.Value, error) {
	for _, a := range args {
		if !a.IsNull() {
			return a, nil
		}
	}
	return data.Null, nil
}

func keyCopy() []Function {
	return []Function{{
		Name: "AS_VALUE", Doc: "Marks a column of the key in a projection, so that a copy of it becomes a column of the value. It has no other effect.",
		Args:      []Arg{{"keyColumn", "The column."}},
		Overloads: []Overload{fn1("(keyColumn T) T", func(v data.Value) data.Value { return v })},
		Examples:  []Example{{"AS_VALUE('a')", "'a'"}},
	}}
}
