package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// run is a case at work.
type run struct {
	c      *Case
	engine *sqltest.Engine
	codecs map[codecKey]*topicCodec
	// feeding is how records come to queries.
	feeding Feeding
}

// runQTT runs a query test.
func runQTT(ctx context.Context, c *Case, e *sqltest.Engine, feeding Feeding) Outcome {
	r := &run{c: c, engine: e, codecs: map[codecKey]*topicCodec{}, feeding: feeding}
	if err := prepare(ctx, e, c); err != nil {
		return failed("%s", err)
	}
	err := r.process(ctx)
	f := failureIn(err)
	switch {
	case err != nil && f == nil:
		return failed("%s", err)
	case c.Exception != nil:
		return judge(f, c.Exception)
	case f != nil:
		return failed("%s", f.reason()).withDetail("%s", f.err)
	}
	return r.check(ctx)
}

// process executes the statements and feeds the inputs, up to the first error.
func (r *run) process(ctx context.Context) error {
	statements, err := r.engine.Parse(strings.Join(r.c.Statements, "\n"))
	if err != nil {
		return &failure{stage: parsing, err: err}
	}
	for i, s := range statements {
		answer, err := execute(ctx, r.engine, s)
		if err != nil {
			return &failure{stage: executing, err: err, statement: s.Text, last: i == len(statements)-1}
		}
		answer.close()
	}
	if err := createNamed(ctx, r.engine, r.c.Inputs, r.c.Outputs); err != nil {
		return err
	}
	fed, err := r.append(ctx)
	if err != nil {
		return err
	}
	if err := r.engine.Replay(fed, r.feeding == InBatches); err != nil {
		return &failure{stage: running, err: err}
	}
	return nil
}

// append writes the inputs to the logs of their topics and returns them with the
// offsets that they got.
func (r *run) append(ctx context.Context) ([]sqltest.Input, error) {
	fed := make([]sqltest.Input, len(r.c.Inputs))
	for i, input := range r.c.Inputs {
		codec, err := r.codec(input)
		if err != nil {
			return nil, err
		}
		m, err := codec.message(input)
		if err != nil {
			return nil, err
		}
		if m, err = r.engine.Append(ctx, input.Topic, m); err != nil {
			return nil, err
		}
		fed[i] = sqltest.Input{Topic: input.Topic, Message: m}
	}
	return fed, nil
}

// check compares the logs and the catalog with what is expected.
func (r *run) check(ctx context.Context) Outcome {
	if o := r.checkOutputs(); o.Status != Pass {
		return o
	}
	return r.checkPost(ctx)
}

// checkOutputs compares the logs of the topics that the case expects records of.
func (r *run) checkOutputs() Outcome {
	var topics []string
	for _, o := range r.c.Outputs {
		if !slices.Contains(topics, o.Topic) {
			topics = append(topics, o.Topic)
		}
	}
	for _, topic := range topics {
		want := slices.DeleteFunc(slices.Clone(r.c.Outputs), func(o Record) bool { return o.Topic != topic })
		if o := r.checkLog(topic, want); o.Status != Pass {
			return o
		}
	}
	return Outcome{Status: Pass}
}

// checkLog compares the log of a topic, record by record.
func (r *run) checkLog(topic string, want []Record) Outcome {
	log, _ := r.engine.Cluster().Log(topic)
	for i := range min(len(log), len(want)) {
		codec, err := r.codec(want[i])
		if err != nil {
			return failed("%s", err)
		}
		if d := codec.difference(&log[i], want[i]); d != nil {
			return failed("record %d of %s differs in its %s", i, topic, d.Part).withDetail("%s", d.Detail)
		}
	}
	if len(log) != len(want) {
		return failed("%d records in %s instead of %d", len(log), topic, len(want)).withDetail("%s", show(texts(log)))
	}
	return Outcome{Status: Pass}
}

// texts shows messages.
func texts(log []broker.Message) any {
	all := make([]any, len(log))
	for i, m := range log {
		all[i] = fmt.Sprintf("%q:%q", m.Key, m.Value)
	}
	return all
}

// codecKey tells the codecs of a topic apart: sources on it may have windows or none.
type codecKey struct {
	topic    string
	windowed bool
}

// codec returns the codec for a record of a topic.
func (r *run) codec(record Record) (*topicCodec, error) {
	at := codecKey{topic: record.Topic, windowed: record.Window != nil}
	if c, ok := r.codecs[at]; ok {
		return c, nil
	}
	s, err := r.engine.SourceOn(at.topic, at.windowed)
	if err != nil {
		return nil, err
	}
	c := &topicCodec{window: s.Window, headers: r.c.Kind == QTT}
	if c.key, err = codecOf(side{
		topic: s.Topic, format: s.Key, columns: s.Bare(catalog.KeySide), registry: r.engine.Registry(), exact: r.c.exact(), key: true,
	}); err != nil {
		return nil, err
	}
	if c.value, err = codecOf(side{
		topic: s.Topic, format: s.Value, columns: s.Bare(catalog.ValueSide), registry: r.engine.Registry(), exact: r.c.exact(),
	}); err != nil {
		return nil, err
	}
	r.codecs[at] = c
	return c, nil
}
