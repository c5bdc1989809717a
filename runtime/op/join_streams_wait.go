package op

import (
	"math"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// This file holds what becomes of a stream's record that matches nothing. Those that
// wait lie in a store by time, side and key, so that those whose time has come stand
// first.

// alone is told of a record of a kept side that has matched nothing.
func (j *JoinStreams) alone(side int, record *data.Record) error {
	if j.waiting == nil || record.Time+j.side[side].later+j.window.Grace < j.clock.time {
		j.emit(side, record, record.Time, record.Value, nil)
		return nil
	}
	at := j.waitingKey(side, record.Time)
	number := uint64(0)
	err := j.waiting.Scan(at, at.After(), func([]byte, []byte) bool {
		number++
		return true
	})
	if err != nil {
		return err
	}
	j.due.note(record.Time)
	j.rowBuf = j.side[side].row.Append(j.rowBuf[:0], record.Value)
	return j.waiting.Put(at.Time(int64(number)), j.rowBuf)
}

// waitingKey is the beginning of the keys of waiting records of the key in keyBuf.
func (j *JoinStreams) waitingKey(side int, time int64) state.Key {
	return append(state.Key{}.Time(time), byte(1-side)).Bytes(j.keyBuf)
}

// met is told that records of a side have matched: they wait no more.
func (j *JoinStreams) met(side int, time int64) error {
	if j.waiting == nil || !j.side[side].kept {
		return nil
	}
	at := j.waitingKey(side, time)
	return deleteRange(j.waiting, at, at.After())
}

// tellUnmatched emits the results of records that can match nothing any more.
func (j *JoinStreams) tellUnmatched() error {
	if j.waiting == nil {
		return nil
	}
	before := j.clock.time - min(j.side[0].later, j.side[1].later) - j.window.Grace
	if !j.due.due(before) {
		return nil
	}
	var over []state.Key
	var fault error
	from := state.Key{}.Time(j.due.begin())
	j.due.known, j.due.oldest = true, math.MaxInt64
	err := j.waiting.Scan(from, nil, func(key, raw []byte) bool {
		time, rest := state.Key(key).CutTime()
		if time >= before {
			j.due.note(time)
			return false
		}
		side := 1 - int(rest[0])
		if time+j.side[side].later+j.window.Grace >= j.clock.time {
			j.due.note(time)
			return true
		}
		over = append(over, append(state.Key{}, key...))
		fault = j.unmatchedOf(side, time, rest[1:], raw)
		return fault == nil
	})
	if err != nil || fault != nil {
		return firstOf(err, fault)
	}
	for _, key := range over {
		if err := j.waiting.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// unmatchedOf emits the result of one record.
func (j *JoinStreams) unmatchedOf(side int, time int64, rest state.Key, raw []byte) error {
	arena := j.ctx.Frame.Arena
	encoded, _ := rest.CutBytes()
	key, _, err := j.key.Codec.Decode(kept(arena, encoded), arena)
	if err != nil {
		return err
	}
	row, _, err := j.side[side].row.Decode(kept(arena, raw), arena)
	if err != nil {
		return err
	}
	record := data.Record{Time: time}
	record.Key, record.Window = j.key.cut(key)
	j.emit(side, &record, time, row, nil)
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
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
