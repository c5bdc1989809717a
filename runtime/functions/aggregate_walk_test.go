package functions_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/expr/exprtest"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// TestAgainstModels adds, takes back and merges at random and compares the
// result with what a model works out from the records that are left.
func TestAgainstModels(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for i, m := range models {
		name, _, _ := strings.Cut(m.call, "(")
		named[name] = true
		t.Run(m.call, func(t *testing.T) {
			t.Parallel()
			for seed := range 30 {
				w := newWalk(t, m.call, rand.New(rand.NewPCG(uint64(i), uint64(seed))))
				for range 60 {
					w.step(m.merges)
					if got, want := w.show(), m.result(w.points[w.at]); !alike(got, want) {
						t.Fatalf("seed %d: after %s\ngot  %s\nwant %s", seed, strings.Join(w.history, ", "), got, want)
					}
				}
			}
		})
	}
	for name, f := range aggregates() {
		if !named[name] {
			t.Errorf("%s has no model", name)
		}
		if want := f.Undoable; len(f.Overloads) == 0 || want != undoable(t, name) {
			t.Errorf("%s: Undoable is %v, which is not what its overloads can", name, want)
		}
	}
}

// alike compares results; of DOUBLEs the last digits may differ.
func alike(got, want string) bool {
	var x, y float64
	if _, err := fmt.Sscan(got, &x); err == nil {
		if _, err := fmt.Sscan(want, &y); err == nil {
			return x == y || math.Abs(x-y) < 1e-6
		}
	}
	return got == want
}

// aggregates returns the aggregate functions by name.
func aggregates() map[string]*functions.Function {
	registry, found := functions.New(), map[string]*functions.Function{}
	for _, name := range registry.Names() {
		if f := registry.Lookup(name); f.Category == functions.Aggregates {
			found[name] = f
		}
	}
	return found
}

// undoable reports whether the calls of a function in the models can take records back.
func undoable(t *testing.T, name string) bool {
	t.Helper()
	for _, m := range models {
		if strings.HasPrefix(m.call, name+"(") {
			return newWalk(t, m.call, nil).Undo != nil
		}
	}
	return false
}

// walk is groups that change at random, as states and as records.
type walk struct {
	*accumulator
	t       *testing.T
	random  *rand.Rand
	states  []data.Value
	points  [][]point
	at      int // the group that changed last
	came    int
	history []string
}

func newWalk(t *testing.T, call string, random *rand.Rand) *walk {
	t.Helper()
	schema, err := exprtest.Schema("X INT, Y INT")
	if err != nil {
		t.Fatal(err)
	}
	a, err := newEvaluator().accumulator(call, schema)
	if err != nil {
		t.Fatal(err)
	}
	return &walk{accumulator: a, t: t, random: random, states: []data.Value{a.Initial}, points: [][]point{nil}}
}

// step changes a group.
func (w *walk) step(merges bool) {
	w.t.Helper()
	w.at = w.random.IntN(len(w.states))
	points := w.points[w.at]
	switch dice := w.random.IntN(10); {
	case dice == 0 && merges:
		w.history = append(w.history, "session")
		w.states, w.points = append(w.states, w.Initial), append(w.points, nil)
		w.at = len(w.states) - 1
	case dice == 1 && w.at > 0:
		w.history = append(w.history, fmt.Sprintf("merge %d %d", w.at-1, w.at))
		next, err := w.Merge(&w.frame.Env, w.states[w.at-1], w.states[w.at])
		w.points[w.at-1] = append(w.points[w.at-1], points...)
		w.states, w.points = slices.Delete(w.states, w.at, w.at+1), slices.Delete(w.points, w.at, w.at+1)
		w.at--
		w.keep(next, err)
	case dice < 5 && w.Undo != nil && len(points) > 0:
		// COLLECT_LIST takes the last of equal values back.
		last, x := len(points)-1, text(points[w.random.IntN(len(points))].x)
		for text(points[last].x) != x {
			last--
		}
		p := points[last]
		w.history = append(w.history, "undo "+p.String())
		w.points[w.at] = slices.Delete(slices.Clone(points), last, last+1)
		w.keep(w.Undo(&w.frame.Env, w.states[w.at], w.argsOf(p)))
	default:
		p := point{x: w.number(), y: w.number(), came: w.came}
		w.came++
		w.history = append(w.history, fmt.Sprintf("add to %d %s", w.at, p))
		w.points[w.at] = append(slices.Clone(points), p)
		w.keep(w.Add(&w.frame.Env, w.states[w.at], w.argsOf(p)))
	}
}

// keep makes a state that of the group at hand, beyond the arena.
func (w *walk) keep(state data.Value, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	w.states[w.at] = state.Clone()
	w.frame.Arena.Reset()
}

func (w *walk) number() *int {
	if w.random.IntN(5) == 0 {
		return nil
	}
	n := w.random.IntN(9) - 4
	return &n
}

func (w *walk) argsOf(p point) []data.Value {
	w.t.Helper()
	row := data.Row{data.Null, data.Null}
	for i, n := range []*int{p.x, p.y} {
		if n != nil {
			row[i] = data.Int(int32(*n))
		}
	}
	args, err := w.args(&data.Record{Value: row})
	if err != nil {
		w.t.Fatal(err)
	}
	return args
}

func (w *walk) show() string {
	w.t.Helper()
	result, err := w.result(w.states[w.at])
	if err != nil {
		w.t.Fatal(err)
	}
	return string(display.AppendJSON(nil, result, w.Result))
}
