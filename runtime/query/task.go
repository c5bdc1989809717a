package query

import (
	"fmt"
	"slices"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// Task is one stage of a query at work, on one partition of its topics if it
// remembers anything: its decoders, operators, stores and encoders. It is passive:
// whoever drives it gives it messages and takes what comes out, which is how the
// same task serves in production and in tests. It belongs to one goroutine.
type Task struct {
	reporter
	runtime Runtime
	options Options
	tells   func(*plan.Source) bool // see Topology.tells
	around  Surroundings
	arena   data.Arena
	inputs  []*intake
	caches  []*op.Cache // the last one first
	savers  []op.Saver

	measures *Measures
	holdings []holding
}

// intake is where records of one topic come into a task.
type intake struct {
	counts  *counts      // of the step
	topic   string       // "" if the source has a pattern, and is the only one then
	source  *plan.Source // nil for an internal topic
	tells   bool         // of what cannot be decoded, which no other input of the query does
	decoder *hub.Private // of a source's messages; nil in a push query
	layout  op.Layout    // of an internal topic's messages
	next    op.Input
	batch   data.Batch
	turns   int // how often records have come in
}

// reads reports whether records of a topic come in here.
func (in *intake) reads(topic string) bool { return in.topic == topic || in.topic == "" }

// of is the source whose records come in, nil for those of another stage.
func (in *intake) of() *catalog.Source {
	if in.source == nil {
		return nil
	}
	return in.source.Source
}

// NewTask builds the operators of a stage.
func (t *Topology) NewTask(stage int, around Surroundings) (*Task, error) {
	task := &Task{
		reporter: newReporter(t.runtime, t.options.ID), runtime: t.runtime, options: t.options, tells: t.tells, around: around,
		measures: around.Measures(),
	}
	frame := &eval.Frame{Env: functions.Env{Arena: &task.arena, Now: t.runtime.Now}}
	frame.Warn = func(err error) { task.report(frame.Record, err, false) }
	b := builder{
		ctx:  &op.Context{Frame: frame, Report: task.report, Pause: task.pause},
		eval: eval.Options{Functions: t.runtime.Functions, NestedErrorsFail: t.options.NestedErrorsFail},
		task: task,
	}
	s := t.stages[stage]
	end := around.End()
	switch {
	case s.to == nil && end == nil:
		end = task.measures.watch(s.root, nil, nowhere{})
	case s.to == nil:
		end = task.measures.watch(s.root, t.result, end)
	case s.to != nil:
		var err error
		if end, err = b.forward(s.root, s.to, layoutOf(s.root)); err != nil {
			return nil, err
		}
	}
	if err := b.build(s.root, end); err != nil {
		return nil, lost(err)
	}
	return task, task.measure()
}

// nowhere is behind the last step of a query that no one reads.
type nowhere struct{}

// Push does nothing.
func (nowhere) Push(*data.Batch) error { return nil }

// measure shows what has been done.
func (t *Task) measure() error {
	if err := t.count(); err != nil {
		return err
	}
	t.measures.show()
	return nil
}

// count counts what is in the stores.
func (t *Task) count() error {
	for i := range t.holdings {
		if err := t.holdings[i].count(); err != nil {
			return err
		}
	}
	return nil
}

// leave is called when nothing is done with the task any more, whose stores go elsewhere.
func (t *Task) leave() {
	for i := range t.holdings {
		t.holdings[i].set(0, 0)
	}
	for _, cache := range t.caches {
		cache.Close()
	}
	t.measures.show()
}

// forward returns what sends the records of a step on to another stage. From is nil if they
// are not its results.
func (b *builder) forward(from plan.Step, to *edge, layout op.Layout) (op.Input, error) {
	b.begin(to.step)
	if beyond := b.task.around.Beyond(to.topic); beyond != nil {
		return b.task.measures.watch(from, to.step, beyond), nil
	}
	routing := op.Routing{Back: to.back}
	if to.like != nil && !to.back {
		var err error
		if routing.Key, err = keyEncoder(b.task.runtime.Formats, to.like); err != nil {
			return nil, err
		}
	}
	around := b.task.around
	var end op.Input
	if take, partitions := around.Hand(to.topic); take != nil {
		end = op.NewHandOver(b.ctx, layout, routing, partitions, take)
	} else {
		end = op.NewForward(b.ctx, layout, routing, func(m broker.Message) error { return around.Forward(to.topic, m) })
	}
	return b.task.measures.watch(from, to.step, end), nil
}

// layoutOf is how the results of a step look between two stages.
func layoutOf(step plan.Step) op.Layout {
	schema := step.Schema()
	return op.Layout{Key: data.CodecOf(schema.Key), Value: data.CodecOf(schema.Value)}
}

// open adds an input.
func (t *Task) open(input plan.Step, next op.Input) error {
	in := &intake{counts: t.measures.steps[input], topic: topicOf(input), next: next}
	t.inputs = append(t.inputs, in)
	t.topic = in.topic
	source, ok := input.(*plan.Source)
	if !ok {
		in.layout = layoutOf(input)
		return nil
	}
	in.source, in.tells = source, t.tells(source)
	if t.around.End() != nil { // of a push query, which gets its records decoded
		return nil
	}
	var err error
	request := hub.Request{
		Source: source.Source, Wanted: t.reads(source.Source, wantedOf(source)), NullFields: t.options.NullFields,
	}
	in.decoder, err = hub.NewPrivate(request, t.runtime.Formats)
	return err
}

// wantedOf returns the columns that have to be decoded: those that are used, and the
// whole key of a table, by which its rows are told apart.
func wantedOf(source *plan.Source) hub.Wanted {
	wanted := hub.Wanted{Key: source.Key, Value: source.Value}
	if source.Source.Kind == catalog.Table {
		wanted.Key = hub.WantAll(source.Source.Schema).Key
	}
	return wanted
}

// Reset takes the memory back that the results of earlier steps lie in. Whoever
// drives the task calls it when nobody holds them any more.
func (t *Task) Reset() { t.arena.Reset() }

// pause is called in the middle of a step that makes much of one record. The results of a
// persistent query are encoded by then, so that their memory can be used again.
func (t *Task) pause(since data.Mark) error {
	if t.around.End() == nil {
		t.arena.Rewind(since)
	}
	return t.around.Pause()
}

// saves notes an operator, if that has something to save.
func (t *Task) saves(operator any) {
	if saver, ok := operator.(op.Saver); ok {
		t.savers = append(t.savers, saver)
	}
}

// save puts everything that is remembered into the stores.
func (t *Task) save() error {
	for _, saver := range t.savers {
		if err := saver.Save(); err != nil {
			return err
		}
	}
	return nil
}

// Flush passes on what the task's caches hold, and puts everything that is remembered into the
// stores. What is passed on comes out as that of [Task.Step] does.
func (t *Task) Flush() error {
	for _, cache := range slices.Backward(t.caches) { // what lies behind another comes after it
		if err := cache.Flush(); err != nil {
			return lost(err)
		}
	}
	if err := t.save(); err != nil {
		return err
	}
	return t.measure()
}

// Step processes messages of one partition of a topic, in the order of their offsets.
// What comes out has been emitted when it returns. An error ends the query. Nobody sees yet
// what was done in it.
func (t *Task) Step(topic string, messages []broker.Message) error {
	for some := range slices.Chunk(messages, t.atOnce(topic, len(messages))) {
		if err := t.step(topic, some); err != nil {
			return err
		}
	}
	return nil
}

// atOnce is how many of n records of a topic are processed together. One that comes in
// more than once, as in a join of a source with itself, goes in everywhere before the next.
func (t *Task) atOnce(topic string, n int) int {
	ways := 0
	for _, in := range t.inputs {
		if in.reads(topic) {
			ways++
		}
	}
	if ways > 1 {
		return 1
	}
	return max(n, 1)
}

func (t *Task) step(topic string, messages []broker.Message) error {
	t.topic = topic
	for _, in := range t.inputs {
		if !in.reads(topic) {
			continue
		}
		t.measures.begin(in.turns)
		in.turns++
		batch, err := t.intake(in, messages)
		if err != nil {
			return err
		}
		if err := t.push(in, batch); err != nil {
			return err
		}
	}
	return nil
}

// Push is [Task.Step] for records that are decoded already, of a source, or of another
// stage if that is nil.
func (t *Task) Push(topic string, source *catalog.Source, batch *data.Batch) error {
	t.topic = topic
	if t.atOnce(topic, len(batch.Records)) == len(batch.Records) {
		return t.pushAll(topic, source, batch)
	}
	for i := range batch.Records {
		if err := t.pushAll(topic, source, &data.Batch{Records: batch.Records[i : i+1]}); err != nil {
			return err
		}
	}
	return nil
}

// pushAll pushes records together wherever those of their source come in.
func (t *Task) pushAll(topic string, source *catalog.Source, batch *data.Batch) error {
	for _, in := range t.inputs {
		if in.of() != source || !in.reads(topic) {
			continue
		}
		if source != nil { // what another stage sends has been counted there, and is timed with it
			t.measures.begin(in.turns)
			in.turns++
			in.counts.in += int64(len(batch.Records))
		}
		if err := t.push(in, batch); err != nil {
			return err
		}
	}
	return nil
}

func (t *Task) push(in *intake, batch *data.Batch) error {
	if len(batch.Records) == 0 {
		return nil
	}
	t.works(in.of(), batch)
	return lost(in.next.Push(batch))
}

// intake decodes messages and counts them. A message of another stage has been counted
// where that sent it.
func (t *Task) intake(in *intake, messages []broker.Message) (*data.Batch, error) {
	if in.source != nil {
		in.counts.in += int64(len(messages))
		if in.counts.traced != nil {
			in.counts.traced.arrive()
		}
	}
	if !t.measures.timing {
		return t.decode(in, messages)
	}
	s := t.measures.enter()
	batch, err := t.decode(in, messages)
	in.counts.read.add(t.measures.leave(s), len(messages))
	return batch, err
}

// decode returns the records of messages, without those that cannot be decoded.
func (t *Task) decode(in *intake, messages []broker.Message) (*data.Batch, error) {
	if in.source == nil {
		return t.arrived(in, messages)
	}
	in.decoder.From(t.topic)
	var fatal error
	batch := in.decoder.Decode(messages, func(f hub.Fault) {
		in.counts.fault(f.Err, !f.Kept)
		if !in.tells {
			return
		}
		err := t.undecodable(f)
		switch {
		case f.Kept || fatal != nil:
		case t.options.FailOnFault:
			fatal = err
		case t.options.DeadLetters:
			fatal = t.around.Letter(t.deadLetter(f))
		}
	})
	return batch, fatal
}

// arrived reads what another stage has sent. What cannot be read there is not a bad
// record but damage, which ends the query.
func (t *Task) arrived(in *intake, messages []broker.Message) (*data.Batch, error) {
	in.batch.Records = in.batch.Records[:0]
	for i := range messages {
		record, err := in.layout.Decode(&messages[i], &t.arena)
		if err != nil {
			return nil, fmt.Errorf("internal topic %s partition %d offset %d: %w", in.topic, messages[i].Partition, messages[i].Offset, err)
		}
		in.batch.Records = append(in.batch.Records, record)
	}
	return &in.batch, nil
}
