package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/hub"
)

// tracer notes what the steps of a query do with a record.
type tracer struct {
	steps  []*traced // in the order in which the record came to them
	pruned map[string]bool
	last   plan.Step // that computes the result, whose columns are all shown
}

// traced is what one step has done.
type traced struct {
	TraceStep
	tracer *tracer
	came   bool // a record has come to it
	// Of what came last: the step that it came from, nil for none; that it had no value, or a
	// key that is NULL in a part; its time.
	from           plan.Step
	empty, keyless bool
	time           int64
}

// newTracer notes what happens from now on.
func newTracer(m *Measures) *tracer {
	t := &tracer{pruned: map[string]bool{}, last: m.root}
	if sink, ok := m.root.(*plan.Sink); ok {
		t.last = sink.Input
	}
	for step, c := range m.steps {
		c.traced = &traced{TraceStep: TraceStep{Step: step}, tracer: t}
		if p, ok := step.(*plan.Project); ok && step != t.last {
			t.prune(p)
		}
	}
	return t
}

// prune notes the columns of a projection that nobody uses, which are NULL for that reason.
func (t *tracer) prune(p *plan.Project) {
	for _, c := range p.Value {
		if c.Expr.String() == "null" {
			t.pruned[c.Name] = true
		}
	}
}

// arrive notes that records have come to a step.
func (s *traced) arrive() {
	if !s.came {
		s.came = true
		s.tracer.steps = append(s.tracer.steps, s)
	}
}

// pass notes records that go from one step to another. Either may be nil.
func (s *traced) pass(to *traced, batch *data.Batch) {
	for i := range batch.Records {
		record := &batch.Records[i]
		if s != nil {
			s.Results = append(s.Results, s.tracer.text(s.Step, record))
		}
		if to != nil {
			to.arrive()
			to.empty, to.keyless, to.time = record.Tombstone, hasNull(record.Key), record.Time
			if to.from = nil; s != nil {
				to.from = s.Step
			}
		}
	}
}

// hasNull reports whether a part of a key is NULL, or there is none.
func hasNull(key data.Row) bool { return key == nil || slices.ContainsFunc(key, data.Value.IsNull) }

// fail notes what would end the query.
func (t *tracer) fail(err error) {
	reason := "the query fails: " + err.Error()
	if n := len(t.steps); n > 0 {
		t.steps[n-1].Reasons = append(t.steps[n-1].Reasons, reason)
	}
}

func (t *tracer) told() []TraceStep {
	steps := make([]TraceStep, len(t.steps))
	for i, s := range t.steps {
		steps[i] = s.TraceStep
		if len(s.Results) == 0 && len(s.Reasons) == 0 {
			steps[i].Reasons = []string{s.reason()}
		}
	}
	return steps
}

// reason says why nothing has come out of a step that has reported nothing.
func (s *traced) reason() string {
	if _, looksUp := s.Step.(*plan.JoinStreamTable); looksUp && s.fromRight() {
		return "remembered: only a record of the stream gives a result"
	}
	if s.empty {
		return s.reasonOfNone()
	}
	switch step := s.Step.(type) {
	case *plan.Filter:
		if _, having := step.Input.(*plan.Aggregate); having {
			return "the condition of HAVING is false or NULL"
		}
		return "the condition is false or NULL"
	case *plan.FlatMap:
		return "the table functions give no row"
	case *plan.Final:
		return "held back until its window and the grace period are over"
	case *plan.JoinStreamTable, *plan.JoinStreams, *plan.JoinTables, *plan.JoinForeign:
		return s.reasonOfJoin()
	case *plan.Answer:
		return "remembered: no row of the left table has that key"
	default:
		return "nothing comes of it"
	}
}

// reasonOfNone is the reason for a record without a value.
func (s *traced) reasonOfNone() string {
	if !overTable(s.Step) {
		return "the record has no value"
	}
	if _, keeps := s.Step.(*plan.Materialize); keeps {
		return "the record deletes a row that is not there"
	}
	return "the record deletes a row of which there is no result"
}

