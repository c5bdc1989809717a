package state

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"slices"
)

// sorted returns entries in the order of their keys. It sorts by the eight bytes of a key
// that follow what all of them begin with, so that it has to look at few keys again.
func (p *pages) sorted(places []place) iter.Seq2[[]byte, []byte] {
	type entry struct {
		at    place
		begin uint64
	}
	list := make([]entry, len(places))
	common := p.common(places)
	for i, at := range places {
		list[i] = entry{at, begin(p.key(at)[common:])}
	}
	slices.SortFunc(list, func(a, b entry) int {
		if c := cmp.Compare(a.begin, b.begin); c != 0 {
			return c
		}
		return bytes.Compare(p.key(a.at), p.key(b.at))
	})
	return func(yield func(key, value []byte) bool) {
		for _, e := range list {
			if !yield(p.key(e.at), p.value(e.at)) {
				return
			}
		}
	}
}

// common is how many bytes the keys of all entries begin with together.
func (p *pages) common(places []place) int {
	if len(places) == 0 {
		return 0
	}
	first := p.key(places[0])
	for _, at := range places[1:] {
		key := p.key(at)
		first = first[:min(len(first), len(key))]
		for i := range first {
			if first[i] != key[i] {
				first = first[:i]
				break
			}
		}
	}
	return len(first)
}

// begin is the beginning of a key as a number of the same order.
func begin(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	var b [8]byte
	copy(b[:], key)
	return binary.BigEndian.Uint64(b[:])
}
