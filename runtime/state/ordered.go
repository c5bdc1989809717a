package state

import (
	"iter"
	"unsafe"

	"github.com/tidwall/btree"
)

// Ordered is a Store in memory for those that are scanned. Make it with NewOrdered.
type Ordered struct {
	tree *btree.Map[string, []byte]
	size int64
	hand string // behind the key that has left last
}

var _ memory = (*Ordered)(nil)

// NewOrdered returns an empty store.
func NewOrdered() *Ordered { return &Ordered{tree: btree.NewMap[string, []byte](0)} }

// entryOverhead is about what a key and its value take besides their bytes.
const entryOverhead = 48

// Get implements [Store].
func (o *Ordered) Get(key []byte) ([]byte, error) {
	value, _ := o.tree.Get(text(key))
	return value, nil
}

// Touch implements [Store].
func (*Ordered) Touch([][]byte) {}

// Put implements [Store]. A value as long as the old one takes its place.
func (o *Ordered) Put(key, value []byte) error {
	if len(value) == 0 { // as in an index, where a key is new and the last one as a rule
		old, replaced := o.tree.Load(string(key), []byte{})
		o.changed(key, replaced, -len(old))
		return nil
	}
	old, replaced := o.tree.Get(text(key))
	if replaced && len(old) == len(value) {
		copy(old, value)
		return nil
	}
	o.tree.Set(string(key), append(make([]byte, 0, len(value)), value...))
	o.changed(key, replaced, len(value)-len(old))
	return nil
}

// changed notes that a key has come, or that a value has become longer.
func (o *Ordered) changed(key []byte, replaced bool, longer int) {
	o.size += int64(longer)
	if !replaced {
		o.size += int64(len(key)) + entryOverhead
	}
}

// Delete implements [Store].
func (o *Ordered) Delete(key []byte) error {
	if old, ok := o.tree.Delete(text(key)); ok {
		o.size -= int64(len(key)+len(old)) + entryOverhead
	}
	return nil
}

// Scan implements [Store].
func (o *Ordered) Scan(from, to []byte, visit func(key, value []byte) bool) error {
	o.tree.Ascend(text(from), func(key string, value []byte) bool {
		if to != nil && key >= text(to) {
			return false
		}
		return visit(raw(key), value)
	})
	return nil
}

// All implements [Store].
func (o *Ordered) All(visit func(key, value []byte) bool) error { return o.Scan(nil, nil, visit) }

// Len implements [Store].
func (o *Ordered) Len() int { return o.tree.Len() }

// Size implements [Store].
func (o *Ordered) Size() int64 { return o.size }

// Close implements [Store].
func (*Ordered) Close() error { return nil }

// shed implements [memory]: the entries leave in the order of their keys, again and again.
func (o *Ordered) shed(size int64, take func(iter.Seq2[[]byte, []byte]) error) error {
	type entry struct {
		key   string
		value []byte
	}
	var leaving []entry
	collect := func(key string, value []byte) bool {
		leaving = append(leaving, entry{key, value})
		size -= int64(len(key)+len(value)) + entryOverhead
		return size > 0
	}
	o.tree.Ascend(o.hand, collect)
	if len(leaving) == 0 {
		o.tree.Ascend("", collect)
	}
	err := take(func(yield func(key, value []byte) bool) {
		for _, e := range leaving {
			if !yield(raw(e.key), e.value) {
				return
			}
		}
	})
	if err != nil || len(leaving) == 0 {
		return err
	}
	for _, e := range leaving {
		if err := o.Delete(raw(e.key)); err != nil {
			return err
		}
	}
	o.hand = leaving[len(leaving)-1].key
	return nil
}

// text sees bytes as a string, for look-ups alone.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// raw sees a string as bytes that nobody may change.
func raw(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