// overTable reports whether records without a value delete rows in a step.
func overTable(step plan.Step) bool {
	switch step := step.(type) {
	case *plan.Source:
		return step.Source.Kind == catalog.Table
	case *plan.JoinStreams, *plan.JoinStreamTable:
		return false
	case *plan.Aggregate, *plan.JoinTables, *plan.JoinForeign, *plan.Answer:
		return true
	default:
		return slices.ContainsFunc(step.Inputs(), overTable)
	}
}

// fromRight reports whether what came last belongs to the right side of a join.
func (s *traced) fromRight() bool {
	inputs := s.Step.Inputs()
	return len(inputs) == 2 && s.from == inputs[1]
}

// reasonOfJoin is the reason for a record with a value that has come to a join.
func (s *traced) reasonOfJoin() string {
	switch step := s.Step.(type) {
	case *plan.JoinStreamTable:
		if s.keyless {
			return nullKey
		}
		return "no match: the table has no row of its key at that time"
	case *plan.JoinStreams:
		if s.keyless {
			return nullKey
		}
		return s.noMatch(step.Within)
	case *plan.JoinForeign:
		if s.from != nil && !s.tracer.came(func(step plan.Step) bool { _, asks := step.(*plan.Subscriptions); return asks }) {
			return "the foreign key is NULL, which matches nothing: remembered until the row changes"
		}
	default:
	}
	return "no match among the rows that are there: remembered for the other side"
}

const nullKey = "the key is NULL, which matches nothing"

// noMatch says between which times a record has looked for one of the other stream.
func (s *traced) noMatch(within plan.Within) string {
	before, after := within.Before, within.After
	if s.fromRight() {
		before, after = after, before
	}
	text := fmt.Sprintf("no match: the other stream has no record of its key from %s to %s yet; remembered",
		display.Instant(s.time-before.Milliseconds()), display.Instant(s.time+after.Milliseconds()))
	if within.Waits {
		return text + " until its window and the grace period are over"
	}
	return text + " for those that come"
}

// came reports whether the record has come to a step like that.
func (t *tracer) came(like func(plan.Step) bool) bool {
	return slices.ContainsFunc(t.steps, func(s *traced) bool { return like(s.Step) })
}

// text is a result of a step as JSON, with its time.
func (t *tracer) text(step plan.Step, record *data.Record) string {
	var b strings.Builder
	b.Write(t.row(step, record))
	b.WriteString(" ROWTIME=" + strconv.FormatInt(record.Time, 10))
	if record.Window != (data.Window{}) {
		fmt.Fprintf(&b, " WINDOWSTART=%d WINDOWEND=%d", record.Window.Start, record.Window.End)
	}
	if record.Value == nil {
		b.WriteString(" deleted")
	}
	return b.String()
}

// row is a result of a step as a JSON object of its columns, without those that nobody uses.
func (t *tracer) row(step plan.Step, record *data.Record) []byte {
	var fields []types.Field
	var values []data.Value
	add := func(columns []types.Column, row data.Row, uses func(i int) bool) {
		for i, c := range columns {
			if i < len(row) && uses(i) && (step == t.last || !t.pruned[c.Name]) {
				fields, values = append(fields, types.Field{Name: c.Name, Type: c.Type}), append(values, row[i])
			}
		}
	}
	schema := step.Schema()
	read := readBefore(step)
	add(schema.Key, record.Key, func(i int) bool { return i >= len(read.Key) || read.Key[i] })
	add(schema.Value, record.Value, func(i int) bool { return i >= len(read.Value) || read.Value[i] })
	return display.AppendJSON(nil, data.Struct(values), types.StructOf(fields...))
}

// readBefore returns which columns of a source are read, for a step whose results begin with
// all of its columns; none for another one.
func readBefore(step plan.Step) hub.Wanted {
	switch step := step.(type) {
	case *plan.Source:
		return wantedOf(step)
	case *plan.Filter, *plan.FlatMap, *plan.Materialize:
		return readBefore(step.Inputs()[0])
	default:
		return hub.Wanted{}
	}
}
