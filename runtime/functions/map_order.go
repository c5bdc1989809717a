package functions

import (
	"math/bits"
	"slices"
	"unicode/utf16"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file gives the entries of a map the order that ksqlDB has them in.
// ksqlDB promises none, yet what a fold over a map or the list of its keys comes
// to depends on it. Its maps are Java's HashMap, whose order follows from the
// hash codes of the keys; only of keys in the same bucket that were inserted in
// another order than their own, the order differs.

// hashed returns the entries of a map in the order of a HashMap.
func hashed(m data.Value) []data.Entry {
	entries := m.Entries()
	if len(entries) < 2 || !hashable(entries[0].Key.Kind()) {
		return entries
	}
	mask := uint32(buckets(len(entries)) - 1)
	bucket := func(e data.Entry) int {
		h := hashCode(e.Key)
		return int((h ^ h>>16) & mask)
	}
	ordered := slices.Clone(entries)
	slices.SortStableFunc(ordered, func(a, b data.Entry) int { return bucket(a) - bucket(b) })
	return ordered
}

// buckets returns how many a HashMap has that is made for n entries, as that of a
// decoded record is: a power of two, less than three quarters full.
func buckets(n int) int {
	return 1 << bits.Len(uint(4*n/3))
}

func hashable(kind types.Kind) bool {
	return kind == types.KindString || kind == types.KindInt || kind == types.KindBigint
}

// hashCode is Java's hashCode of String, Integer and Long.
func hashCode(key data.Value) uint32 {
	switch key.Kind() {
	case types.KindString:
		return hashText(key.Text())
	case types.KindBigint:
		return uint32(key.Int64()) ^ uint32(key.Int64()>>32)
	}
	return uint32(key.Int64())
}

// hashText is String.hashCode, which goes by UTF-16 code units.
func hashText(s string) uint32 {
	h := uint32(0)
	for _, r := range s {
		if r >= 0x10000 {
			high, low := utf16.EncodeRune(r)
			h = 31*h + uint32(high)
			r = low
		}
		h = 31*h + uint32(r)
	}
	return h
}
