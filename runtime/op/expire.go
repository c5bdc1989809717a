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
	noted  int    // entries since the last sweep
	keys   []state.Key
}

// note tells of an entry that is put into the store.
func (e *expiry) note(time int64) {
	e.oldest = min(e.oldest, time)
	e.noted++
}

// due reports whether there may be an entry before a time.
func (e *expiry) due(before int64) bool { return !e.known || e.oldest < before }

const (
	// together is how many entries are held in memory to be deleted.
	together = 256
	// mostPerSweep is how many more entries than have come since the last sweep are deleted by one.
	mostPerSweep = 4096
)

// sweep deletes entries before a time with a function. Of very many it leaves some to the next sweeps, so that
// a record that makes a large leap in time takes no longer than others, and the query can be
// committed and stopped: whoever looks at the store must not rely on what is over being gone.
func (e *expiry) sweep(before int64, remove func(key state.Key) error) error {
	most := mostPerSweep + 2*e.noted
	e.noted = 0
	for most > 0 && e.due(before) {
		if err := e.some(before, remove); err != nil {
			return err
		}
		most -= len(e.keys)
	}
	return nil
}

// all deletes all entries before a time with a function, which does something with each that
// cannot wait.
func (e *expiry) all(before int64, remove func(key state.Key) error) error {
	for e.due(before) {
		if err := e.some(before, remove); err != nil {
			return err
		}
	}
	return nil
}

// some deletes the next entries before a time.
func (e *expiry) some(before int64, remove func(key state.Key) error) error {
	if err := e.collect(before); err != nil {
		return err
	}
	for _, key := range e.keys {
		if err := remove(key); err != nil {
			return err
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
		if time >= before || n == together {
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
