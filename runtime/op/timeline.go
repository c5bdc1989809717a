package op

import (
	"bytes"
	"cmp"
	"math"

	"github.com/ksqlite/ksqlite/runtime/state"
)

// timeline is what a store keeps by a key, a time and a number: all entries of a key
// come in the order of their times, and those of all keys can be forgotten by
// their times.
type timeline struct {
	store state.Store
	index state.Store // the same, which does not note that it is changed
	old   expiry
	buf   state.Key
	from  state.Key // of a scan
}

// The two orders in which the entries lie. Both sort behind the clock. The second one follows from
// the first, so it is in no changelog.
const (
	byKey  = 1 // key, time, number → value
	byTime = 2 // time, number, key → nothing
)

// TimelineOrder is the order of the store of a timeline: entries are visited by their key, or
// all of them by their times.
var TimelineOrder = state.Clusters(func(key []byte) int {
	if key[0] != byKey {
		return 1
	}
	return 1 + state.Key(key[1:]).Width()
})

// WindowOrder is the order of the store of a timeline whose entries are asked for one by one, or
// visited by their times.
var WindowOrder = state.Clusters(func(key []byte) int {
	if key[0] != byKey {
		return 1
	}
	return len(key)
})

func newTimeline(store state.Store) timeline {
	return timeline{store: store, index: state.Unlogged(store)}
}

// Reindex does what follows from a change of a key, if the store is that of a timeline: it is there
// or it is gone. It makes what the changelog does not have when a store is filled from it.
func Reindex(store state.Store, key []byte, there bool) error {
	if bytes.Equal(key, clockKey) {
		return nil
	}
	if len(key) == 0 || key[0] != byKey {
		return state.ErrDamaged
	}
	parts := state.Key(key[1:]).Parts()
	of, time, number := parts.Bytes(), parts.Time(), parts.Time()
	if err := parts.Err(); err != nil {
		return err
	}
	at := new(timeline).byTime(of, time, number)
	if there {
		return store.Put(at, []byte{})
	}
	return store.Delete(at)
}

func (t *timeline) byKey(key []byte, time, number int64) state.Key {
	t.buf = append(t.buf[:0], byKey).Bytes(key).Time(time).Time(number)
	return t.buf
}

func (t *timeline) byTime(key []byte, time, number int64) state.Key {
	t.buf = append(t.buf[:0], byTime).Time(time).Time(number).Bytes(key)
	return t.buf
}

// get returns a value, nil if there is none.
func (t *timeline) get(key []byte, time, number int64) ([]byte, error) {
	return t.store.Get(t.byKey(key, time, number))
}

func (t *timeline) put(key []byte, time, number int64, value []byte) error {
	if err := t.store.Put(t.byKey(key, time, number), value); err != nil {
		return err
	}
	return t.note(key, time, number)
}

// note notes an entry that has been put into the store, to be forgotten by its time.
func (t *timeline) note(key []byte, time, number int64) error {
	t.old.note(time)
	return t.index.Put(t.byTime(key, time, number), []byte{})
}

func (t *timeline) delete(key []byte, time, number int64) error {
	if err := t.store.Delete(t.byKey(key, time, number)); err != nil {
		return err
	}
	return t.index.Delete(t.byTime(key, time, number))
}

// between visits the entries of a key from one time to another, both of which count.
func (t *timeline) between(key []byte, from, to int64, visit func(time, number int64, value []byte) bool) error {
	t.from = append(t.from[:0], byKey).Bytes(key).Time(from)
	var fault error
	err := t.store.Scan(t.from, t.after(key, to), func(k, value []byte) bool {
		parts := state.Key(k[1:]).Parts()
		parts.Bytes()
		time, number := parts.Time(), parts.Time()
		fault = parts.Err()
		return fault == nil && visit(time, number, value)
	})
	return cmp.Or(err, fault)
}

// after is the key behind all entries of that time.
func (t *timeline) after(key []byte, time int64) state.Key {
	at := append(t.buf[:0], byKey).Bytes(key)
	t.buf = at
	if time == math.MaxInt64 {
		return at.After()
	}
	return at.Time(time + 1)
}

// expire forgets everything before a time.
func (t *timeline) expire(before int64) error {
	if t.old.store == nil {
		t.old.store, t.old.prefix = t.store, []byte{byTime}
	}
	return t.old.sweep(before, func(k state.Key) error {
		parts := k[1:].Parts()
		time, number, key := parts.Time(), parts.Time(), parts.Bytes()
		if err := parts.Err(); err != nil {
			return err
		}
		return t.delete(key, time, number)
	})
}
