package functions_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
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
	{"COUNT(*)", func(p []point) string { return strconv.Itoa(len(p)) }, true},
	{"COUNT(x)", func(p []point) string { return strconv.Itoa(len(xs(p))) }, true},
	{"SUM(x)", func(p []point) string { return strconv.Itoa(total(xs(p))) }, true},
	{"SUM(CAST(x AS DOUBLE))", func(p []point) string { return fmt.Sprintf("%d.0", total(xs(p))) }, true},
	{"SUM(CAST(x AS DECIMAL(20, 2)))", func(p []point) string { return fmt.Sprintf("%d.00", total(xs(p))) }, true},
	{"SUM_LIST(ARRAY[x, y])", func(p []point) string { return strconv.Itoa(total(xs(p)) + total(ys(p))) }, true},
	{"AVG(x)", func(p []point) string { return double(mean(xs(p))) }, true},
	{"MIN(x)", func(p []point) string { return first(ascending(xs(p))) }, true},
	{"MAX(x)", func(p []point) string { return first(descending(xs(p))) }, true},
	{"STDDEV_SAMP(x)", func(p []point) string { return double(sampleVariance(xs(p))) }, true},
	{"STDDEV_SAMPLE(x)", func(p []point) string { return double(math.Sqrt(sampleVariance(xs(p)))) }, true},
	{"CORRELATION(x, y)", pearson, true},
	{"COLLECT_LIST(x)", func(p []point) string { return list(texts(p)) }, true},
	{"COLLECT_SET(x)", func(p []point) string { return list(distinct(texts(p))) }, true},
	{"COUNT_DISTINCT(x)", func(p []point) string { return strconv.Itoa(len(distinct(xs(p)))) }, true},
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

func (p point) String() string { return text(p.x) + "|" + text(p.y) }

func text(n *int) string {
	if n == nil {
		return "null"
	}
	return strconv.Itoa(*n)
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
		found[strconv.Itoa(n)]++
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
