package query

import (
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Measures are what the steps of a running query have done so far. The goroutine that
// drives the query counts in plain numbers, a batch at a time, and shows them to
// everybody else after each step of a task: so nothing is paid for a single record.
type Measures struct {
	now   func() time.Time
	root  plan.Step
	steps map[plan.Step]*counts // each in all
	all   []counts

	timing bool          // what runs is timed
	inner  time.Duration // what the operator that runs has spent in those behind it

	mu    sync.Mutex
	shown []counts // a copy of all
}

// counts are what one step has done.
type counts struct {
	in, out int64 // records
	// skipped records went no further because of an error; late are those of them that came
	// too late, by up to latest milliseconds. Of those that failed, a part became NULL.
	skipped, late, latest, failed int64
	// worked is the time spent on timed records, and read that on decoding others: a
	// step between two stages does both, each at its own time.
	worked, read sample
	keeps        bool  // something
	rows, bytes  int64 // of its stores

	traced *traced // nil unless records are followed
}

// sample is the time that some records took.
type sample struct {
	took    time.Duration
	records int64
}

func (s *sample) add(took time.Duration, records int) {
	s.took += took
	s.records += int64(records)
}

// each is the time of one record.
func (s sample) each() float64 { return float64(s.took) / float64(max(s.records, 1)) }

// every is how often records come in somewhere for each time that is timed. Where each
// record is pushed by itself, reading the clock is not cheap.
const every = 64

func newMeasures(now func() time.Time, root plan.Step) *Measures {
	steps := allSteps(nil, root)
	n := len(steps)
	m := &Measures{now: now, root: root, steps: map[plan.Step]*counts{}, all: make([]counts, n), shown: make([]counts, n)}
	for i, step := range steps {
		m.steps[step] = &m.all[i]
	}
	return m
}

// allSteps are the steps of a plan in the order in which it is shown.
func allSteps(list []plan.Step, step plan.Step) []plan.Step {
	list = append(list, step)
	for _, input := range step.Inputs() {
		list = allSteps(list, input)
	}
	return list
}

// begin is called before records come in somewhere, and told how often that was so before.
// The first time is timed, so that a query that has read little has times too.
func (m *Measures) begin(before int) {
	m.timing, m.inner = before%every == 0, 0
}

// show lets others see what has been counted.
func (m *Measures) show() {
	m.mu.Lock()
	defer m.mu.Unlock()
	copy(m.shown, m.all)
}

// forgetStores is called when all tasks are gone.
func (m *Measures) forgetStores() {
	for i := range m.all {
		m.all[i].rows, m.all[i].bytes = 0, 0
	}
	m.show()
}

// span is the work of an operator while it is timed.
type span struct {
	start time.Time
	inner time.Duration // what the operator before it has spent behind it so far
}

func (m *Measures) enter() span {
	s := span{m.now(), m.inner}
	m.inner = 0
	return s
}

// leave returns what was spent since enter, without what was spent in operators behind.
func (m *Measures) leave(s span) time.Duration {
	took := m.now().Sub(s.start)
	own := took - m.inner
	m.inner = s.inner + took
	return own
}

// watched stands between two operators and counts what passes.
type watched struct {
	next     op.Input
	timed    op.Timed // next, if it has to know the time
	measures *Measures
	from, to *counts
}

var _ op.Timed = (*watched)(nil)

// watch counts what a step pushes to the operator of another one. From is nil for what is
// no result of a step, to for what is none.
func (m *Measures) watch(from, to plan.Step, next op.Input) op.Input {
	w := &watched{next: next, measures: m, from: new(counts), to: new(counts)}
	if from != nil {
		w.from = m.steps[from]
	}
	if to != nil {
		w.to = m.steps[to]
	}
	if op.Waits(next) {
		w.timed = next.(op.Timed)
	}
	return w
}

// Waits implements [op.Timed].
func (w *watched) Waits() bool { return w.timed != nil }

// Push counts a batch.
func (w *watched) Push(batch *data.Batch) error {
	n := len(batch.Records)
	w.from.out += int64(n)
	w.to.in += int64(n)
	if w.from.traced != nil || w.to.traced != nil {
		w.from.traced.pass(w.to.traced, batch)
	}
	if !w.measures.timing {
		return w.next.Push(batch)
	}
	s := w.measures.enter()
	err := w.next.Push(batch)
	w.to.worked.add(w.measures.leave(s), n)
	return err
}

// Advance tells the time to an operator that has to know it.
func (w *watched) Advance(time int64) error {
	if w.timed == nil {
		return nil
	}
	if !w.measures.timing {
		return w.timed.Advance(time)
	}
	s := w.measures.enter()
	err := w.timed.Advance(time)
	w.to.worked.add(w.measures.leave(s), 0)
	return err
}

// report counts what is reported of a step's records.
func (c *counts) report(report op.Report) op.Report {
	return func(record *data.Record, err error, skipped bool) {
		c.fault(err, skipped)
		report(record, err, skipped)
	}
}

// note is told why no more comes of a record.
func (c *counts) note(why error) {
	if c.traced != nil {
		c.traced.arrive()
		c.traced.Reasons = append(c.traced.Reasons, why.Error())
	}
}

func (c *counts) fault(err error, skipped bool) {
	c.note(err)
	if !skipped {
		c.failed++
		return
	}
	c.skipped++
	if by, late := op.Lateness(err); late {
		c.late++
		c.latest = max(c.latest, by)
	}
}

// holding is a store of a task, and what of it has been counted.
type holding struct {
	store       state.Store
	timeline    bool
	of          *counts
	rows, bytes int64
}

// count counts what is in the store now.
func (h *holding) count() error {
	rows, err := op.StoredRows(h.store, h.timeline)
	if err != nil {
		return err
	}
	h.set(rows, h.store.Size())
	return nil
}

func (h *holding) set(rows, bytes int64) {
	h.of.rows += rows - h.rows
	h.of.bytes += bytes - h.bytes
	h.rows, h.bytes = rows, bytes
}
