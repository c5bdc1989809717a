package state

import (
	"bytes"
	"hash/maphash"
	"iter"
	"slices"
)

// Hash is a Store in memory for those that are asked for single keys: a scan has to
// sort them first. Make it with NewHash.
//
// It is an open-addressing table over entries that lie in pages, so that a million
// keys are a few thousand objects to the garbage collector. A slot is one word:
// a part of the key's hash and the place of its entry, 0 for none.
type Hash struct {
	seed  maphash.Seed
	slots []slot // a power of two of them
	count int
	pages pages

	touched byte // nothing that counts: what is read has to go somewhere
}

var _ memory = (*Hash)(nil)

// slot is a part of a hash, its tag, and a place.
type slot uint64

const (
	placeBits = 38
	// mostTagged is the size of a table up to which the tag alone says where an entry belongs,
	// so that a table that grows does not have to look at the keys.
	mostTagged = 1 << (64 - placeBits)
)

func (s slot) place() place { return place(s & (1<<placeBits - 1)) }

// home is the number of the slot where an entry belongs in a table of so many.
func (h *Hash) home(s slot, slots int) int {
	if slots > mostTagged {
		return int(h.hash(h.pages.key(s.place()))) & (slots - 1)
	}
	return int(s>>placeBits) & (slots - 1)
}

// homeOf is the number of the slot where a key with that hash belongs.
func (h *Hash) homeOf(hash uint64) int {
	if len(h.slots) > mostTagged {
		return int(hash) & (len(h.slots) - 1)
	}
	return int(hash>>placeBits) & (len(h.slots) - 1)
}

func slotOf(hash uint64, at place) slot { return slot(hash>>placeBits<<placeBits) | slot(at) }

// fewestSlots is how many an empty table has.
const fewestSlots = 16

// NewHash returns an empty store.
func NewHash() *Hash {
	return &Hash{seed: maphash.MakeSeed(), slots: make([]slot, fewestSlots)}
}

// find returns the number of the slot of a key, or that of the empty slot where it
// would be.
func (h *Hash) find(key []byte, hash uint64) int {
	mask := len(h.slots) - 1
	tag := hash >> placeBits
	i := h.homeOf(hash)
	for ; h.slots[i] != 0; i = (i + 1) & mask {
		if uint64(h.slots[i])>>placeBits == tag && bytes.Equal(h.pages.key(h.slots[i].place()), key) {
			break
		}
	}
	return i
}

func (h *Hash) hash(key []byte) uint64 { return maphash.Bytes(h.seed, key) }

// Get implements [Store].
func (h *Hash) Get(key []byte) ([]byte, error) {
	if s := h.slots[h.find(key, h.hash(key))]; s != 0 {
		return h.pages.value(s.place()), nil
	}
	return nil, nil
}

// Put implements [Store]. A value that is about as long as the old one takes its place.
func (h *Hash) Put(key, value []byte) error {
	hash := h.hash(key)
	i := h.find(key, hash)
	if s := h.slots[i]; s != 0 {
		if !h.pages.replace(s.place(), value) {
			h.slots[i] = slotOf(hash, h.pages.add(key, value))
			h.drop(s.place())
		}
		return nil
	}
	h.slots[i] = slotOf(hash, h.pages.add(key, value))
	if h.count++; h.count > len(h.slots)/4*3 {
		h.resize(2 * len(h.slots))
	}
	return nil
}

// together is how many entries are put into a table at once: looking for the places of all of
// them first lets the processor fetch those from memory at the same time.
const together = 32

// entries are some with different keys.
type entries struct {
	n            int
	keys, values [together][]byte
}

// fill puts entries into the table that are not there yet.
func (h *Hash) fill(e *entries) {
	for h.count += e.n; h.count > len(h.slots)/4*3; {
		h.resize(2 * len(h.slots))
	}
	mask := len(h.slots) - 1
	var hashes [together]uint64
	var taken [together]bool
	for i, key := range e.keys[:e.n] {
		hashes[i] = h.hash(key)
		taken[i] = h.slots[h.homeOf(hashes[i])] != 0
	}
	for i, hash := range hashes[:e.n] {
		at := h.homeOf(hash)
		for taken[i] || h.slots[at] != 0 {
			at, taken[i] = (at+1)&mask, false
		}
		h.slots[at] = slotOf(hash, h.pages.add(e.keys[i], e.values[i]))
	}
}

// nearBytes is how large a table is that lies near the processor anyway.
const nearBytes = 1 << 20

