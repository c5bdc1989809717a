package exec_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Whatever a WHERE says of the place of records, a query gives the rows that it gives where it reads
// everything, as one with an alternative does.
func TestSeekingChangesNoResult(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if err := h.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "t", Partitions: 3}); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 5))
	for n := range 90 {
		m := broker.Message{Value: fmt.Appendf(nil, `{"N": %d}`, n), Partition: int32(n % 3), Time: 1000 + int64(n) + random.Int64N(20)}
		if err := h.cluster.Produce(t.Context(), "t", []broker.Message{m}); err != nil {
			t.Fatal(err)
		}
	}
	bounded := 0
	for range 120 {
		condition := conditionOn(random, 3)
		query := "SELECT N, ROWPARTITION, ROWOFFSET FROM TOPIC 't' WHERE "
		got := h.run(t.Context(), query+condition+";", showBlocks)
		want := h.run(t.Context(), query+"("+condition+") OR FALSE;", showBlocks)
		if sorted(got) != sorted(want) {
			t.Fatalf("%s\ngot:\n%s\nwant:\n%s", condition, got, want)
		}
		if plan := h.run(t.Context(), "EXPLAIN "+query+condition+";", showBlocks); strings.Contains(plan, ") where ROW") {
			bounded++
		}
	}
	if bounded < 40 {
		t.Errorf("only %d of the conditions were bounds", bounded)
	}
}

// sorted are the lines of a result in their order as text: partitions come in any.
func sorted(result string) string {
	lines := strings.Split(strings.TrimSpace(result), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// conditionOn is a condition on the place of records, and sometimes on what is in them.
func conditionOn(r *rand.Rand, depth int) string {
	if depth > 0 && r.IntN(3) > 0 {
		left, right := conditionOn(r, depth-1), conditionOn(r, depth-1)
		switch r.IntN(8) {
		case 0:
			return "(" + left + " OR " + right + ")"
		case 1:
			return "NOT (" + left + ")"
		}
		return "(" + left + " AND " + right + ")"
	}
	column, low := "ROWTIME", 980+r.IntN(130)
	switch r.IntN(6) {
	case 0, 1:
		column, low = "ROWOFFSET", r.IntN(34)-2
	case 2:
		column, low = "ROWPARTITION", r.IntN(5)-1
	case 3:
		column, low = "N", r.IntN(90)
	}
	not := ""
	if r.IntN(4) == 0 {
		not = "NOT "
	}
	switch r.IntN(5) {
	case 0:
		return fmt.Sprintf("%s %sBETWEEN %d AND %d", column, not, low, low+r.IntN(20)-2)
	case 1:
		return fmt.Sprintf("%s %sIN (%d, %d)", column, not, low, low+r.IntN(20)-2)
	}
	op := []string{"=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"}[r.IntN(8)]
	if r.IntN(3) == 0 {
		return fmt.Sprintf("%d %s %s", low, op, column)
	}
	return fmt.Sprintf("%s %s %d", column, op, low)
}
