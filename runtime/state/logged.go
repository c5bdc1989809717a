package state

import "cmp"

// Logged is a Store that remembers which of its keys have changed, so that what
// has become of them can be written to a changelog. Make it with NewLogged.
type Logged struct {
	Store
	changed *Hash   // keys, with whether they were there before
	within  *Tiered // the store, if its memory is bounded; else nil
	held    holding // by changed
}

var _ Store = (*Logged)(nil)

// NewLogged returns a store that watches the changes of another one, which nobody
// else may change.
func NewLogged(store Store) *Logged {
	l := &Logged{Store: store, changed: NewHash()}
	if t, ok := store.(*Tiered); ok {
		l.within, l.held.memory = t, t.budget
	}
	return l
}

// Unlogged returns a store as one that does not note its changes, for what can be made anew
// of others. It is the same store, with the same keys.
func Unlogged(store Store) Store {
	if l, ok := store.(*Logged); ok {
		return l.Store
	}
	return store
}

// What is known of a key that has changed, as the value in changed.
var (
	isNew    = []byte{0}
	wasThere = []byte{1}
)

// note notes that a key is about to change.
func (l *Logged) note(key []byte) error {
	if noted, err := l.changed.Get(key); noted != nil || err != nil {
		return err
	}
	before, err := l.Get(key)
	if err != nil {
		return err
	}
	known := wasThere
	if before == nil {
		known = isNew
	}
	if err := l.changed.Put(key, known); err != nil {
		return err
	}
	l.weigh()
	return nil
}

// weigh tells how much memory the changes take. They cannot go to a disk, so the stores make room for them.
func (l *Logged) weigh() {
	if l.within != nil && l.held.tell(l.changed.Size()) && l.held.memory.over() > 0 {
		l.held.memory.makeRoom(l.within)
	}
}

// Overdue reports whether there is too little memory, and the changes take so much of it that they had better be written.
func (l *Logged) Overdue() bool {
	return l.within != nil && l.held.memory.over() > 0 && l.held.bytes.Load() > l.held.memory.part()
}

// Put implements [Store].
func (l *Logged) Put(key, value []byte) error {
	if err := l.note(key); err != nil {
		return err
	}
	return l.Store.Put(key, value)
}

// Delete implements [Store].
func (l *Logged) Delete(key []byte) error {
	if err := l.note(key); err != nil {
		return err
	}
	return l.Store.Delete(key)
}

// Changes tells each key that has changed since it was last asked, with its value of
// now, nil for a key that is gone. A key that has come and gone meanwhile is not told of.
// After an error it tells all of them the next time.
func (l *Logged) Changes(tell func(key, value []byte) error) error {
	if l.changed.Len() == 0 {
		return nil
	}
	var fault error
	err := l.changed.All(func(key, known []byte) bool {
		var value []byte
		if value, fault = l.Get(key); fault == nil && (value != nil || known[0] == wasThere[0]) {
			fault = tell(key, value)
		}
		return fault == nil
	})
	if err = cmp.Or(err, fault); err != nil {
		return err
	}
	l.changed = NewHash()
	l.weigh()
	return nil
}

// Close implements [Store].
func (l *Logged) Close() error {
	if l.within != nil {
		l.held.end()
	}
	return l.Store.Close()
}
