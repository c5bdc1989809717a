package query

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/op"
)

// Task is a persistent query at work: its decoder, operators and encoders. It is
// passive: whoever drives it gives it messages of its source and takes the
// messages that it emits, which is how the same task serves in production and in
// tests. It belongs to one goroutine.
type Task struct {
	reporter
	runtime Runtime
	options Options
	source  *plan.Source
	decoder *hub.Private
	input   op.Input
	arena   data.Arena
	emit    Emit
}

// Emit takes a message for the topic that the query writes to. It may keep it.
type Emit func(broker.Message) error

// NewTask builds the operators of a persistent query.
func NewTask(runtime Runtime, p *plan.Persistent, options Options, emit Emit) (*Task, error) {
	t := &Task{reporter: newReporter(runtime, options.ID), runtime: runtime, options: options, emit: emit}
	frame := &eval.Frame{Env: functions.Env{Arena: &t.arena, Now: runtime.Now}}
	frame.Warn = func(err error) { t.report(frame.Record, err, false) }
	b := builder{
		ctx:  &op.Context{Frame: frame, Report: t.report},
		eval: eval.Options{Functions: runtime.Functions, NestedErrorsFail: options.NestedErrorsFail},
		task: t,
	}
	var err error
	if t.input, t.source, err = b.build(p.Root, nil); err != nil {
		return nil, err
	}
	t.topic = t.source.Source.Topic
	wanted := hub.Wanted{Key: t.source.Key, Value: t.source.Value}
	if t.source.Source.Kind == catalog.Table {
		wanted.Key = wantAll(t.source.Source.Schema.Key)
	}
	t.decoder, err = hub.NewPrivate(t.source.Source, runtime.Formats, wanted)
	return t, err
}

// Topic is the topic that the task reads, at the moment if it is one of several.
func (t *Task) Topic() string { return t.topic }

// Source is the source that the task reads.
func (t *Task) Source() *catalog.Source { return t.source.Source }

// From says which of the source's topics the messages of the next steps come from.
func (t *Task) From(topic string) {
	t.topic = topic
	t.decoder.From(topic)
}

// Step processes messages of one partition, in the order of their offsets. What
// comes out has been emitted when it returns. An error ends the query.
func (t *Task) Step(messages []broker.Message) error {
	t.arena.Reset()
	var fatal error
	batch := t.decoder.Decode(messages, func(partition int32, offset int64, err error) {
		err = t.undecodable(partition, offset, err)
		if t.options.FailOnFault && fatal == nil {
			fatal = err
		}
	})
	if fatal != nil || len(batch.Records) == 0 {
		return fatal
	}
	return t.input.Push(batch)
}
