package functions

import (
	"slices"

	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/runtime/data"
)

func histograms() []Function {
	return []Function{
		{
			Name: "HISTOGRAM", Kind: expr.Aggregate, Undoable: true,
			Doc: "Counts how often each text occurs in a group. There are at most 1000 texts: others that come later are left out. " +
				"NULLs are left out too, since no MAP can be written that has one for a key.",
			Args:      []Arg{{"val", "The texts."}},
			Overloads: []Overload{aggregate("(val STRING) MAP<STRING, BIGINT>", histogram)},
			Over:      []AggregateExample{{"HISTOGRAM(x)", "x = 'a', 'b', NULL, 'a'", "MAP('a' := CAST(2 AS BIGINT), 'b' := CAST(1 AS BIGINT))"}},
		},
	}
}

// widestHistogram is how many texts a HISTOGRAM tells apart.
const widestHistogram = 1000

// histogram binds HISTOGRAM.
func histogram(b *Binding, _ []data.Value) (Aggregation, error) {
	return Aggregation{
		State: b.Result, Initial: data.Map(nil),
		Add: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			return countedKey(env, state, args[0], 1), nil
		},
		Undo: func(env *Env, state data.Value, args []data.Value) (data.Value, error) {
			return countedKey(env, state, args[0], -1), nil
		},
		Merge: func(env *Env, a, b data.Value) (data.Value, error) {
			for _, e := range b.Entries() {
				a = countedKey(env, a, e.Key, e.Value.Int64())
			}
			return a, nil
		},
	}.skipNulls(), nil
}

// countedKey returns the counts of keys with that of one key changed. One whose
// count falls to 0 is no longer among them.
func countedKey(env *Env, counts, key data.Value, change int64) data.Value {
	before := counts.Entries()
	i, found := slices.BinarySearchFunc(before, key, func(e data.Entry, key data.Value) int { return data.Compare(e.Key, key) })
	behind := before[i:]
	if found {
		change += behind[0].Value.Int64()
		behind = behind[1:]
	} else if change <= 0 || len(before) >= widestHistogram {
		return counts
	}
	entries := append(env.Arena.Entries(len(before) + 1)[:0], before[:i]...)
	if change > 0 {
		entries = append(entries, data.Entry{Key: key, Value: data.Bigint(change)})
	}
	return data.Map(append(entries, behind...))
}
