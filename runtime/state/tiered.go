package state

import (
	"bytes"
	"errors"
	"iter"
	"sync/atomic"
)

// memory is a store in memory that can part with its entries.
type memory interface {
	Store
	// shed hands entries of about so many bytes to take, in the order of their keys, and
	// forgets them unless that fails. An entry is offered in turn with all others.
	shed(size int64, take func(iter.Seq2[[]byte, []byte]) error) error
}

// Tiered is a Store that is in memory as long as it fits, and partly on disk from then
// on. Make it with [Owner.NewStore].
//
// What is in memory is newer than what the table has of the same key, and so are
// the keys that are gone: they hide what the table has.
type Tiered struct {
	memory memory
	owner  *Owner
	budget *Memory
	held   holding
	wanted atomic.Bool // a part of what it holds
	closed bool

	table Table // nil as long as everything is in memory
	gone  *Hash // keys that were deleted and that the table still has
	count int   // of all keys
	// asked is the key that was looked for in the table last, found whether it was there;
	// nil for none.
	asked []byte
	found bool
	ahead ahead
}

var _ Store = (*Tiered)(nil)

// Get implements [Store].
func (t *Tiered) Get(key []byte) ([]byte, error) {
	value, err := t.memory.Get(key)
	if value != nil || t.table == nil || err != nil {
		return value, err
	}
	return t.fetch(key)
}

// fetch returns a value that is not in memory.
func (t *Tiered) fetch(key []byte) ([]byte, error) {
	if t.hidden(key) {
		return nil, nil
	}
	value, known := t.ahead.get(key)
	if !known {
		var err error
		if value, err = t.table.Get(key); err != nil {
			return nil, t.budget.failed(err)
		}
	}
	t.asked, t.found = append(t.asked[:0], key...), value != nil
	return value, nil
}

// hidden reports whether a key was deleted that the table still has.
func (t *Tiered) hidden(key []byte) bool {
	if t.gone.Len() == 0 {
		return false
	}
	gone, _ := t.gone.Get(key)
	return gone != nil
}

// fetchable reports whether the table has a key that is not hidden. Whoever changes a key
// has asked for it just before, as a rule.
func (t *Tiered) fetchable(key []byte) (bool, error) {
	if t.asked != nil && bytes.Equal(t.asked, key) {
		return t.found, nil
	}
	value, err := t.fetch(key)
	return value != nil, err
}

// Put implements [Store].
func (t *Tiered) Put(key, value []byte) error {
	if t.table != nil {
		if err := t.cover(key); err != nil {
			return err
		}
	}
	if err := t.memory.Put(key, value); err != nil {
		return err
	}
	return t.settle()
}

// cover counts a key that is about to be in memory, and takes back that it is gone.
func (t *Tiered) cover(key []byte) error {
	if value, err := t.memory.Get(key); value != nil || err != nil {
		return err
	}
	there, err := t.fetchable(key)
	if err != nil {
		return err
	}
	if !there {
		t.count++
	}
	t.asked = nil
	return t.gone.Delete(key)
}

// perKey is less than what a key takes in memory.
const perKey = 32

// room is told how many keys are about to come.
func (t *Tiered) room(keys int) {
	if hash, ok := t.memory.(*Hash); ok && int64(keys) < t.budget.limit/perKey {
		hash.room(keys)
	}
}

// fill puts entries into the store whose keys are not there yet.
func (t *Tiered) fill(e *entries) error {
	hash, ok := t.memory.(*Hash)
	if !ok || t.table != nil {
		return putAll(t, e)
	}
	hash.fill(e)
	return t.settle()
}

// Delete implements [Store].
func (t *Tiered) Delete(key []byte) error {
	if t.table == nil {
		return errors.Join(t.memory.Delete(key), t.settle())
	}
	before := t.memory.Len()
	if err := t.memory.Delete(key); err != nil {
		return err
	}
	there, err := t.fetchable(key)
	if err != nil {
		return err
	}
	if there || t.memory.Len() < before {
		t.count--
	}
	t.asked = nil
	if !there {
		return nil
	}
	if err := t.gone.Put(key, nil); err != nil {
		return err
	}
	return t.settle()
}

// settle tells how much is in memory, and puts a part of it on disk if that is asked for.
func (t *Tiered) settle() error {
	if t.held.tell(t.inMemory()) && t.budget.over() > 0 {
		t.budget.makeRoom(t)
	}
	if !t.wanted.Load() {
		return nil
	}
	return t.spill()
}

