package proclog

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// interval is the least time between two lines of a Summary.
const interval = time.Second

// Summary is a Log that tells a person what happens in no more than one line a
// second, however many events there are:
//
//	2 records skipped: partition 1 offset 42: $.PRICE: can't convert …
//
// Whoever shows the lines asks for them: after every row, or when Changed says
// that there is something new, and with Rest when the query has ended. Its
// methods may be called by several goroutines.
type Summary struct {
	clock   func() time.Time
	changed chan struct{}

	mu      sync.Mutex
	pending Count
	first   Event // of the pending ones
	shown   time.Time
}

var _ Log = (*Summary)(nil)

// NewSummary returns a summary that reads the time from clock.
func NewSummary(clock func() time.Time) *Summary {
	return &Summary{clock: clock, changed: make(chan struct{}, 1)}
}

// Report takes an event in.
func (s *Summary) Report(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending.Total() == 0 {
		s.first = e
	}
	s.pending.add(e)
	select {
	case s.changed <- struct{}{}:
	default: // somebody has not yet noticed the last one
	}
}

// Changed returns a channel that gets a value when there are events that no line
// has told. A Line may not be due yet then: Due says when.
func (s *Summary) Changed() <-chan struct{} { return s.changed }

// Due returns how long it takes until Line has something to say, and false if
// there is nothing to be said.
func (s *Summary) Due() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending.Total() == 0 {
		return 0, false
	}
	return max(0, interval-s.clock().Sub(s.shown)), true
}

// Line returns a line about the events since the last one. ok is false if there
// are none, or if the last line is less than a second old.
func (s *Summary) Line() (line string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	if s.pending.Total() == 0 || now.Sub(s.shown) < interval {
		return "", false
	}
	s.shown = now
	return s.take(), true
}

// Rest returns a line about the events that no line has told, at once; ok is
// false if there are none.
func (s *Summary) Rest() (line string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending.Total() == 0 {
		return "", false
	}
	return s.take(), true
}

// take returns the line about the pending events and forgets them. The caller
// holds mu.
func (s *Summary) take() string {
	var parts []string
	for _, part := range []struct {
		n         int64
		one, many string
	}{
		{s.pending.Skipped, "record skipped", "records skipped"},
		{s.pending.Fields, "field is NULL", "fields are NULL"},
		{s.pending.Failed, "expression failed", "expressions failed"},
		{s.pending.Unwritten, "result not written", "results not written"},
		{s.pending.Gaps, "gap", "gaps"},
		{s.pending.Failures, "query failed", "queries failed"},
	} {
		switch part.n {
		case 0:
		case 1:
			parts = append(parts, "1 "+part.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.many))
		}
	}
	s.pending = Count{}
	return strings.Join(parts, ", ") + ": " + s.first.place()
}