// Touch implements [Store].
func (h *Hash) Touch(keys [][]byte) {
	if h.Size() < nearBytes {
		return
	}
	for some := range slices.Chunk(keys, together) {
		var found [together]slot
		for i, key := range some {
			found[i] = h.slots[h.homeOf(h.hash(key))]
		}
		for _, s := range found[:len(some)] {
			if s != 0 {
				h.touched += h.pages.first(s.place())
			}
		}
	}
}

// room makes a table for so many keys, which are about to come.
func (h *Hash) room(keys int) {
	n := fewestSlots
	for keys > n/4*3 {
		n *= 2
	}
	h.resize(n)
}

// resize makes another table of so many slots.
func (h *Hash) resize(n int) {
	old := h.slots
	h.slots = make([]slot, n)
	mask := len(h.slots) - 1
	for _, s := range old {
		if s == 0 {
			continue
		}
		i := h.home(s, n)
		for h.slots[i] != 0 {
			i = (i + 1) & mask
		}
		h.slots[i] = s
	}
}

// Delete implements [Store].
func (h *Hash) Delete(key []byte) error {
	i := h.find(key, h.hash(key))
	at := h.slots[i].place()
	if h.slots[i] == 0 {
		return nil
	}
	h.count--
	h.close(i)
	h.drop(at)
	return nil
}

// close empties a slot and moves those behind it up that would not be found otherwise.
func (h *Hash) close(gap int) {
	mask := len(h.slots) - 1
	for i := (gap + 1) & mask; h.slots[i] != 0; i = (i + 1) & mask {
		home := h.home(h.slots[i], len(h.slots))
		if (i-home)&mask >= (i-gap)&mask {
			h.slots[gap] = h.slots[i]
			gap = i
		}
	}
	h.slots[gap] = 0
}

// drop forgets an entry. A page that holds more of those than of others is cleared,
// its other entries being written once more.
func (h *Hash) drop(at place) {
	if !h.pages.drop(at) {
		return
	}
	for old := range h.live(at.page()) {
		key := h.pages.key(old)
		hash := h.hash(key)
		h.slots[h.find(key, hash)] = slotOf(hash, h.pages.add(key, h.pages.value(old)))
	}
	h.pages.free(at.page())
}

// All implements [Store].
func (h *Hash) All(visit func(key, value []byte) bool) error {
	for _, s := range h.slots {
		if s != 0 && !visit(h.pages.key(s.place()), h.pages.value(s.place())) {
			break
		}
	}
	return nil
}

// Scan implements [Store].
func (h *Hash) Scan(from, to []byte, visit func(key, value []byte) bool) error {
	var found []place
	for _, s := range h.slots {
		if s == 0 {
			continue
		}
		key := h.pages.key(s.place())
		if bytes.Compare(key, from) >= 0 && (to == nil || bytes.Compare(key, to) < 0) {
			found = append(found, s.place())
		}
	}
	for key, value := range h.pages.sorted(found) {
		if !visit(key, value) {
			break
		}
	}
	return nil
}

// Len implements [Store].
func (h *Hash) Len() int { return h.count }

// Size implements [Store].
func (h *Hash) Size() int64 { return int64(8*len(h.slots)) + h.pages.size }

// Close implements [Store].
func (*Hash) Close() error { return nil }

// shed implements [memory]: whole pages leave, in turn, so that an entry stays for
// about as long as any other one.
func (h *Hash) shed(size int64, take func(iter.Seq2[[]byte, []byte]) error) error {
	numbers := h.pages.next(size)
	var leaving []place
	for _, number := range numbers {
		for at := range h.live(number) {
			leaving = append(leaving, at)
		}
	}
	if err := take(h.pages.sorted(leaving)); err != nil {
		return err
	}
	for _, at := range leaving {
		key := h.pages.key(at)
		h.close(h.find(key, h.hash(key)))
	}
	h.count -= len(leaving)
	for _, number := range numbers {
		h.pages.free(number)
	}
	if h.count < len(h.slots)/8 && len(h.slots) > fewestSlots {
		h.resize(len(h.slots) / 4)
	}
	return nil
}

// live returns the places of the entries of a page that are still there.
func (h *Hash) live(number uint32) iter.Seq[place] {
	return func(yield func(place) bool) {
		for at := range h.pages.entries(number) {
			key := h.pages.key(at)
			if s := h.slots[h.find(key, h.hash(key))]; s != 0 && s.place() == at && !yield(at) {
				return
			}
		}
	}
}
