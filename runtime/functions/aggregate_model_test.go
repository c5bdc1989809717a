package functions_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/planner/expr/exprtest"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// point is a record of the model: two columns and when it came. NULL is nil.
type point struct {
	x, y *int
	came int
}

// models are calls and what they give, worked out anew from all records of a
// group. Records of merged groups stand one group behind the other.
var models = []struct {
	call   string
	result func(points []point) string
	merges bool
}{
	{"COUNT(*)", func(p []point) string { return fmt.Sprint(len(p)) }, true},
	{"COUNT(x)", func(p []point) string { return fmt.Sprint(len(xs(p))) }, true},
	{"SUM(x)", func(p []point) string { return fmt.Sprint(total(xs(p))) }, true},
	{"SUM(CAST(x AS DOUBLE))", func(p []point) string { return fmt.Sprintf("%d.0", total(xs(p))) }, true},
	{"SUM(CAST(x AS DECIMAL(20, 2)))", func(p []point) string { return fmt.Sprintf("%d.00", total(xs(p))) }, true},
	{"SUM_LIST(ARRAY[x, y])", func(p []point) string { return fmt.Sprint(total(xs(p)) + total(ys(p))) }, true},
	{"AVG(x)", func(p []point) string { return double(mean(xs(p))) }, true},
	{"MIN(x)", func(p []point) string { return first(ascending(xs(p))) }, true},
	{"MAX(x)", func(p []point) string { return first(descending(xs(p))) }, true},
	{"STDDEV_SAMP(x)", func(p []point) string { return double(sampleVariance(xs(p))) }, true},
	{"STDDEV_SAMPLE(x)", func(p []point) string { return double(math.Sqrt(sampleVariance(xs(p)))) }, true},
	{"CORRELATION(x, y)", pearson, true},
	{"COLLECT_LIST(x)", func(p []point) string { return list(texts(p)) }, true},
	{"COLLECT_SET(x)", func(p []point) string { return list(distinct(texts(p))) }, true},
	{"COUNT_DISTINCT(x)", func(p []point) string { return fmt.Sprint(len(distinct(xs(p)))) }, true},
	{"ATTR(x)", onlyOne, true},
	{"HISTOGRAM(CAST(x AS STRING))", counts, true},
	{"TOPK(x, 3)", func(p []point) string { return list(leading(descending(xs(p)), 3)) }, true},
	{"TOPKDISTINCT(x, 3)", func(p []point) string { return list(leading(distinct(descending(xs(p))), 3)) }, true},
	{"TOPK(x, y, 3)", topWithColumn, true},
	{"EARLIEST_BY_OFFSET(x)", func(p []point) string { return first(xs(byArrival(p))) }, true},
	{"EARLIEST_BY_OFFSET(x, FALSE)", func(p []point) string { return first(texts(byArrival(p))) }, true},
	{"EARLIEST_BY_OFFSET(x, 3)", func(p []point) string { return list(leading(xs(byArrival(p)), 3)) }, true},
	{"LATEST_BY_OFFSET(x)", func(p []point) string { return first(backwards(xs(byArrival(p)))) }, true},
	{"LATEST_BY_OFFSET(x, FALSE)", func(p []point) string { return first(backwards(texts(byArrival(p)))) }, true},
	// Merging keeps the wrong end, as in ksqlDB, so it is no function of the records.
	{"LATEST_BY_OFFSET(x, 3)", func(p []point) string { return list(backwards(leading(backwards(xs(p)), 3))) }, false},
	{"LATEST_BY_OFFSET(x, 3, FALSE)", func(p []point) string { return list(backwards(leading(backwards(texts(p)), 3))) }, false},
}

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

// What follows are the models.

func (p point) String() string { return text(p.x) + "|" + text(p.y) }

func text(n *int) string {
	if n == nil {
		return "null"
	}
	return fmt.Sprint(*n)
}

func numbers(points []point, column func(point) *int) []int {
	var all []int
	for _, p := range points {
		if n := column(p); n != nil {
			all = append(all, *n)
		}
	}
	return all
}

func xs(points []point) []int { return numbers(points, func(p point) *int { return p.x }) }
func ys(points []point) []int { return numbers(points, func(p point) *int { return p.y }) }

// texts returns the first column as text, with NULLs.
func texts(points []point) []string {
	all := make([]string, len(points))
	for i, p := range points {
		all[i] = text(p.x)
	}
	return all
}

func byArrival(points []point) []point {
	return slices.SortedFunc(slices.Values(points), func(a, b point) int { return cmp.Compare(a.came, b.came) })
}

func total(numbers []int) (sum int) {
	for _, n := range numbers {
		sum += n
	}
	return sum
}

func mean(numbers []int) float64 {
	if len(numbers) == 0 {
		return 0
	}
	return float64(total(numbers)) / float64(len(numbers))
}

func sampleVariance(numbers []int) float64 {
	if len(numbers) < 2 {
		return 0
	}
	squares := 0.0
	for _, n := range numbers {
		squares += (float64(n) - mean(numbers)) * (float64(n) - mean(numbers))
	}
	return squares / float64(len(numbers)-1)
}

func double(f float64) string { return string(types.AppendDouble(nil, f)) }

func ascending(numbers []int) []int  { return slices.Sorted(slices.Values(numbers)) }
func descending(numbers []int) []int { return backwards(ascending(numbers)) }

func backwards[T any](all []T) []T {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

func leading[T any](all []T, n int) []T { return all[:min(n, len(all))] }

func distinct[T comparable](all []T) []T {
	var found []T
	for _, v := range all {
		if !slices.Contains(found, v) {
			found = append(found, v)
		}
	}
	return found
}

func first[T any](all []T) string {
	if len(all) == 0 {
		return "null"
	}
	return fmt.Sprint(all[0])
}

func list[T any](all []T) string {
	parts := make([]string, len(all))
	for i, v := range all {
		parts[i] = fmt.Sprint(v)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func onlyOne(points []point) string {
	if found := distinct(texts(points)); len(found) == 1 {
		return found[0]
	}
	return "null"
}

func counts(points []point) string {
	found := map[string]int{}
	for _, n := range xs(points) {
		found[fmt.Sprint(n)]++
	}
	var parts []string
	for text, n := range found {
		parts = append(parts, fmt.Sprintf("%q:%d", text, n))
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, ",") + "}"
}

func topWithColumn(points []point) string {
	points = slices.DeleteFunc(slices.Clone(points), func(p point) bool { return p.x == nil })
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Compare(*b.x, *a.x) })
	var parts []string
	for _, p := range leading(points, 3) {
		parts = append(parts, fmt.Sprintf(`{"sort_col":%d,"col0":%s}`, *p.x, text(p.y)))
	}
	return list(parts)
}

func pearson(points []point) string {
	points = slices.DeleteFunc(slices.Clone(points), func(p point) bool { return p.x == nil || p.y == nil })
	x, y := mean(xs(points)), mean(ys(points))
	var xx, yy, xy float64
	for _, p := range points {
		dx, dy := float64(*p.x)-x, float64(*p.y)-y
		xx, yy, xy = xx+dx*dx, yy+dy*dy, xy+dx*dy
	}
	if xx < 1e-9 || yy < 1e-9 {
		return `"NaN"`
	}
	return double(xy / math.Sqrt(xx*yy))
}
