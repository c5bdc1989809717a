package proclog_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// skipped is a record that could not be decoded.
func skipped(offset int64) proclog.Event {
	return proclog.Event{
		Logger: "processing.transient_S_1.KsqlTopic.Source", Kind: proclog.Deserialization, Time: 10 * offset,
		Topic: "orders", Partition: 1, Offset: offset, Err: errors.New("$.PRICE: not a number"), Skipped: true,
	}
}

// failed is an expression of a row that went on.
func failed(offset int64) proclog.Event {
	return proclog.Event{
		Logger: "processing.transient_S_1.Project", Kind: proclog.Processing,
		Partition: 2, Offset: offset, Err: errors.New("division by zero"),
	}
}

// gap is a place in a topic where records are missing.
var gap = proclog.Event{
	Kind: proclog.Gap, Topic: "t", Partition: -1, Offset: -1, Err: errors.New("topic t partition 0: offset 3 is out of range"),
}

func TestSummaryTellsOneLineASecond(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(0)
	s := proclog.NewSummary(func() time.Time { return now })
	var got []string
	look := func(after time.Duration) {
		now = now.Add(after)
		if line, ok := s.Line(); ok {
			got = append(got, line)
		}
	}
	look(0)
	s.Report(skipped(41))
	look(0)
	s.Report(skipped(42))
	s.Report(skipped(43))
	s.Report(failed(7))
	look(999 * time.Millisecond)
	look(time.Millisecond)
	look(time.Hour)
	s.Report(failed(8))
	s.Report(proclog.Event{Kind: proclog.Serialization, Err: errors.New("no")})
	look(0)
	s.Report(failed(9))
	s.Report(gap)
	if line, ok := s.Rest(); ok {
		got = append(got, line)
	}
	if line, ok := s.Rest(); ok {
		got = append(got, line)
	}
	s.Report(gap)
	s.Report(gap)
	if line, ok := s.Rest(); ok {
		got = append(got, line)
	}
	want := []string{
		"1 record skipped: partition 1 offset 41: $.PRICE: not a number",
		"2 records skipped, 1 expression failed: partition 1 offset 42: $.PRICE: not a number",
		"1 expression failed, 1 result not written: partition 2 offset 8: division by zero",
		"1 expression failed, 1 gap: partition 2 offset 9: division by zero",
		"2 gaps: topic t partition 0: offset 3 is out of range",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSummarySaysWhenToLook(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(0)
	s := proclog.NewSummary(func() time.Time { return now })
	if _, ok := s.Due(); ok {
		t.Error("an empty summary has a line due")
	}
	s.Report(skipped(1))
	select {
	case <-s.Changed():
	default:
		t.Fatal("nobody is told of the event")
	}
	s.Line()
	s.Report(skipped(2))
	now = now.Add(300 * time.Millisecond)
	if due, ok := s.Due(); !ok || due != 700*time.Millisecond {
		t.Errorf("due in %v, %v", due, ok)
	}
}

func TestCountersKeepQueriesApart(t *testing.T) {
	t.Parallel()
	var c proclog.Counters
	other := skipped(3)
	other.Logger = "processing.transient_T_2.KsqlTopic.Source"
	log := proclog.Tee(&c, proclog.Discard)
	for _, e := range []proclog.Event{skipped(1), skipped(2), failed(1), other} {
		log.Report(e)
	}
	if diff := cmp.Diff(proclog.Count{Skipped: 2, Failed: 1, Last: 20}, c.Query("transient_S_1")); diff != "" {
		t.Error(diff)
	}
	c.Forget("transient_S_1")
	if got := c.Query("transient_S_1"); got.Total() != 0 {
		t.Errorf("a forgotten query still has %d events", got.Total())
	}
	if got := c.Query("transient_T_2").Skipped; got != 1 {
		t.Errorf("the other query has %d", got)
	}
}

func TestEventsAreOneLine(t *testing.T) {
	t.Parallel()
	const want = "topic orders partition 1 offset 5: $.PRICE: not a number"
	if got := skipped(5).String(); got != want {
		t.Errorf("got %s", got)
	}
	if got := gap.String(); got != gap.Err.Error() {
		t.Errorf("got %s", got)
	}
}
