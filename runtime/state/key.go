package state

import (
	"encoding/binary"
	"slices"
)

// Key is a key that is put together of parts. Its bytes sort as its parts do, one
// after the other.
type Key []byte

// Time appends a time, or another number, so that negative ones come first.
func (k Key) Time(ms int64) Key {
	return binary.BigEndian.AppendUint64(k, uint64(ms)^1<<63)
}

// Bytes appends bytes of any length after that length: so no key is the beginning
// of another one, and all keys that go on from here lie together.
func (k Key) Bytes(b []byte) Key {
	return append(binary.AppendUvarint(k, uint64(len(b))), b...)
}

// CutTime takes a time off the front of a key.
func (k Key) CutTime() (int64, Key) {
	return int64(binary.BigEndian.Uint64(k) ^ 1<<63), k[8:]
}

// CutBytes takes off the front what Bytes has appended.
func (k Key) CutBytes() (b []byte, rest Key) {
	n, width := binary.Uvarint(k)
	end := width + int(n)
	return k[width:end:end], k[end:]
}

// After returns the least key that does not begin with k, nil if there is none:
// the end of a scan over all that do.
func (k Key) After() Key {
	next := slices.Clone(k)
	for i := len(next) - 1; i >= 0; i-- {
		if next[i]++; next[i] != 0 {
			return next[:i+1]
		}
	}
	return nil
}
