package exec

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/display"
)

// beginning is where a query starts to read the records that are there already; the zero
// beginning is before the first.
type beginning struct {
	latest bool  // behind the last
	since  int64 // at the first of at least that time, in ms since the epoch; 0 for none
}

// beginning returns where a query over a source of that kind starts: as auto.offset.reset says. Where
// that is not set, queries on streams start at the end.
func (e *Engine) beginning(p config.Properties, from catalog.Kind) beginning {
	reset, _, set := p.Lookup(config.AutoOffsetReset)
	if !set {
		return beginning{latest: from == catalog.Stream}
	}
	if at, ok := config.Moment(reset, e.options.Clock()); ok {
		return beginning{since: max(at.UnixMilli(), 0)}
	}
	return beginning{latest: reset == "latest"}
}

// beginningOf returns where a push or pull query starts. A WHERE that bounds ROWTIME or ROWOFFSET from
// below says that by itself, unless auto.offset.reset is set.
func (s *Session) beginningOf(p *plan.Query) beginning {
	if !p.Push {
		return beginning{}
	}
	left := leftmost(p.Root)
	if _, _, set := s.properties.Lookup(config.AutoOffsetReset); !set && left.Bounds != nil && left.Bounds.Begin() {
		return beginning{}
	}
	return s.engine.beginning(s.properties, left.Source.Kind)
}

// offset asks for the offsets at which partitions are read from a beginning on; ok is false
// for the first ones.
func (b beginning) offset() (at broker.OffsetQuery, ok bool) {
	switch {
	case b.latest:
		return broker.EndOffset(), true
	case b.since > 0:
		return broker.OffsetAt(b.since), true
	}
	return broker.EarliestOffset(), false
}

// of says where a query starts that begins with a source.
func (b beginning) of(left *plan.Source) string {
	if left.Lookup != nil {
		return "the rows that the table has then"
	}
	return b.describe(left.Bounds)
}

// describe says where a query starts that reads within bounds; nil are none.
func (b beginning) describe(bounds *plan.Bounds) string {
	text := "the beginning"
	switch {
	case b.latest:
		text = "the end"
	case b.since > 0:
		text = display.Instant(b.since)
	}
	if bounds != nil {
		text += ", where " + bounds.String()
	}
	return text
}
