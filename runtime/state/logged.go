package state

import "cmp"

// Logged is a Store that remembers which of its keys have changed, so that what
// has become of them can be written to a changelog. Make it with NewLogged.
type Logged struct {
	Store
	changed *Hash // keys, with whether they were there before
}

var _ Store = (*Logged)(nil)

// NewLogged returns a store that watches the changes of another one, which nobody
// else may change.
func NewLogged(store Store) *Logged { return &Logged{Store: store, changed: NewHash()} }

// What is known of a key that has changed, as the value in changed.
var (
	isNew    = []byte{0}
	wasThere = []byte{1}
)

// note notes that a key is about to change.
func (l *Logged) note(key []byte) error {
	if known, err := l.changed.Get(key); known != nil || err != nil {
		return err
	}
	before, err := l.Get(key)
	if err != nil {
		return err
	}
	if before == nil {
		return l.changed.Put(key, isNew)
	}
	return l.changed.Put(key, wasThere)
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
	return nil
}
