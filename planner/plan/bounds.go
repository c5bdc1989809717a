package plan

import (
	"math"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/types"
)

// Bounds say where in a topic all records lie that a query can have results of: a reader
// may leave out the others, but the query filters what it gets all the same.
type Bounds struct {
	// Time is ms since the epoch, of the records' own timestamps.
	Time      Range
	Offset    Range // the same in all partitions
	Partition Range
}

// Range is whole numbers from the first to the last; none if First is more than Last.
type Range struct{ First, Last int64 }

// Everything is the range of all numbers.
var Everything = Range{math.MinInt64, math.MaxInt64}

// Unbounded are the bounds that leave nothing out.
var Unbounded = Bounds{Everything, Everything, Everything}

// And returns the numbers that are in both ranges.
func (r Range) And(other Range) Range {
	return Range{max(r.First, other.First), min(r.Last, other.Last)}
}

// Has reports whether a number is in the range.
func (r Range) Has(n int64) bool { return r.First <= n && n <= r.Last }

// And returns the bounds of what lies in both.
func (b Bounds) And(other Bounds) Bounds {
	return Bounds{b.Time.And(other.Time), b.Offset.And(other.Offset), b.Partition.And(other.Partition)}
}

// Begin reports whether the bounds leave out what comes first in partitions.
func (b Bounds) Begin() bool { return b.Time.First > math.MinInt64 || b.Offset.First > math.MinInt64 }

// String returns the bounds as conditions: ROWTIME >= 2024-05-01T00:00:00.000, ROWPARTITION = 0.
// It is empty if there are none.
func (b Bounds) String() string {
	var parts []string
	for _, p := range []struct {
		name  types.Pseudo
		bound Range
		text  func(int64) string
	}{
		{types.RowTime, b.Time, moment},
		{types.RowOffset, b.Offset, plain},
		{types.RowPartition, b.Partition, plain},
	} {
		if text := p.bound.condition(types.PseudoColumns[p.name].Name, p.text); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

func plain(n int64) string { return strconv.FormatInt(n, 10) }

func moment(ms int64) string { return string(types.AppendTimestamp(nil, ms)) }

func (r Range) condition(name string, text func(int64) string) string {
	switch {
	case r == Everything:
		return ""
	case r.First > r.Last:
		return name + " nowhere"
	case r.First == r.Last:
		return name + " = " + text(r.First)
	case r.Last == math.MaxInt64:
		return name + " >= " + text(r.First)
	case r.First == math.MinInt64:
		return name + " <= " + text(r.Last)
	}
	return name + " from " + text(r.First) + " to " + text(r.Last)
}
