package op

import (
	"math"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// This file holds what becomes of a stream's record that matches nothing. Those that
// wait lie in a store by the time when their wait is over, side and key, so that those whose
// time has come stand first.

// waits are records that may still be matched.
type waits struct {
	store state.Store // nil if none wait
	over  expiry
	// least is how much later than its record a match may be, on the side where that is less.
	least int64
}

// openWaits begins with what a store has.
func (j *JoinStreams) openWaits(store state.Store) {
	j.waiting = waits{store: store, over: expiry{store: store}, least: math.MaxInt64}
	for i := range j.side {
		if j.side[i].kept {
			j.waiting.least = min(j.waiting.least, j.side[i].later)
		}
	}
}

// alone is told of a record of a kept side that has matched nothing.
func (j *JoinStreams) alone(side int, record *data.Record, number int64) error {
	if j.waiting.store == nil || record.Time+j.side[side].later+j.window.Grace < j.clock {
		return j.emit(side, record, record.Time, record.Value, nil)
	}
	over := j.over(side, record.Time)
	j.waiting.over.note(over)
	j.rowBuf = j.side[side].row.Append(j.rowBuf[:0], record.Value)
	return j.waiting.store.Put(j.waitingKey(side, over).Time(number), j.rowBuf)
}

// over is when the wait of a record is over, less what all wait for. Where both sides wait for
// as long, or one side alone waits, it is the record's own time.
func (j *JoinStreams) over(side int, time int64) int64 {
	return time + j.side[side].later - j.waiting.least
}

// waitingKey is the beginning of the keys of waiting records of the key in keyBuf.
func (j *JoinStreams) waitingKey(side int, over int64) state.Key {
	return append(state.Key{}.Time(over), byte(1-side)).Bytes(j.keyBuf)
}

// met is told that records of a side have matched: they wait no more.
func (j *JoinStreams) met(side int, time int64) error {
	if j.waiting.store == nil || !j.side[side].kept {
		return nil
	}
	at := j.waitingKey(side, j.over(side, time))
	return deleteRange(j.waiting.store, at, at.After())
}

// tellUnmatched emits the results of records that can match nothing any more.
func (j *JoinStreams) tellUnmatched() error {
	if j.waiting.store == nil {
		return nil
	}
	return j.waiting.over.all(j.clock-j.waiting.least-j.window.Grace, j.tellOne)
}

// tellOne emits the result of one record that has waited, by its key in the store.
func (j *JoinStreams) tellOne(at state.Key) error {
	parts := at.Parts()
	over, side, encoded := parts.Time(), 1-int(parts.Byte()), parts.Bytes()
	if err := parts.Err(); err != nil {
		return err
	}
	if side < 0 {
		return state.ErrDamaged
	}
	raw, err := j.waiting.store.Get(at)
	if err != nil {
		return err
	}
	arena := j.ctx.Frame.Arena
	key, _, err := j.key.Codec.Decode(arena.Copy(encoded), arena)
	if err != nil {
		return err
	}
	row, _, err := j.side[side].row.Decode(arena.Copy(raw), arena)
	if err != nil {
		return err
	}
	record := data.Record{Time: over + j.waiting.least - j.side[side].later}
	record.Key, record.Window = j.key.cut(key)
	if err := j.emit(side, &record, record.Time, row, nil); err != nil {
		return err
	}
	return j.waiting.store.Delete(at)
}

// deleteRange deletes the keys from one up to another, which is left out.
func deleteRange(store state.Store, from, to state.Key) error {
	for {
		var first []byte
		err := store.Scan(from, to, func(key, _ []byte) bool {
			first = append(first, key...)
			return false
		})
		if first == nil || err != nil {
			return err
		}
		if err := store.Delete(first); err != nil {
			return err
		}
	}
}
