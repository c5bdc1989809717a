package state

import (
	"encoding/binary"
	"iter"
	"slices"
)

// pages hold entries, each a key with a value, one after the other. An entry stays
// where it is as long as its value fits. The zero value is empty.
//
// An entry in a page of many is three lengths of two bytes (of the key, of the value,
// and of the room for the value), the key, and the room. One that is too long for
// that has a page of its own.
type pages struct {
	list    []page // the first one is never used, so that no place is 0
	current uint32 // the page that entries are added to
	hand    uint32 // the page that has left last
	unused  []uint32
	size    int64
}

type page struct {
	bytes   []byte
	dropped int // bytes of entries that are there no longer
	single  int // length of the key plus one in a page of one long entry, 0 in others
}

// place is where an entry lies: the number of its page and where it begins in it.
type place uint64

const (
	pageSize   = 1 << 16
	offsetBits = 16
	headSize   = 6
	// longest is the length of the longest entry that shares a page.
	longest = pageSize / 4
)

func placeOf(number uint32, offset int) place { return place(number)<<offsetBits | place(offset) }

func (p place) page() uint32 { return uint32(p >> offsetBits) }

func (p place) offset() int { return int(p & (1<<offsetBits - 1)) }

// head returns the lengths of an entry in a page of many.
func head(b []byte) (key, value, room int) {
	return int(binary.LittleEndian.Uint16(b)), int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint16(b[4:]))
}

func (p *pages) key(at place) []byte {
	page := &p.list[at.page()]
	if page.single > 0 {
		return page.bytes[: page.single-1 : page.single-1]
	}
	b := page.bytes[at.offset():]
	end := headSize + int(binary.LittleEndian.Uint16(b))
	return b[headSize:end:end]
}

// first returns a byte of an entry.
func (p *pages) first(at place) byte { return p.list[at.page()].bytes[at.offset()] }

func (p *pages) value(at place) []byte {
	page := &p.list[at.page()]
	if page.single > 0 {
		return page.bytes[page.single-1:]
	}
	b := page.bytes[at.offset():]
	key, value, _ := head(b)
	return b[headSize+key : headSize+key+value : headSize+key+value]
}

// add writes an entry.
func (p *pages) add(key, value []byte) place {
	need := headSize + len(key) + roomFor(value)
	if need > longest {
		number := p.take(len(key) + len(value))
		page := &p.list[number]
		page.single = len(key) + 1
		page.bytes = append(append(page.bytes, key...), value...)
		return placeOf(number, 0)
	}
	if p.current == 0 || len(p.list[p.current].bytes)+need > pageSize {
		size := pageSize
		if len(p.list) == 0 {
			size = max(smallest, need)
		}
		p.current = p.take(size)
	}
	page := &p.list[p.current]
	at := placeOf(p.current, len(page.bytes))
	b := slices.Grow(page.bytes, need)
	p.size += int64(cap(b) - cap(page.bytes))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(key)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	b = binary.LittleEndian.AppendUint16(b, uint16(roomFor(value)))
	b = append(append(b, key...), value...)
	page.bytes = b[:at.offset()+need]
	return at
}

// roomFor is how much room a value gets: counters grow by a byte now and then.
func roomFor(value []byte) int { return len(value) + 2 }

// replace puts another value in the place of that of an entry, if there is room.
func (p *pages) replace(at place, value []byte) bool {
	page := &p.list[at.page()]
	if page.single > 0 {
		if page.single-1+len(value) > cap(page.bytes) {
			return false
		}
		page.bytes = append(page.bytes[:page.single-1], value...)
		return true
	}
	b := page.bytes[at.offset():]
	key, _, room := head(b)
	if len(value) > room {
		return false
	}
	binary.LittleEndian.PutUint16(b[2:], uint16(len(value)))
	copy(b[headSize+key:], value)
	return true
}

// smallest is how large the first page of many is at first: there are many stores of few keys.
const smallest = 1 << 10

// take returns the number of an empty page.
func (p *pages) take(size int) uint32 {
	if len(p.list) == 0 {
		p.list = make([]page, 1)
	}
	p.size += int64(size)
	made := page{bytes: make([]byte, 0, size)}
	if n := len(p.unused); n > 0 {
		number := p.unused[n-1]
		p.unused = p.unused[:n-1]
		p.list[number] = made
		return number
	}
	p.list = append(p.list, made)
	return uint32(len(p.list) - 1)
}

// drop notes that an entry is there no longer, and reports whether its page is to be
// cleared.
func (p *pages) drop(at place) bool {
	page := &p.list[at.page()]
	if page.single > 0 {
		p.free(at.page())
		return false
	}
	key, _, room := head(page.bytes[at.offset():])
	page.dropped += headSize + key + room
	return page.dropped > pageSize/2 && at.page() != p.current
}

// entries returns the places of all entries of a page, dropped ones too.
func (p *pages) entries(number uint32) iter.Seq[place] {
	b := p.list[number].bytes
	return func(yield func(place) bool) {
		if p.list[number].single > 0 {
			yield(placeOf(number, 0))
			return
		}
		for offset := 0; offset < len(b); {
			key, _, room := head(b[offset:])
			if !yield(placeOf(number, offset)) {
				return
			}
			offset += headSize + key + room
		}
	}
}

// next returns the pages whose turn it is to leave, of at least so many bytes if there are as many.
func (p *pages) next(size int64) []uint32 {
	var numbers []uint32
	for range max(1, len(p.list)) - 1 {
		if p.hand++; int(p.hand) >= len(p.list) {
			p.hand = 1
		}
		if room := cap(p.list[p.hand].bytes); room > 0 {
			numbers = append(numbers, p.hand)
			size -= int64(room)
		}
		if size <= 0 {
			break
		}
	}
	return numbers
}

// free gives a page back.
func (p *pages) free(number uint32) {
	if number == p.current {
		p.current = 0
	}
	p.size -= int64(cap(p.list[number].bytes))
	p.list[number] = page{}
	p.unused = append(p.unused, number)
}
