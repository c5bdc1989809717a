package state

import "maps"

// Logged is a Store that remembers which of its keys have changed, so that what
// has become of them can be written to a changelog. Make it with NewLogged.
type Logged struct {
	Store
	changed map[string]struct{}
}

var _ Store = (*Logged)(nil)

// NewLogged returns a store that watches the changes of another one, which nobody
// else may change.
func NewLogged(store Store) *Logged { return &Logged{Store: store, changed: map[string]struct{}{}} }

// Put implements [Store].
func (l *Logged) Put(key, value []byte) error {
	l.note(key)
	return l.Store.Put(key, value)
}

// Delete implements [Store].
func (l *Logged) Delete(key []byte) error {
	l.note(key)
	return l.Store.Delete(key)
}

func (l *Logged) note(key []byte) {
	if _, known := l.changed[text(key)]; !known {
		l.changed[string(key)] = struct{}{}
	}
}

// Changes tells each key that has changed since it was last asked, with its value of
// now, nil for a key that is gone. After an error it tells the rest the next time.
func (l *Logged) Changes(tell func(key, value []byte) error) error {
	for key := range maps.Keys(l.changed) {
		value, err := l.Get(raw(key))
		if err == nil {
			err = tell(raw(key), value)
		}
		if err != nil {
			return err
		}
		delete(l.changed, key)
	}
	return nil
}
