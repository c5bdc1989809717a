package planner

import (
	"time"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// defaultGrace is how long after a window's end records still count, unless the
// query says so or wants final results alone.
const defaultGrace = 24 * time.Hour

// window reads the WINDOW clause; it is nil if there is none.
func (s *selection) window() (*plan.Window, error) {
	clause := s.query.Window
	switch {
	case clause == nil && s.query.Emit == ast.EmitFinal:
		return nil, source.Errorf(s.query.Span, "EMIT FINAL is only supported for windowed aggregations.")
	case clause == nil:
		return nil, nil
	case s.query.GroupBy == nil:
		return nil, source.Errorf(clause.Span, "WINDOW clause requires a GROUP BY clause.")
	case s.source.Kind == catalog.Table:
		return nil, source.Errorf(clause.Span, "Windowing not supported for table aggregations.")
	}
	w := &plan.Window{Type: catalog.WindowType(clause.Kind)}
	if err := readDurations(w, clause); err != nil {
		return nil, err
	}
	if clause.Grace == nil && s.query.Emit != ast.EmitFinal {
		w.Grace = defaultGrace
	}
	return w, checkWindow(w, clause)
}

// readDurations reads what the clause says of lengths of time.
func readDurations(w *plan.Window, clause *ast.Window) error {
	for _, d := range []struct {
		written *ast.Duration
		into    *time.Duration
	}{
		{&clause.Size, &w.Size}, {clause.AdvanceBy, &w.Advance}, {clause.Retention, &w.Retention}, {clause.Grace, &w.Grace},
	} {
		if d.written == nil {
			continue
		}
		var err error
		if *d.into, err = duration(*d.written); err != nil {
			return err
		}
	}
	if w.Type == catalog.Tumbling {
		w.Advance = w.Size
	}
	return nil
}

// duration is a length of time that a statement gives.
func duration(d ast.Duration) (time.Duration, error) {
	ms, ok := d.Millis()
	if !ok || ms > int64(longest/time.Millisecond) {
		return 0, source.Errorf(d.Span, "The duration is too long: at most %d days are possible", longest/(24*time.Hour))
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// longest is the longest length of time, about 292 years.
const longest = time.Duration(1<<63 - 1)

// checkSum refuses lengths of time of a clause that are too long together.
func checkSum(clause source.Span, lengths ...time.Duration) error {
	left := longest
	for _, length := range lengths {
		if left -= length; left < 0 {
			return source.Errorf(clause, "The durations are too long together, with the grace period: at most %d days are possible", longest/(24*time.Hour))
		}
	}
	return nil
}

// checkWindow checks that the lengths of time go together. Without RETENTION results
// are kept until the grace period of their window is over.
func checkWindow(w *plan.Window, clause *ast.Window) error {
	if err := checkSum(clause.Span, w.Size, w.Grace); err != nil {
		return err
	}
	switch {
	case w.Size <= 0 && w.Type != catalog.Session:
		return source.Errorf(clause.Span, "Window size must be larger than zero.")
	case w.Type == catalog.Hopping && (w.Advance <= 0 || w.Advance > w.Size):
		return source.Errorf(clause.Span, "Window advancement interval should be more than zero and less than window duration which is %d ms, but given advancement interval is: %d ms",
			w.Size.Milliseconds(), w.Advance.Milliseconds())
	case clause.Retention == nil:
		w.Retention = w.Size + w.Grace
	case w.Retention < w.Size+w.Grace:
		return source.Errorf(clause.Span, "The retention period of the window store must be no smaller than its window size plus the grace period. "+
			"Got size=[%d], grace=[%d], retention=[%d]", w.Size.Milliseconds(), w.Grace.Milliseconds(), w.Retention.Milliseconds())
	}
	return nil
}

// isBound reports whether a pseudo column is one that only windows have.
func isBound(p types.Pseudo) bool { return p == types.WindowStart || p == types.WindowEnd }
