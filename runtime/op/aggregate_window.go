package op

import (
	"errors"
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// AggregateWindows is [Aggregate] for tumbling and hopping windows: a record counts
// in each window that its time lies in, unless that is over for longer than the
// grace period. What is not counted at all is reported.
type AggregateWindows struct {
	ctx *Context
	Groups
	results  timeline // by group and start of the window
	groupBuf []byte
	windows  Windows
	clock    clock
	out      outlet
}

var _ Input = (*AggregateWindows)(nil)

// Windows are tumbling or hopping windows, or sessions. All lengths of time are milliseconds.
type Windows struct {
	// Size is the length of a window, for a session the longest gap in it; Advance the
	// distance between starts.
	Size, Advance int64
	// Session says that they are sessions.
	Session bool
	// Retention is how long a window is kept after its start, Grace how long after its
	// end records still count.
	Retention, Grace int64
}

// NewAggregateWindows returns an aggregation in front of next.
func NewAggregateWindows(ctx *Context, groups Groups, w Windows, next Input) (*AggregateWindows, error) {
	g := &AggregateWindows{ctx: ctx, Groups: groups, results: newTimeline(groups.Store), windows: w, out: outlet{ctx: ctx, next: next}}
	return g, g.clock.open(groups.Store)
}

// Push pushes a change for each window that a record counts in. Each record goes all
// the way before the next: what is held back until a window is over must not see
// the time of records after it.
func (a *AggregateWindows) Push(batch *data.Batch) error {
	for i := range batch.Records {
		if err := a.push(&batch.Records[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *AggregateWindows) push(record *data.Record) error {
	a.clock.advance(record.Time)
	a.out.begin()
	a.groupBuf = a.Key.Append(a.groupBuf[:0], record.Key)
	counts := false
	open := a.windows.first(a.clock.time - a.windows.Grace)
	for start := max(open, a.windows.first(record.Time)); start <= record.Time; start += a.windows.Advance {
		counts = true
		changed, err := a.change(start, record)
		if err != nil {
			return err
		}
		changed.Window = data.Window{Start: start, End: start + a.windows.Size}
		if err := a.out.add(changed); err != nil {
			return err
		}
	}
	if !counts {
		a.ctx.Report(record, a.late(record.Time), true)
	}
	if err := a.expire(); err != nil {
		return err
	}
	if err := a.out.push(); err != nil {
		return err
	}
	return tell(a.out.next, a.clock.time)
}

// change updates the group in groupBuf in the window of a start.
func (a *AggregateWindows) change(start int64, record *data.Record) (data.Record, error) {
	changed, err := a.Accumulator.change(a.Store, a.results.byKey(a.groupBuf, start, 0), record)
	if err == nil && changed.Old == nil { // it is new
		err = a.results.note(a.groupBuf, start, 0)
	}
	return changed, err
}

// Save puts the clock into the store.
func (a *AggregateWindows) Save() error { return a.clock.Save() }

// first is the start of the earliest window that a time lies in. Windows begin at
// multiples of the advance, none before 1970.
func (w Windows) first(time int64) int64 {
	return max(0, (time-w.Size+w.Advance)/w.Advance*w.Advance)
}

// errNoWindow is what is wrong with a time that no window has.
var errNoWindow = errors.New("the time of the record is before 1970, where no window is")

// lateError says that a record came too late. All times are milliseconds.
type lateError struct {
	what  string // was over: a window
	over  int64  // when that was, and the grace period behind it
	grace int64
	clock int64 // the stream time
}

// Error says how late, by what measure.
func (e lateError) Error() string {
	return fmt.Sprintf("late by %s: %s and the grace period of %s were over at %s, and the stream time is %s",
		milliseconds(e.by()), e.what, milliseconds(e.grace), display.Instant(e.over), display.Instant(e.clock))
}

// by is how much longer the grace period should have been.
func (e lateError) by() int64 { return e.clock - e.over }

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// Lateness returns by how many milliseconds a record was late, if that is why it was reported: so much
// longer should the grace period have been.
func Lateness(err error) (by int64, late bool) {
	fault, late := errors.AsType[lateError](err)
	if !late {
		return 0, false
	}
	return fault.by(), true
}

// late says that the last window that a time lies in is over.
func (a *AggregateWindows) late(at int64) error {
	if at < 0 {
		return errNoWindow
	}
	end := at/a.windows.Advance*a.windows.Advance + a.windows.Size
	return lateError{what: "its last window", over: end + a.windows.Grace, grace: a.windows.Grace, clock: a.clock.time}
}

// expire forgets the windows that nobody can ask for any more.
func (a *AggregateWindows) expire() error {
	return a.results.expire(a.clock.time - a.windows.Retention)
}
