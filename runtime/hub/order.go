package hub

import "math"

// First says which of n partitions has the record that comes first in time, and up to which time
// its records come before all that others have: of the same time, those of the partition that is
// named first. Head is the time of a partition's next record, false for one that has none; -1 is
// returned where none has.
func First(n int, head func(i int) (time int64, ok bool)) (first int, last int64) {
	first = -1
	earliest, second, next := int64(0), int64(math.MaxInt64), 0 // next has the second one
	for i := range n {
		at, ok := head(i)
		switch {
		case !ok:
		case first < 0:
			first, earliest = i, at
		case at < earliest:
			second, next = earliest, first
			first, earliest = i, at
		case at < second:
			second, next = at, i
		}
	}
	if second < math.MaxInt64 && next < first {
		second--
	}
	return first, second
}
