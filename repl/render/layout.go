package render

import (
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file decides how wide the columns of a query's rows are. ksqlDB makes
// them all equal; here they follow the data: the first rows are measured, later
// ones get some room to grow, the more the fewer were measured, and when the terminal is too narrow the widest
// columns give way first. Without rows the whole terminal is shared out.

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
		switch {
		case complete:
		case sampled == 0:
			spread(columns, wanted, room)
		case sampled < fewRows:
			loosen(columns, wanted, room)
		}
		fit(wanted, least, room)
		fit(wanted, make([]int, len(columns)), room)
	}
	return wanted
}

// spread gives the columns of a query that has shown no row yet the room that is
// left: no UUID should break while there is some. After that everything grows.
func spread(columns []measure, widths []int, room int) {
	first, most := make([]int, len(columns)), make([]int, len(columns))
	for i, c := range columns {
		first[i], most[i] = widths[i], longest(c.typ)
		if c.text() {
			first[i], most[i] = uuidWidth, room
		}
	}
	grow(widths, first, room)
	grow(widths, most, room)
}

// fewRows is how many rows tell little about those that follow.
const fewRows = 10

// loosen gives the text columns of a query that has shown few rows what text usually takes, as far as there
// is room: the next name is longer.
func loosen(columns []measure, widths []int, room int) {
	most := make([]int, len(columns))
	for i, c := range columns {
		if most[i] = widths[i]; c.text() {
			usual, _ := usualWidth(c.typ)
			most[i] = max(widths[i], usual)
		}
	}
	grow(widths, most, room)
}

// uuidWidth is how wide a UUID is, the usual key of a topic.
const uuidWidth = 36

// longest returns how wide the widest value of a type is that is no text.
func longest(t *types.Type) int {
	switch t.Kind() {
	case types.KindBigint:
		return len("-9223372036854775808")
	case types.KindDouble:
		return len("-1.7976931348623157E308")
	case types.KindDecimal:
		return t.Precision() + len("-.")
	}
	width, _ := usualWidth(t)
	return width
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
	case c.typ.Kind().Numeric(): // which count on: the next rows have more digits
		return max(c.widest, min(usual, c.widest+moreDigits))
	case c.alike == sampled && sampled > 2, sampled >= sampleSize:
		return c.widest // as with UUIDs; or enough has been seen
	}
	return c.widest + c.widest/4
}

// moreDigits is how many digits a number may gain before it is broken.
const moreDigits = 3

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

// grow widens the narrowest columns first until all of them together take room,
// or each has reached its most.
func grow(widths, most []int, room int) {
	for _, w := range widths {
		room -= w
	}
	for ; room > 0; room-- {
		narrowest := -1
		for i, w := range widths {
			if w < most[i] && (narrowest < 0 || w < widths[narrowest]) {
				narrowest = i
			}
		}
		if narrowest < 0 {
			return
		}
		widths[narrowest]++
	}
}
