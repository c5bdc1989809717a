package op

import (
	"cmp"
	"math"

	"github.com/ksqlite/ksqlite/runtime/state"
)

// expiry forgets the entries of a store whose keys begin with a time, the oldest
// first. It knows the oldest one, so that nothing is looked for where there is none.
type expiry struct {
	store  state.Store
	prefix []byte // what the keys begin with before the time
	known  bool   // oldest was looked up since the store was filled
	oldest int64  // no entry is older
	keys   []state.Key
}

// note tells of an entry that is put into the store.
func (e *expiry) note(time int64) { e.oldest = min(e.oldest, time) }

// due reports whether there may be an entry before a time.
func (e *expiry) due(before int64) bool { return !e.known || e.oldest < before }

// perSweep is how many entries are held in memory to be deleted.
const perSweep = 256

// sweep deletes the entries before a time with a function.
func (e *expiry) sweep(before int64, remove func(key state.Key) error) error {
	for e.due(before) {
		if err := e.collect(before); err != nil {
			return err
		}
		for _, key := range e.keys {
			if err := remove(key); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin is the time of the oldest entry there may be: what has been deleted before it need
// not be passed again, which takes long in a store on disk.
func (e *expiry) begin() int64 {
	if e.known {
		return e.oldest
	}
	return math.MinInt64
}

// collect finds the next entries to be deleted, and the oldest that is not.
func (e *expiry) collect(before int64) error {
	n := 0
	from := state.Key(e.prefix).Time(e.begin())
	e.known, e.oldest = true, math.MaxInt64
	var fault error
	err := e.store.Scan(from, state.Key(e.prefix).After(), func(key, _ []byte) bool {
		parts := state.Key(key[len(e.prefix):]).Parts()
		time := parts.Time()
		if fault = parts.Err(); fault != nil {
			return false
		}
		if time >= before || n == perSweep {
			e.oldest = time
			return false
		}
		if n == len(e.keys) {
			e.keys = append(e.keys, nil)
		}
		e.keys[n] = append(e.keys[n][:0], key...)
		n++
		return true
	})
	e.keys = e.keys[:n]
	return cmp.Or(err, fault)
}
