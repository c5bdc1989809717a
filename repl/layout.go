package repl

import (
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
	alike  int // how many values have exactly that width
	typ    *types.Type
}

// widths returns a width for each column so that a row with its borders fits
// a terminal, which is no limit if it is 0. sampled is the number of rows that
// were measured, complete says that no further rows will come.
func widths(columns []measure, terminal, sampled int, complete bool) []int {
	wanted, least := make([]int, len(columns)), make([]int, len(columns))
	for i, c := range columns {
		wanted[i] = max(1, c.header, c.wanted(sampled, complete))
		least[i] = wanted[i]
		if c.text() {
			least[i] = min(wanted[i], leastText)
		}
	}
	if terminal > 0 {
		room := terminal - len(wanted) - 1
		fit(wanted, least, room)
		fit(wanted, make([]int, len(columns)), room)
	}
	return wanted
}

// leastText is how narrow a column of text gets before numbers and times, which
// are hard to read on two lines, give way as well.
const leastText = 10

// text reports whether the values of a column may well go on below.
func (c measure) text() bool {
	kind := c.typ.Kind()
	return kind == types.KindString || kind == types.KindBytes || kind.Nested()
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
	case c.alike == sampled && sampled > 2, sampled >= sampleSize:
		return c.widest // as with UUIDs; or enough has been seen
	}
	return c.widest + c.widest/4
}

// add measures a value.
func (c *measure) add(width int) {
	switch {
	case width > c.widest:
		c.widest, c.alike = width, 1
	case width == c.widest:
		c.alike++
	}
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
// together take no more than room. No column gets narrower than its least width
// or one cell.
func fit(widths, least []int, room int) {
	total := 0
	for _, w := range widths {
		total += w
	}
	for total > room {
		widest := -1
		for i, w := range widths {
			if w > max(1, least[i]) && (widest < 0 || w >= widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
		total--
	}
}
