package op

import (
	"math"

	"github.com/ksqlite/ksqlite/runtime/state"
)

// clock is the stream time of an operator: the time of the newest record that it has
// seen. It can number records too. Both lie in the operator's store as they were when it was
// last saved, and so are there after a restart.
type clock struct {
	time   int64
	number int64 // of the next record
	moved  bool  // since it was saved
	store  state.Store
}

// clockKey sorts before all other keys of an operator.
var clockKey = []byte{0}

func (c *clock) open(store state.Store) error {
	c.time, c.store = math.MinInt64, store
	raw, err := store.Get(clockKey)
	if raw == nil || err != nil {
		return err
	}
	parts := state.Key(raw).Parts()
	if c.time = parts.Time(); len(parts.Rest()) > 0 {
		c.number = parts.Time()
	}
	return parts.Err()
}

// StoredRows returns how many rows an operator keeps in a store, which may hold its clock too.
// In a timeline each row lies in two orders.
func StoredRows(store state.Store, timeline bool) (int64, error) {
	clock, err := store.Get(clockKey)
	rows := int64(store.Len())
	if clock != nil {
		rows--
	}
	if timeline {
		rows /= 2
	}
	return rows, err
}

// advance notes the time of a record.
func (c *clock) advance(time int64) {
	if time > c.time {
		c.time, c.moved = time, true
	}
}

// before is so many milliseconds before the time, which is nothing yet before the first record.
func (c *clock) before(ms int64) int64 {
	if c.time == math.MinInt64 {
		return c.time
	}
	return c.time - ms
}

// count returns a number that no other record has got.
func (c *clock) count() int64 {
	c.number++
	c.moved = true
	return c.number - 1
}

// Save puts the clock into the store.
func (c *clock) Save() error {
	if !c.moved {
		return nil
	}
	c.moved = false
	now := state.Key{}.Time(c.time)
	if c.number > 0 {
		now = now.Time(c.number)
	}
	return c.store.Put(clockKey, now)
}

// Saver is an [Input] that keeps something beside its store, which has to be in there when the
// store is committed, or is to be used by another operator.
type Saver interface{ Save() error }

// Timed is an [Input] that may have to know how far the stream time has come.
type Timed interface {
	Input
	// Waits reports whether it has to, for itself or for what is behind it.
	Waits() bool
	// Advance is told of the time after each record. It does nothing where nobody waits.
	Advance(time int64) error
}

// Waits reports whether what records are pushed to has to know how far the stream time has
// come.
func Waits(next Input) bool {
	timed, ok := next.(Timed)
	return ok && timed.Waits()
}

// tell tells the time to an operator that may have to know it.
func tell(next Input, time int64) error {
	if timed, ok := next.(Timed); ok {
		return timed.Advance(time)
	}
	return nil
}
