package op

import (
	"cmp"
	"math"

	"github.com/ksqlite/ksqlite/runtime/state"
)

// timeline is what a store keeps by a key, a time and a number: all entries of a key
// come in the order of their times, and those of all keys can be forgotten by
// their times.
type timeline struct {
	store state.Store
	old   expiry
	buf   state.Key
	from  state.Key // of a scan
}

// The two orders in which the entries lie. Both sort behind the clock.
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
	t.old.note(time)
	if err := t.store.Put(t.byKey(key, time, number), value); err != nil {
		return err
	}
	return t.store.Put(t.byTime(key, time, number), []byte{})
}

func (t *timeline) delete(key []byte, time, number int64) error {
	if err := t.store.Delete(t.byKey(key, time, number)); err != nil {
		return err
	}
	return t.store.Delete(t.byTime(key, time, number))
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