// inMemory is how many bytes of memory the store takes.
func (t *Tiered) inMemory() int64 {
	if t.table == nil {
		return t.memory.Size()
	}
	return t.memory.Size() + t.gone.Size()
}

// part puts a part of what is in memory on disk, and reports whether it has. Where that fails, the
// owner meets the error when he writes to the store.
func (t *Tiered) part() bool {
	before := t.inMemory()
	if t.closed || t.spill() != nil {
		return false
	}
	return t.inMemory() < before
}

// spill puts a part of what is in memory on disk, if it is still too much.
func (t *Tiered) spill() error {
	if t.budget.over() <= 0 || t.inMemory() <= t.budget.least() {
		t.wanted.Store(false)
		return nil
	}
	if t.table == nil {
		table, err := t.budget.disk.NewTable()
		if err != nil {
			return t.budget.failed(err)
		}
		t.budget.reserve(1)
		t.table, t.gone, t.count = table, NewHash(), t.memory.Len()
	}
	t.asked = nil
	t.ahead.forget()
	leaving, take := t.memory, t.table.Write
	if t.gone.Size() > t.memory.Size() {
		leaving, take = t.gone, t.table.Remove
	}
	if err := leaving.shed(t.budget.part(), take); err != nil {
		return t.budget.failed(err)
	}
	t.wanted.Store(false)
	t.held.tell(t.inMemory())
	return nil
}

// Scan implements [Store].
func (t *Tiered) Scan(from, to []byte, visit func(key, value []byte) bool) error {
	if t.table == nil {
		return t.memory.Scan(from, to, visit)
	}
	cursor, err := t.table.Seek(from, to)
	if err != nil {
		return t.budget.failed(err)
	}
	m := merged{of: t, cursor: cursor, visit: visit}
	m.next()
	err = t.memory.Scan(from, to, m.newer)
	for err == nil && !m.stopped && m.key != nil {
		m.older()
	}
	if fault := cursor.Close(); fault != nil {
		return t.budget.failed(fault)
	}
	return err
}

// merged visits the entries in memory and those of the table in the order of their keys.
type merged struct {
	of         *Tiered
	cursor     Cursor
	key, value []byte // the next entry of the table; nil at its end
	visit      func(key, value []byte) bool
	stopped    bool
}

func (m *merged) next() { m.key, m.value = m.cursor.Next() }

// newer visits an entry in memory, and before it those of the table with lesser keys.
func (m *merged) newer(key, value []byte) bool {
	for m.key != nil && !m.stopped {
		order := bytes.Compare(m.key, key)
		if order > 0 {
			break
		}
		if order == 0 {
			m.next()
			break
		}
		m.older()
	}
	m.stopped = m.stopped || !m.visit(key, value)
	return !m.stopped
}

// older visits the next entry of the table, unless its key is gone.
func (m *merged) older() {
	if !m.of.hidden(m.key) {
		m.stopped = !m.visit(m.key, m.value)
	}
	m.next()
}

// All implements [Store].
func (t *Tiered) All(visit func(key, value []byte) bool) error {
	stopped := false
	err := t.memory.All(func(key, value []byte) bool {
		stopped = !visit(key, value)
		return !stopped
	})
	if t.table == nil || stopped || err != nil {
		return err
	}
	cursor, err := t.table.Seek(nil, nil)
	if err != nil {
		return t.budget.failed(err)
	}
	for key, value := cursor.Next(); key != nil; key, value = cursor.Next() {
		if newer, _ := t.memory.Get(key); newer == nil && !t.hidden(key) && !visit(key, value) {
			break
		}
	}
	if err := cursor.Close(); err != nil {
		return t.budget.failed(err)
	}
	return nil
}

// Len implements [Store].
func (t *Tiered) Len() int {
	if t.table == nil {
		return t.memory.Len()
	}
	return t.count
}

// Size implements [Store].
func (t *Tiered) Size() int64 {
	if t.table == nil {
		return t.memory.Size()
	}
	return t.inMemory() + t.table.Size()
}

// Close implements [Store].
func (t *Tiered) Close() error {
	t.budget.close(t)
	t.held.end()
	t.closed = true
	if t.table == nil {
		return nil
	}
	t.budget.reserve(-1)
	return t.table.Close()
}
