package functions

import (
	"math"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// hash returns a number for a value, which goes on from that of the values
// before it. Equal values have the same. It stays as it is for ever, since what
// is made of it is stored.
func hash(h uint64, v data.Value) uint64 {
	h = scatter(h ^ uint64(v.Kind()))
	switch v.Kind() {
	case types.KindString, types.KindBytes:
		return hashBytes(h, v.Raw())
	case types.KindDouble:
		return scatter(h ^ doubleBits(v.Float64()))
	case types.KindDecimal:
		if _, small := v.Unscaled(); !small {
			return hashBytes(h, v.BigUnscaled().Append(nil, 16))
		}
	case types.KindArray, types.KindStruct:
		for _, e := range v.Elems() {
			h = hash(h, e)
		}
		return scatter(h ^ uint64(v.Len()))
	case types.KindMap:
		for _, e := range v.Entries() {
			h = hash(hash(h, e.Key), e.Value)
		}
		return scatter(h ^ uint64(v.Len()))
	}
	return scatter(h ^ uint64(v.Int64()))
}

// doubleBits returns the bits of a DOUBLE: those of 0.0 for -0.0 too, and the same for every NaN.
func doubleBits(f float64) uint64 {
	switch {
	case f == 0:
		f = 0
	case math.IsNaN(f):
		f = math.NaN()
	}
	return math.Float64bits(f)
}

// hashBytes is FNV-1a, scattered.
func hashBytes(h uint64, b []byte) uint64 {
	for _, c := range b {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return scatter(h ^ uint64(len(b)))
}

// scatter makes each bit depend on all others: the last steps of MurmurHash3.
func scatter(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
