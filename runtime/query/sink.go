package query

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// sink returns the end of a persistent query's operators.
func (b *builder) sink(step *plan.Sink) (op.Input, error) {
	into, formats := step.Into, b.task.runtime.Formats
	key, err := keyEncoder(formats, into)
	if err != nil {
		return nil, err
	}
	value, err := formats.NewEncoder(serde.Spec{Format: into.Value, Side: catalog.ValueSide, Topic: into.Topic, Columns: into.Schema.Value})
	if err != nil {
		return nil, err
	}
	time, err := hub.Timestamp(into)
	if err != nil {
		return nil, err
	}
	encoding := op.Encoding{Key: key, Value: value, Headers: data.HeadersOf(into.Schema.Value), Window: into.Window.Type, Time: time}
	counts, emit := b.counts, b.task.around.Emit
	return op.NewSink(b.ctx, encoding, func(m broker.Message) error {
		counts.out++
		if counts.traced != nil {
			counts.traced.Results = append(counts.traced.Results, "goes to the topic "+into.Topic)
		}
		return emit(m)
	}), nil
}

// keyEncoder returns the encoder of a source's keys, nil if it has none.
func keyEncoder(formats *serde.Formats, s *catalog.Source) (serde.Encoder, error) {
	if len(s.Schema.Key) == 0 {
		return nil, nil
	}
	return formats.NewEncoder(serde.Spec{Format: s.Key, Side: catalog.KeySide, Topic: s.Topic, Columns: s.Schema.Key})
}
