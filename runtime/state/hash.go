package state

import (
	"slices"
	"unsafe"
)

// Hash is a Store in memory for those that are asked for single keys: a scan has to
// sort them first. Make it with NewHash.
type Hash struct {
	values map[string][]byte
	size   int64
}

var _ Store = (*Hash)(nil)

// NewHash returns an empty store.
func NewHash() *Hash { return &Hash{values: map[string][]byte{}} }

// Get implements [Store].
func (h *Hash) Get(key []byte) ([]byte, error) { return h.values[text(key)], nil }

// Put implements [Store]. A value that is no longer than the old one takes its place.
func (h *Hash) Put(key, value []byte) error {
	old, replaced := h.values[text(key)]
	if replaced && len(value) <= cap(old) {
		h.size += int64(len(value) - len(old))
		if kept := append(old[:0], value...); len(kept) != len(old) {
			h.values[string(key)] = kept
		}
		return nil
	}
	if !replaced {
		h.size += int64(len(key)) + entryOverhead
	}
	h.size += int64(len(value) - len(old))
	h.values[string(key)] = append(make([]byte, 0, len(value)), value...)
	return nil
}

// Delete implements [Store].
func (h *Hash) Delete(key []byte) error {
	if old, ok := h.values[text(key)]; ok {
		h.size -= int64(len(key)+len(old)) + entryOverhead
		delete(h.values, text(key))
	}
	return nil
}

// Scan implements [Store].
func (h *Hash) Scan(from, to []byte, visit func(key, value []byte) bool) error {
	var keys []string
	for key := range h.values {
		if key >= text(from) && (to == nil || key < text(to)) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		if !visit(raw(key), h.values[key]) {
			break
		}
	}
	return nil
}

// Len implements [Store].
func (h *Hash) Len() int { return len(h.values) }

// Size implements [Store].
func (h *Hash) Size() int64 { return h.size }

// text sees bytes as a string, for look-ups alone.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// raw sees a string as bytes that nobody may change.
func raw(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
