package repl

import (
	"slices"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file decides how wide the columns of a query's rows are. ksqlDB makes
// them all equal; here they follow the data: the first rows are measured, later
// ones get some room to grow, and when the terminal is too narrow the widest
// columns give way first.

// measure is what is known about a column when the widths are chosen.
type measure struct {
	header int // width of its name
	widest int // width of its widest value so far
	typ    *types.Type
}

// widths returns a width for each column so that a row with its borders fits
// a terminal, which is no limit if it is 0. sampled is the number of rows that
// were measured, complete says that no further rows will come.
func widths(columns []measure, terminal, sampled int, complete bool) []int {
	wanted := make([]int, len(columns))
	for i, c := range columns {
		wanted[i] = max(1, c.header, c.wanted(sampled, complete))
	}
	if terminal > 0 {
		fit(wanted, terminal-len(wanted)-1)
	}
	return wanted
}

// wanted returns how wide the values of a column are going to be.
func (c measure) wanted(sampled int, complete bool) int {
	usual, fixed := usualWidth(c.typ)
	switch {
	case complete:
		return c.widest
	case fixed:
		return max(c.widest, usual)
	case sampled == 0:
		return usual
	}
	return c.widest + c.widest/4
}

// usualWidth returns how wide values of a type usually are, and whether they
// are hardly ever wider.
func usualWidth(t *types.Type) (width int, fixed bool) {
	switch t.Kind() {
	case types.KindBoolean:
		return 5, true
	case types.KindInt:
		return 11, false
	case types.KindBigint:
		return 14, false
	case types.KindDouble:
		return 14, false
	case types.KindDecimal:
		return min(t.Precision()+2, 24), false
	case types.KindDate:
		return 10, true
	case types.KindTime:
		return 12, true
	case types.KindTimestamp:
		return 23, true
	case types.KindArray, types.KindMap, types.KindStruct:
		return 40, false
	}
	return 24, false
}

// fit narrows the widest columns to one common width, so that all of them
// together take no more than room. No column gets narrower than one cell.
func fit(widths []int, room int) {
	total := 0
	for _, w := range widths {
		total += w
	}
	for total > room {
		widest := slices.Max(widths)
		if widest <= 1 {
			return
		}
		for i := len(widths) - 1; i >= 0 && total > room; i-- {
			if widths[i] == widest {
				widths[i]--
				total--
			}
		}
	}
}
