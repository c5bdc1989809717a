package op

import (
	"math"

	"github.com/ksqlite/ksqlite/runtime/data"
)

// AggregateSessions is [Aggregate] for sessions: a record joins all sessions of its
// group that are no further away than the gap, and makes one of them. The old ones
// are deleted before the new one is pushed.
type AggregateSessions struct {
	ctx *Context
	Groups
	sessions timeline // by group, end and start
	groupBuf []byte
	found    []data.Window // that a record joins
	windows  Windows
	clock    clock
	next     Input
	out      data.Batch
}

var _ Input = (*AggregateSessions)(nil)

// NewAggregateSessions returns an aggregation in front of next; the windows' Size is the gap.
func NewAggregateSessions(ctx *Context, groups Groups, w Windows, next Input) (*AggregateSessions, error) {
	s := &AggregateSessions{ctx: ctx, Groups: groups, sessions: newTimeline(groups.Store), windows: w, next: next}
	return s, s.clock.open(groups.Store)
}

// Push pushes the changes of sessions that each record makes.
func (s *AggregateSessions) Push(batch *data.Batch) error {
	for i := range batch.Records {
		if err := s.push(&batch.Records[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *AggregateSessions) push(record *data.Record) error {
	forgotten := s.clock.before(s.windows.Retention)
	s.clock.advance(record.Time)
	s.out.Records = s.out.Records[:0]
	s.groupBuf = s.Key.Append(s.groupBuf[:0], record.Key)
	sessions, err := s.near(record.Time, forgotten)
	if err != nil {
		return err
	}
	merged := data.Window{Start: record.Time, End: record.Time}
	for _, old := range sessions {
		merged.Start, merged.End = min(merged.Start, old.Start), max(merged.End, old.End)
	}
	if merged.End < s.clock.time-s.windows.Grace-s.windows.Size {
		over := merged.End + s.windows.Size + s.windows.Grace
		s.ctx.Report(record, lateError{what: "its session", over: over, grace: s.windows.Grace, clock: s.clock.time}, true)
	} else if err := s.merge(record, sessions, merged); err != nil {
		return err
	}
	if err := s.sessions.expire(s.clock.time - s.windows.Retention); err != nil {
		return err
	}
	if len(s.out.Records) > 0 {
		if err := s.next.Push(&s.out); err != nil {
			return err
		}
	}
	return tell(s.next, s.clock.time)
}

// Save puts the clock into the store.
func (s *AggregateSessions) Save() error { return s.clock.Save() }

// near returns the sessions of the group in groupBuf that a record of that time joins. Those that
// have ended before another time are forgotten, even if they are still there.
func (s *AggregateSessions) near(time, forgotten int64) ([]data.Window, error) {
	s.found = s.found[:0]
	err := s.sessions.between(s.groupBuf, max(time-s.windows.Size, forgotten), math.MaxInt64, func(end, start int64, _ []byte) bool {
		if start > time+s.windows.Size {
			return false // and so do all behind it: sessions do not overlap
		}
		s.found = append(s.found, data.Window{Start: start, End: end})
		return true
	})
	return s.found, err
}

// merge makes one session of some and a record.
func (s *AggregateSessions) merge(record *data.Record, sessions []data.Window, merged data.Window) error {
	now, err := s.Accumulator.load(nil)
	if err != nil {
		return err
	}
	changed := *record
	changed.Old = nil
	instant := merged.Start == merged.End // the only old session is the same then
	for _, old := range sessions {
		raw, err := s.sessions.get(s.groupBuf, old.End, old.Start)
		if err != nil {
			return err
		}
		earlier, err := s.Accumulator.load(raw)
		if err == nil {
			err = s.Accumulator.merge(&now, earlier)
		}
		switch {
		case err != nil:
		case instant:
			changed.Old, err = s.Accumulator.results(earlier)
		default:
			err = s.remove(record, old, earlier)
		}
		if err != nil {
			return err
		}
	}
	if err := s.Accumulator.update(&now, record); err != nil {
		return err
	}
	if changed.Value, err = s.Accumulator.results(now); err != nil {
		return err
	}
	changed.Window, changed.Time = merged, merged.End
	s.out.Records = append(s.out.Records, changed)
	return s.sessions.put(s.groupBuf, merged.End, merged.Start, s.Accumulator.encode(now))
}

// remove deletes a session that is part of another one now.
func (s *AggregateSessions) remove(record *data.Record, old data.Window, g group) error {
	gone := *record
	gone.Window, gone.Time, gone.Value, gone.Tombstone = old, old.End, nil, true
	var err error
	if gone.Old, err = s.Accumulator.results(g); err != nil {
		return err
	}
	s.out.Records = append(s.out.Records, gone)
	return s.sessions.delete(s.groupBuf, old.End, old.Start)
}
