package query

import (
	"fmt"
	"math"
	"strings"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// This file is what EXPLAIN ANALYZE shows.

// lines are those of the plan with what each step has done so far.
func (m *Measures) lines() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := 0
	return plan.ExplainWith(m.root, func(plan.Step) string {
		next++
		return m.shown[next-1].String()
	})
}

// String tells records in and out, the time of a record, and what there is of the rest:
//
//	in 1,200 | out 1,190 | 310 ns/row | state 40 rows, 3.1 kB | skipped 10 (2 late by up to 4,000 ms)
func (c *counts) String() string {
	parts := []string{"in " + display.Count(c.in), "out " + display.Count(c.out)}
	if c.worked.records+c.read.records > 0 {
		parts = append(parts, display.Count(int64(math.Round(c.worked.each()+c.read.each())))+" ns/row")
	}
	if c.keeps {
		parts = append(parts, "state "+display.Counted(c.rows, "row")+", "+display.Bytes(c.bytes))
	}
	if c.skipped > 0 {
		text := "skipped " + display.Count(c.skipped)
		if c.late > 0 {
			text += fmt.Sprintf(" (%s late by up to %s ms)", display.Count(c.late), display.Count(c.latest))
		}
		parts = append(parts, text)
	}
	if c.failed > 0 {
		parts = append(parts, "failed "+display.Count(c.failed))
	}
	return strings.Join(parts, " | ")
}
