package op

import (
	"math"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// clock is the stream time of an operator: the time of the newest record that it has
// seen. It lies in the operator's store, and so is there after a restart.
type clock struct {
	time  int64
	store state.Store
	buf   state.Key
}

// clockKey sorts before all other keys of an operator.
var clockKey = []byte{0}

func (c *clock) open(store state.Store) error {
	c.time, c.store = math.MinInt64, store
	raw, err := store.Get(clockKey)
	if raw != nil {
		c.time, _ = state.Key(raw).CutTime()
	}
	return err
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
func (c *clock) advance(time int64) error {
	if time <= c.time {
		return nil
	}
	c.time = time
	c.buf = c.buf[:0].Time(time)
	return c.store.Put(clockKey, c.buf)
}

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

// pushAt pushes a batch, if there is anything in it, and tells the time.
func pushAt(next Input, batch *data.Batch, time int64) error {
	if len(batch.Records) > 0 {
		if err := next.Push(batch); err != nil {
			return err
		}
	}
	return tell(next, time)
}

// tell tells the time to an operator that may have to know it.
func tell(next Input, time int64) error {
	if timed, ok := next.(Timed); ok {
		return timed.Advance(time)
	}
	return nil
}
