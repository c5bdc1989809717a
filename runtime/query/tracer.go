package query

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/op"
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
	from   plan.Step
	empty  bool // what came last had no value
	noKey  bool // what came last had no key, or NULL in it
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
			to.empty, to.noKey = record.Tombstone, !op.WholeKey(record.Key)
			if to.from = nil; s != nil {
				to.from = s.Step
			}
		}
	}
}

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

// Reasons that several steps have.
const (
	noValue = "the record has no value"
	nullKey = "no match: what it is joined by is NULL"
)

// reason says why nothing has come out of a step that has reported nothing.
func (s *traced) reason() string {
	inputs := s.Step.Inputs()
	right := len(inputs) == 2 && s.from == inputs[1]
	if s.empty {
		switch s.Step.(type) {
		case *plan.JoinTables, *plan.JoinForeign, *plan.Answer:
		case *plan.JoinStreamTable:
			if right {
				return "the row is forgotten: only a record of the stream gives a result"
			}
			return noValue
		case *plan.Materialize:
			return "there is no row of its key to be deleted"
		default:
			return noValue
		}
	}
	switch step := s.Step.(type) {
	case *plan.Filter:
		return "the condition is false or NULL"
	case *plan.FlatMap:
		return "the table functions give no row"
	case *plan.Final:
		return "held back until its window and the grace period are over"
	case *plan.JoinStreamTable:
		if right {
			return "remembered: only a record of the stream gives a result"
		}
		if s.noKey {
			return nullKey
		}
		return "no match: the table has no row of its key at that time"
	case *plan.JoinStreams:
		if s.noKey {
			return nullKey
		}
		if step.Within.Waits {
			return "no match among the records before it: remembered until its window and the grace period are over"
		}
		return "no match among the records before it: remembered for the other side"
	case *plan.JoinTables, *plan.JoinForeign:
		return "no match among the rows that are there: remembered for the other side"
	case *plan.Answer:
		return "remembered: no row of the left table has that key"
	default:
		return "nothing comes of it"
	}
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
