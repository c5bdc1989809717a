package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/plan"
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
	parts := []string{"in " + grouped(c.in), "out " + grouped(c.out)}
	if c.worked.records+c.read.records > 0 {
		parts = append(parts, grouped(int64(math.Round(c.worked.each()+c.read.each())))+" ns/row")
	}
	if c.keeps {
		rows := " rows, "
		if c.rows == 1 {
			rows = " row, "
		}
		parts = append(parts, "state "+grouped(c.rows)+rows+size(c.bytes))
	}
	if c.skipped > 0 {
		text := "skipped " + grouped(c.skipped)
		if c.late > 0 {
			text += fmt.Sprintf(" (%s late by up to %s ms)", grouped(c.late), grouped(c.latest))
		}
		parts = append(parts, text)
	}
	if c.failed > 0 {
		parts = append(parts, "failed "+grouped(c.failed))
	}
	return strings.Join(parts, " | ")
}

// grouped writes a number with commas: 1,234,567.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// size writes a number of bytes with two digits or more: 512 B, 3.1 kB, 42 MB.
func size(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, unit := float64(n)/1000, 0
	for value >= 999.5 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	precision := 0
	if value < 9.95 {
		precision = 1
	}
	return strconv.FormatFloat(value, 'f', precision, 64) + " " + units[unit:unit+1] + "B"
}
