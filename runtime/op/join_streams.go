package op

import (
	"cmp"
	"math"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// JoinStreams joins the records of two streams that have the same key and are no
// further apart in time than the window allows. The time of a result is that of the
// later record.
//
// Each side keeps its records for as long as one of the other side may match them. A
// record of a side that is kept without a match gives a result with NULLs: at once, or,
// if the join waits, when its window and the grace period are over. A record without a
// key matches nothing; one without a value gives no result at all.
type JoinStreams struct {
	ctx     *Context
	side    [2]streamSide // left, right
	window  Within
	waiting waits
	clock   int64 // the stream time of both sides
	key     RowKey
	keyBuf  []byte
	rowBuf  []byte
	ahead   ahead
	out     outlet
}

// Within is the window of a join in milliseconds: how much earlier and later the right
// record may be than the left one, and how long after that records still count.
type Within struct {
	Before, After, Grace int64
}

// retention is how long a side keeps its records, counted from its newest one.
func (w Within) retention() int64 { return w.Before + w.After + w.Grace }

// streamSide is one of the streams.
type streamSide struct {
	records timeline // by key, time and number
	newest  clock    // which numbers the records too
	row     *data.Codec
	width   int
	kept    bool // its records give results without a match
	// earlier and later are how far away from its record one of the other side may be.
	earlier, later int64
}

// Side says what a [JoinStreams] has to know of a stream.
type Side struct {
	Store state.Store
	Row   *data.Codec // of its columns
	Kept  bool        // its records give results without a match
}

// Streams are what a [JoinStreams] has to know of the streams that it joins, the left
// one first.
type Streams struct {
	Key   RowKey
	Sides [2]Side
	// Waiting is the store of records that may still be matched, nil if none wait. The order
	// of its keys counts.
	Waiting state.Store
}

// NewJoinStreams returns a join in front of next.
func NewJoinStreams(ctx *Context, streams Streams, w Within, next Input) (*JoinStreams, error) {
	j := &JoinStreams{ctx: ctx, window: w, key: streams.Key, out: outlet{ctx: ctx, next: next}}
	for i, s := range streams.Sides {
		j.side[i] = streamSide{records: newTimeline(s.Store), row: s.Row, width: s.Row.Width(), kept: s.Kept}
		if err := j.side[i].newest.open(s.Store); err != nil {
			return nil, err
		}
	}
	j.side[0].earlier, j.side[0].later = w.Before, w.After
	j.side[1].earlier, j.side[1].later = w.After, w.Before
	j.clock = max(j.side[0].newest.time, j.side[1].newest.time)
	j.openWaits(streams.Waiting)
	return j, nil
}

// Save puts the clocks into the stores.
func (j *JoinStreams) Save() error { return cmp.Or(j.side[0].newest.Save(), j.side[1].newest.Save()) }

// Left returns where the left stream's records go in.
func (j *JoinStreams) Left() Input {
	return inputFunc(func(batch *data.Batch) error { return j.push(0, batch) })
}

// Right returns where the right stream's records go in.
func (j *JoinStreams) Right() Input {
	return inputFunc(func(batch *data.Batch) error { return j.push(1, batch) })
}

func (j *JoinStreams) push(side int, batch *data.Batch) error {
	for i := range batch.Records {
		j.ahead.touch(batch.Records, i, j.clusterOf, j.side[0].records.store, j.side[1].records.store)
		j.out.begin()
		if err := j.join(side, &batch.Records[i]); err != nil {
			return err
		}
		if err := j.out.push(); err != nil {
			return err
		}
	}
	return nil
}

// clusterOf appends where the records that have a record's key begin in the timelines.
func (j *JoinStreams) clusterOf(dst []byte, record *data.Record) []byte {
	if j.keyBuf = j.keyBuf[:0]; wholeKey(record.Key) {
		j.keyBuf = j.key.Codec.Append(j.keyBuf, j.key.of(j.ctx, record))
	}
	return state.Key(append(dst, byKey)).Bytes(j.keyBuf)
}

func (j *JoinStreams) join(side int, record *data.Record) error {
	mine := &j.side[side]
	switch {
	case record.Tombstone:
		return nil
	case !wholeKey(record.Key):
		if mine.kept {
			return j.emit(side, record, record.Time, record.Value, nil)
		}
		return nil
	}
	mine.newest.advance(record.Time)
	j.clock = max(j.clock, record.Time)
	if err := j.tellUnmatched(); err != nil {
		return err
	}
	j.keyBuf = j.key.Codec.Append(j.keyBuf[:0], j.key.of(j.ctx, record))
	matched, err := j.matches(side, record)
	if err != nil {
		return err
	}
	number := mine.newest.count()
	if !matched && mine.kept {
		if err := j.alone(side, record, number); err != nil {
			return err
		}
	}
	return j.keep(side, record, number)
}

// keep remembers a record for those of the other side, and forgets those that are too old.
func (j *JoinStreams) keep(side int, record *data.Record, number int64) error {
	mine := &j.side[side]
	oldest := mine.newest.time - j.window.retention()
	if record.Time > oldest {
		j.rowBuf = mine.row.Append(j.rowBuf[:0], record.Value)
		if err := mine.records.put(j.keyBuf, record.Time, number, j.rowBuf); err != nil {
			return err
		}
	} else if j.ctx.Note != nil {
		j.ctx.Note(lateError{what: "its window", over: record.Time + j.window.retention(), grace: j.window.Grace, clock: mine.newest.time})
	}
	return mine.records.expire(oldest + 1)
}

// matches emits the results of a record with those of the other side, and reports
// whether there are any.
func (j *JoinStreams) matches(side int, record *data.Record) (bool, error) {
	mine, other := &j.side[side], &j.side[1-side]
	from := max(record.Time-mine.earlier, other.oldest(j.window))
	var fault error
	matched := false
	err := other.records.between(j.keyBuf, from, record.Time+mine.later, func(time, _ int64, raw []byte) bool {
		row, _, err := other.row.Decode(j.ctx.Frame.Arena.Copy(raw), j.ctx.Frame.Arena)
		if err != nil {
			fault = err
			return false
		}
		matched = true
		fault = cmp.Or(j.emit(side, record, max(record.Time, time), record.Value, row), j.met(1-side, time))
		return fault == nil
	})
	return matched, cmp.Or(err, fault)
}

// oldest is the time of the oldest record that a side still has.
func (s *streamSide) oldest(w Within) int64 {
	if s.newest.time == math.MinInt64 {
		return math.MinInt64
	}
	return s.newest.time - w.retention() + 1
}

// emit adds a result: the columns of a record of that side and those of its match.
func (j *JoinStreams) emit(side int, record *data.Record, time int64, row, match data.Row) error {
	made := *record
	made.Time, made.Window = time, j.key.window(record.Window)
	left, right := row, match
	if side == 1 {
		left, right = match, row
	}
	made.Value = sideBySide(j.ctx, left, right, j.side[1-side].width)
	return j.out.add(made)
}
