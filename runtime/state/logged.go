package state

// Logged is a Store that remembers which of its keys have changed, so that what
// has become of them can be written to a changelog. Make it with NewLogged.
type Logged struct {
	Store
	changed *Hash
}

var _ Store = (*Logged)(nil)

// NewLogged returns a store that watches the changes of another one, which nobody
// else may change.
func NewLogged(store Store) *Logged { return &Logged{Store: store, changed: NewHash()} }

// Put implements [Store].
func (l *Logged) Put(key, value []byte) error {
	if err := l.changed.Put(key, nil); err != nil {
		return err
	}
	return l.Store.Put(key, value)
}

// Delete implements [Store].
func (l *Logged) Delete(key []byte) error {
	if err := l.changed.Put(key, nil); err != nil {
		return err
	}
	return l.Store.Delete(key)
}

// Changes tells each key that has changed since it was last asked, with its value of
// now, nil for a key that is gone. After an error it tells all of them the next time.
func (l *Logged) Changes(tell func(key, value []byte) error) error {
	if l.changed.Len() == 0 {
		return nil
	}
	for key := range l.changed.keys() {
		value, err := l.Get(key)
		if err == nil {
			err = tell(key, value)
		}
		if err != nil {
			return err
		}
	}
	l.changed = NewHash()
	return nil
}
