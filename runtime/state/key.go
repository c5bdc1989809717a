package state

import (
	"encoding/binary"
	"errors"
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

// Width is the length of the part that [Key.Bytes] has put at the beginning of a key: that
// of the key if that is damaged.
func (k Key) Width() int {
	n, width := binary.Uvarint(k)
	if width <= 0 || n > uint64(len(k)-width) {
		return len(k)
	}
	return width + int(n)
}

// ErrDamaged says that bytes are not what a [Key] was put together as: somebody else has
// written them.
var ErrDamaged = errors.New("stored key is damaged")

// Parts reads the parts of a key, one after the other. Once one is not there, all that come
// after it are zero, and Err says so: so it is asked for once, behind the last.
type Parts struct {
	rest    []byte
	damaged bool
}

// Parts returns what reads a key, whose bytes it aliases.
func (k Key) Parts() Parts { return Parts{rest: k} }

// timeSize is the length of a time in a key.
const timeSize = 8

// Time reads what [Key.Time] has appended.
func (p *Parts) Time() int64 {
	if len(p.rest) < timeSize {
		p.damaged, p.rest = true, nil
		return 0
	}
	ms := int64(binary.BigEndian.Uint64(p.rest) ^ 1<<63)
	p.rest = p.rest[timeSize:]
	return ms
}

// Byte reads a single byte.
func (p *Parts) Byte() byte {
	if len(p.rest) == 0 {
		p.damaged = true
		return 0
	}
	b := p.rest[0]
	p.rest = p.rest[1:]
	return b
}

// Bytes reads what [Key.Bytes] has appended.
func (p *Parts) Bytes() []byte {
	n, width := binary.Uvarint(p.rest)
	if width <= 0 || n > uint64(len(p.rest)-width) {
		p.damaged, p.rest = true, nil
		return nil
	}
	end := width + int(n)
	b := p.rest[width:end:end]
	p.rest = p.rest[end:]
	return b
}

// Rest returns what has not been read.
func (p *Parts) Rest() []byte { return p.rest }

// Err is ErrDamaged if a part was missing.
func (p *Parts) Err() error {
	if p.damaged {
		return ErrDamaged
	}
	return nil
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
