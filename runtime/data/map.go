package data

import (
	"cmp"
	"slices"
	"sort"
	"unsafe"

	"github.com/ksqlite/ksqlite/planner/types"
)

// This file holds MAP values. The entries of a map lie as key, value, key,
// value… sorted by key, so equal maps are equal element by element and a
// look-up is a binary search. ksqlDB leaves the order of entries open.

// Entry is a key and value of a MAP. No format gives a NULL key, but the
// constructor MAP(…) may: JSON then writes it as null.
type Entry struct{ Key, Value Value }

// Map returns a MAP of the entries, which it sorts in place and then aliases.
// Of entries with the same key the last one counts.
func Map(entries []Entry) Value {
	if !slices.IsSortedFunc(entries, strictly) {
		slices.SortStableFunc(entries, func(a, b Entry) int { return Compare(a.Key, b.Key) })
		entries = lastOfEach(entries)
	}
	return Value{kind: types.KindMap, ptr: unsafe.Pointer(unsafe.SliceData(entries)), num: uint64(2 * len(entries))}
}

// strictly orders entries so that equal keys count as unsorted.
func strictly(a, b Entry) int {
	if Compare(a.Key, b.Key) <= 0 {
		return -1
	}
	return 1
}

func lastOfEach(sorted []Entry) []Entry {
	kept := sorted[:0]
	for i, e := range sorted {
		if i+1 == len(sorted) || Compare(e.Key, sorted[i+1].Key) != 0 {
			kept = append(kept, e)
		}
	}
	return kept
}

// Entries returns the entries of a MAP in the order of their keys. The caller must not change them.
func (v Value) Entries() []Entry { return unsafe.Slice((*Entry)(v.ptr), int(v.num)/2) }

// Lookup returns the value of a MAP's key, NULL if there is none.
func (v Value) Lookup(key Value) Value {
	entries := v.Entries()
	i, found := sort.Find(len(entries), func(i int) int { return Compare(key, entries[i].Key) })
	if !found {
		return Null
	}
	return entries[i].Value
}

// Compare orders two values of the same type: numbers and times by size, text
// by bytes as unsigned numbers, FALSE before TRUE, arrays, maps and structs
// element by element, and NULL before everything. DECIMALs must be of the same scale.
func Compare(a, b Value) int {
	if a.kind != b.kind {
		return cmp.Compare(a.kind, b.kind)
	}
	switch a.kind {
	case types.KindString:
		return cmp.Compare(a.Text(), b.Text())
	case types.KindBytes:
		return slices.Compare(a.Raw(), b.Raw())
	case types.KindDouble:
		return cmp.Compare(a.Float64(), b.Float64())
	case types.KindDecimal:
		return compareDecimal(a, b)
	case types.KindArray, types.KindMap, types.KindStruct:
		return slices.CompareFunc(a.items(), b.items(), Compare)
	}
	return cmp.Compare(a.Int64(), b.Int64())
}

// items returns whatever values lie directly inside a nested value.
func (v Value) items() []Value { return unsafe.Slice((*Value)(v.ptr), int(v.num)) }

func compareDecimal(a, b Value) int {
	if x, ok := a.Unscaled(); ok {
		if y, ok := b.Unscaled(); ok {
			return cmp.Compare(x, y)
		}
	}
	return a.BigUnscaled().Cmp(b.BigUnscaled())
}

// Equal reports whether two values of the same type are equal; NULL equals NULL and NaN equals NaN.
func Equal(a, b Value) bool { return Compare(a, b) == 0 }
