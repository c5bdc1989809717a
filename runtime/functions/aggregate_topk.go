package functions

import (
	"errors"
	"fmt"
	"sort"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

func largest() []Function {
	k := Arg{"k", "How many values to keep: a literal from 1."}
	return []Function{
		{
			Name: "TOPK", Elsewhere: []string{"TOP"}, Kind: expr.Aggregate,
			Doc: "Returns the k largest values of a group, the largest first; of equal ones the earliest. NULLs are left out. With " +
				"further columns the result has a STRUCT for each value, which holds it as sort_col and the columns as col0, col1 and so on.",
			Args:      []Arg{{"sort_col", "The values to compare."}, {"cols", "The columns to keep with each value."}, k},
			Overloads: topks(),
			Over: []AggregateExample{
				{"TOPK(x, 2)", "x = 3, 9, NULL, 9, 5", "ARRAY[9, 9]"},
				{"TOPK(x, y, 1)", "x = 3, 9; y = 'a', 'b'", "ARRAY[STRUCT(`sort_col` := 9, `col0` := 'b')]"},
			},
		},
		{
			Name: "TOPKDISTINCT", Kind: expr.Aggregate,
			Doc:       "Returns the k largest different values of a group, the largest first. NULLs are left out.",
			Args:      []Arg{{"val", "The values to compare."}, k},
			Overloads: distinctTopks(),
			Over:      []AggregateExample{{"TOPKDISTINCT(x, 2)", "x = 3, 9, NULL, 9, 5", "ARRAY[9, 5]"}},
		},
	}
}

// topks is the overloads of TOPK.
func topks() []Overload {
	var list []Overload
	for _, typ := range []string{"INT", "BIGINT", "DOUBLE", "STRING"} {
		list = append(list,
			aggregate("(sort_col "+typ+", const k INT) ARRAY<"+typ+">", topk(keepEqual)),
			aggregate("(sort_col "+typ+", cols ANY..., const k INT) ARRAY<STRUCT<sort_col "+typ+", col0 ANY>>", topk(keepEqual)).
				resultType(rankedStructs))
	}
	return list
}

// distinctTopks is the overloads of TOPKDISTINCT.
func distinctTopks() []Overload {
	var list []Overload
	for _, typ := range []string{"INT", "BIGINT", "DOUBLE", "STRING", "DECIMAL", "DATE", "TIME", "TIMESTAMP", "BYTES"} {
		o := aggregate("(val "+typ+", const k INT) ARRAY<"+typ+">", topk(dropEqual))
		if typ == "DECIMAL" {
			o = o.resultType(func(args []*types.Type) (*types.Type, error) { return types.ArrayOf(args[0]), nil })
		}
		list = append(list, o)
	}
	return list
}

// rankedStructs is the type of the result of TOPK with further columns.
func rankedStructs(args []*types.Type) (*types.Type, error) {
	fields := []types.Field{{Name: "sort_col", Type: args[0]}}
	for i, t := range args[1 : len(args)-1] {
		if t.Kind() == types.KindNull {
			return nil, errors.New("TOPK cannot keep a column without a type. Use CAST to name the type of NULL.")
		}
		fields = append(fields, types.Field{Name: fmt.Sprintf("col%d", i), Type: t})
	}
	return types.ArrayOf(types.StructOf(fields...)), nil
}

// equalRule says what becomes of a value that is there already.
type equalRule bool

const (
	keepEqual equalRule = false
	dropEqual equalRule = true
)

// ranking is the k largest values in an ARRAY, the largest first. Structs are ranked by their first field.
type ranking struct {
	k       int
	equal   equalRule
	compare func(a, b data.Value) int
}

// add returns the state with one more value ranked, behind those equal to it.
func (r *ranking) add(env *Env, state, value data.Value) data.Value {
	elems := state.Elems()
	i := sort.Search(len(elems), func(i int) bool { return r.compare(elems[i], value) < 0 })
	if i >= r.k || r.equal == dropEqual && i > 0 && r.compare(elems[i-1], value) == 0 {
		return state
	}
	return inserted(env, state, i, value, r.k)
}

// topk binds TOPK and TOPKDISTINCT.
func topk(equal equalRule) aggregator {
	return func(b *Binding, constants []data.Value) (Aggregation, error) {
		k, err := positive("k", constants[0])
		if err != nil {
			return Aggregation{}, err
		}
		compare, err := ordering(b.Args[0])
		r := &ranking{k: k, equal: equal, compare: compare}
		structs := b.Result.Elem().Kind() == types.KindStruct
		if structs {
			r.compare = func(a, b data.Value) int { return compare(a.Elems()[0], b.Elems()[0]) }
		}
		return Aggregation{
			State: b.Result, Initial: data.Array(nil),
			Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
				if args[0].IsNull() {
					return state, nil
				}
				value := args[0]
				if structs {
					fields := env.Arena.Values(len(args))
					copy(fields, args)
					value = data.Struct(fields)
				}
				return r.add(env, state, value), nil
			},
			Merge: func(env *Env, a, b data.Value) (data.Value, error) {
				for _, value := range b.Elems() {
					a = r.add(env, a, value)
				}
				return a, nil
			},
		}, err
	}
}

// positive returns a constant argument that has to be at least 1.
func positive(name string, constant data.Value) (int, error) {
	if constant.IsNull() || constant.Int64() < 1 {
		return 0, fmt.Errorf("%s must be 1 or greater", name)
	}
	return int(constant.Int64()), nil
}
