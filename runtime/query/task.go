package query

import (
	"fmt"

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
	around  Surroundings
	arena   data.Arena
	inputs  []*intake
}

// intake is where records of one topic come into a task.
type intake struct {
	topic   string
	source  *plan.Source // nil for an internal topic
	decoder *hub.Private // of a source's messages; nil in a push query
	layout  op.Layout    // of an internal topic's messages
	next    op.Input
	batch   data.Batch
}

// NewTask builds the operators of a stage.
func (t *Topology) NewTask(stage int, around Surroundings) (*Task, error) {
	task := &Task{reporter: newReporter(t.runtime, t.options.ID), runtime: t.runtime, options: t.options, around: around}
	frame := &eval.Frame{Env: functions.Env{Arena: &task.arena, Now: t.runtime.Now}}
	frame.Warn = func(err error) { task.report(frame.Record, err, false) }
	b := builder{
		ctx:  &op.Context{Frame: frame, Report: task.report},
		eval: eval.Options{Functions: t.runtime.Functions, NestedErrorsFail: t.options.NestedErrorsFail},
		task: task,
	}
	s := t.stages[stage]
	end := around.End()
	if s.to != nil {
		if end = around.Beyond(s.to.Name); end == nil {
			end = op.NewForward(layoutOf(s.root), func(m broker.Message) error { return around.Forward(s.to.Name, m) })
		}
	}
	return task, b.build(s.root, end)
}

// layoutOf is how the results of a step look between two stages.
func layoutOf(step plan.Step) op.Layout {
	schema := step.Schema()
	return op.Layout{Key: data.CodecOf(schema.Key), Value: data.CodecOf(schema.Value)}
}

// open adds an input.
func (t *Task) open(input plan.Step, next op.Input) error {
	in := &intake{topic: topicOf(input), next: next}
	t.inputs = append(t.inputs, in)
	t.topic = in.topic
	source, ok := input.(*plan.Source)
	if !ok {
		in.layout = layoutOf(input)
		return nil
	}
	in.source = source
	if t.around.End() != nil { // of a push query, which gets its records decoded
		return nil
	}
	var err error
	in.decoder, err = hub.NewPrivate(source.Source, t.runtime.Formats, wantedOf(source))
	return err
}

// wantedOf returns the columns that have to be decoded: those that are used, and the
// whole key of a table, by which its rows are told apart.
func wantedOf(source *plan.Source) hub.Wanted {
	wanted := hub.Wanted{Key: source.Key, Value: source.Value}
	if source.Source.Kind == catalog.Table {
		wanted.Key = wantAll(source.Source.Schema.Key)
	}
	return wanted
}

// Reset takes the memory back that the results of earlier steps lie in. Whoever
// drives the task calls it when nobody holds them any more.
func (t *Task) Reset() { t.arena.Reset() }

// Step processes messages of one partition of a topic, in the order of their offsets.
// What comes out has been emitted when it returns. An error ends the query.
func (t *Task) Step(topic string, messages []broker.Message) error {
	for _, in := range t.inputs {
		if in.topic != topic {
			continue
		}
		batch, err := t.decode(in, messages)
		if err != nil {
			return err
		}
		if err := t.push(in, batch); err != nil {
			return err
		}
	}
	return nil
}

// Push is [Task.Step] for records of a source that are decoded already.
func (t *Task) Push(topic string, batch *data.Batch) error {
	for _, in := range t.inputs {
		if in.topic == topic {
			if err := t.push(in, batch); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *Task) push(in *intake, batch *data.Batch) error {
	if len(batch.Records) == 0 {
		return nil
	}
	t.topic = in.topic
	return in.next.Push(batch)
}

// decode returns the records of messages, without those that cannot be decoded.
func (t *Task) decode(in *intake, messages []broker.Message) (*data.Batch, error) {
	if in.source == nil {
		return t.arrived(in, messages)
	}
	t.topic = in.topic
	var fatal error
	batch := in.decoder.Decode(messages, func(partition int32, offset int64, err error) {
		err = t.undecodable(partition, offset, err)
		if t.options.FailOnFault && fatal == nil {
			fatal = err
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
