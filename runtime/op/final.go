package op

import (
	"cmp"
	"math"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Final holds the results of windows back until nothing can change them any more: the
// window's end and the grace period after it are over. What is pushed to it are
// changes of an aggregation; what it pushes are the last of them.
//
// As in ksqlDB, a tumbling or hopping window that its store has already forgotten
// when its time comes gives no result: one that began longer than the retention before the
// newest window. A stream that makes a large leap in time loses windows so.
type Final struct {
	ctx     *Context
	store   state.Store // Time(end) Time(start) key → time, row
	key     *data.Codec
	value   *data.Codec
	windows Windows
	clock   clock
	told    int64 // the results of windows that ended up to then have been pushed
	old     expiry
	keyBuf  state.Key
	buf     state.Key
	out     outlet
}

var _ Timed = (*Final)(nil)

// NewFinal returns the holder in front of next, of rows of these keys and values.
func NewFinal(ctx *Context, store state.Store, rows Layout, w Windows, next Input) (*Final, error) {
	f := &Final{ctx: ctx, store: store, key: rows.Key, value: rows.Value, windows: w, out: outlet{ctx: ctx, next: next}, old: expiry{store: store}}
	if err := f.clock.open(store); err != nil {
		return nil, err
	}
	f.told = f.over()
	return f, nil
}

// Push keeps the changes.
func (f *Final) Push(batch *data.Batch) error {
	for i := range batch.Records {
		record := &batch.Records[i]
		at := f.keyBuf[:0].Time(record.Window.End).Time(record.Window.Start)
		f.keyBuf = f.key.Append(at, record.Key)
		if record.Value == nil {
			if err := f.store.Delete(f.keyBuf); err != nil {
				return err
			}
			continue
		}
		f.old.note(record.Window.End)
		f.buf = f.value.Append(f.buf[:0].Time(record.Time), record.Value)
		if err := f.store.Put(f.keyBuf, f.buf); err != nil {
			return err
		}
	}
	return nil
}

// Waits implements [Timed].
func (*Final) Waits() bool { return true }

// Advance pushes the results of the windows that are over at that time.
func (f *Final) Advance(time int64) error {
	f.clock.advance(time)
	over := f.over()
	if !f.old.due(over + 1) {
		f.told = over
		return nil
	}
	if err := f.tell(over + 1); err != nil {
		return err
	}
	f.told = over
	return f.old.sweep(over+1, func(key state.Key) error { return f.store.Delete(key) })
}

// over is the time up to which windows have ended that are over.
func (f *Final) over() int64 {
	if f.windows.Session {
		return f.clock.before(f.windows.Grace + f.windows.Size + 1)
	}
	return f.clock.before(f.windows.Grace)
}

// Save puts the clock into the store.
func (f *Final) Save() error { return f.clock.Save() }

// forgotten is the time before which windows have begun that give no result any more:
// it counts from the start of the newest window.
func (f *Final) forgotten() int64 {
	if f.windows.Session {
		return math.MinInt64
	}
	newest := f.clock.time / f.windows.Advance * f.windows.Advance
	return newest - f.windows.Retention
}

// tell pushes the results of windows that ended before a time and have not been pushed yet. What
// comes behind knows nothing of the store.
func (f *Final) tell(until int64) error {
	f.out.begin()
	forgotten := f.forgotten()
	from := max(0, f.old.begin())
	if f.told != math.MinInt64 {
		from = max(from, f.told+1)
	}
	var fault error
	err := f.store.Scan(state.Key{}.Time(from), state.Key{}.Time(until), func(key, value []byte) bool {
		record, err := f.held(key, value)
		if fault = err; fault == nil && record.Window.Start >= forgotten {
			fault = f.out.add(record)
		}
		return fault == nil
	})
	if err := cmp.Or(err, fault); err != nil {
		return err
	}
	return f.out.push()
}

// held reads a result that was held back.
func (f *Final) held(key, value []byte) (record data.Record, err error) {
	arena := f.ctx.Frame.Arena
	at, row := state.Key(arena.Copy(key)).Parts(), state.Key(arena.Copy(value)).Parts()
	record.Window.End, record.Window.Start, record.Time = at.Time(), at.Time(), row.Time()
	if err := cmp.Or(at.Err(), row.Err()); err != nil {
		return record, err
	}
	if record.Key, _, err = f.key.Decode(at.Rest(), arena); err != nil {
		return record, err
	}
	record.Value, _, err = f.value.Decode(row.Rest(), arena)
	return record, err
}
