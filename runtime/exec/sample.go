package exec

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// This file finds the columns of topics that nobody has described, in their newest
// records.

const (
	// sampleRecords is how many records are looked at, about; one of each partition at least.
	sampleRecords = 1000
	// sampleBytes is how many bytes of them are held in memory.
	sampleBytes = 32 << 20
	// sampleTime is how long the cluster may take to hand them out.
	sampleTime = 5 * time.Second
)

// topicSamples finds columns for the sides of one topic, which is read once.
type topicSamples struct {
	engine     *Engine
	read       bool
	records    []broker.Message
	key, value serde.Inferred
}

var _ catalog.Samples = (*topicSamples)(nil)

// Sample returns columns for one side, as [catalog.Samples] says it.
func (s *topicSamples) Sample(ctx context.Context, f catalog.Format, side catalog.Side, topic string) ([]types.Column, error) {
	if !s.read {
		records, err := s.engine.newest(ctx, topic)
		if err != nil {
			return nil, err
		}
		s.records, s.read = records, true
	}
	sample := s.engine.formats.NewSample(f, side)
	for _, r := range s.records {
		if side == catalog.KeySide {
			sample.Observe(r.Key)
		} else {
			sample.Observe(r.Value)
		}
	}
	if side == catalog.KeySide {
		s.key = sample.Infer()
		return s.key.Columns, nil
	}
	if s.value = sample.Infer(); len(s.value.Columns) == 0 {
		return nil, s.nothing(ctx, topic)
	}
	return s.value.Columns, nil
}

// nothing says why the values of a topic give no columns.
func (s *topicSamples) nothing(ctx context.Context, topic string) catalog.NoColumnsError {
	reason := ""
	switch {
	case len(s.records) == 0:
		reason = "Topic " + topic + " is empty, so there is nothing to infer them from."
	case s.value.Records == 0:
		reason = "The newest records of topic " + topic + " have no values, so there is nothing to infer them from."
	case s.value.Unfit == 0:
		reason = "The JSON values of topic " + topic + " have no members that could be columns."
	default:
		if id, ok := serde.CommonSchema(s.values()); ok {
			return s.registered(ctx, topic, id)
		}
		reason = "The values of topic " + topic + " are no JSON objects, from which columns could be inferred. " + s.guessed()
	}
	return catalog.NoColumnsError(reason + "\nList them: CREATE STREAM s (id INT, …) WITH (KAFKA_TOPIC = " + ast.QuoteString(topic) + ", …);")
}

// values are those of the records.
func (s *topicSamples) values() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, r := range s.records {
			if !yield(r.Value) {
				return
			}
		}
	}
}

// guessed says which format values have that are no JSON objects.
func (s *topicSamples) guessed() string {
	guess := s.engine.formats.NewGuess(catalog.ValueSide)
	for value := range s.values() {
		guess.Observe(value)
	}
	if !guess.Fits() {
		return "Their format cannot be told from their bytes."
	}
	return "Value format: " + guess.Formats()
}

// registered says how to come by the columns of values that name a schema.
func (s *topicSamples) registered(ctx context.Context, topic string, id int) catalog.NoColumnsError {
	values := fmt.Sprintf("The values of topic %s were written with schema %d of a schema registry", topic, id)
	switch format, err := s.engine.formats.OfSchema(ctx, id); {
	case errors.Is(err, serde.ErrNoRegistry):
		return catalog.NoColumnsError(values + ", and none is set.\nSet schema.registry.url, for instance in the file that --config-file names.")
	case errors.Is(err, registry.ErrNotFound):
		return catalog.NoColumnsError(values + ", and the one of schema.registry.url does not have it.")
	case err != nil:
		return catalog.NoColumnsError(values + ": " + err.Error())
	default:
		return catalog.NoColumnsError(fmt.Sprintf("%s, which has no subject %s-value.\nName the schema: CREATE STREAM s WITH (KAFKA_TOPIC = %s, VALUE_FORMAT = '%s', VALUE_SCHEMA_ID = %d);",
			values, topic, ast.QuoteString(topic), cmp.Or(format, "AVRO"), id))
	}
}

// inference is what the completed statement has got from the records, nil for nothing.
func (s *topicSamples) inference(p *planner.Planner, n *ast.CreateSource) (*Inference, error) {
	if len(s.value.Columns) == 0 {
		return nil, nil
	}
	creation, err := p.Create(n)
	if err != nil {
		return nil, err
	}
	found := &Inference{
		Statement: ast.Format(p.Recreate(creation.Source, []ast.Statement{n}, 0)[0]) + ";",
		Records:   len(s.records), Unfit: s.value.Unfit,
	}
	if slices.ContainsFunc(creation.Source.Schema.Key, func(c types.Column) bool { return len(s.key.Columns) == 1 && c == s.key.Columns[0] }) {
		s.key.Fields[0].Note = "key"
		found.Fields = newInferredFields(s.key, found.Records)
	}
	found.Fields = append(found.Fields, newInferredFields(s.value, found.Records)...)
	if len(s.key.Columns) == 1 && len(creation.Source.Schema.Key) == 0 {
		s.key.Fields[0].Type, s.key.Fields[0].Note = nil, "the key, left out: a member has its name"
		found.Fields = append(newInferredFields(s.key, found.Records), found.Fields...)
	}
	found.Example = quotedExample(creation.Source)
	return found, nil
}

// quotedExample is a query that names the first column which has to be written in back-quotes,
// empty if none has to.
func quotedExample(s *catalog.Source) string {
	for _, c := range s.Schema.Value {
		if written := (ast.Name{Text: c.Name}).SQL(); written != c.Name {
			return "SELECT " + written + " FROM " + ast.Name{Text: s.Name}.SQL() + " EMIT CHANGES;"
		}
	}
	return ""
}

// newest returns the newest records of all partitions of a topic, by partition and offset. It
// reads a little of each first, and more where there turns out to be less than that in
// it: offsets may be of records that were compacted away, or aborted. What it has when its time
// or memory is up, if it has anything, is enough.
func (e *Engine) newest(ctx context.Context, topic string) ([]broker.Message, error) {
	whole, err := broker.ExtentOf(ctx, e.options.Cluster, topic)
	if errors.Is(err, broker.ErrUnknownTopic) {
		return nil, catalog.NoColumnsError(e.unknownTopic(ctx, topic))
	}
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, sampleTime)
	defer cancel()
	partitions := max(len(whole.Ends), 1)
	for span := int64(max(sampleRecords/partitions, 1)); ; span *= 10 {
		s, part := &sampling{}, whole.Last(span)
		err := part.Read(limited, e.options.Cluster, s.take)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil && limited.Err() == nil:
			return nil, err
		case limited.Err() != nil && len(s.records) == 0:
			return nil, catalog.NoColumnsError(fmt.Sprintf("No record of topic %s came within %s to infer them from.", topic, sampleTime))
		case slices.Equal(part.Starts, whole.Starts), len(s.records) >= sampleRecords/10, limited.Err() != nil, s.full():
			return s.sorted(), nil
		}
	}
}

// unknownTopic says that a topic is not there, and which may be meant.
func (e *Engine) unknownTopic(ctx context.Context, topic string) string {
	text := "Kafka topic does not exist: " + topic
	if near := e.similarTopics(ctx, topic); len(near) > 0 {
		text += "\nDid you mean '" + near[0] + "'?"
	}
	return text
}

// sampling is one pass over the ends of partitions.
type sampling struct {
	records []broker.Message
	bytes   int
}

func (s *sampling) full() bool { return s.bytes >= sampleBytes }

// take keeps the records of a chunk, as far as there is memory for them.
func (s *sampling) take(f broker.Fetch) (more bool) {
	for _, m := range f.Messages {
		if s.full() {
			break
		}
		m.Partition = f.Partition
		s.records = append(s.records, m)
		s.bytes += len(m.Key) + len(m.Value)
	}
	return !s.full()
}

func (s *sampling) sorted() []broker.Message {
	slices.SortFunc(s.records, func(a, b broker.Message) int {
		return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Offset, b.Offset))
	})
	return s.records
}
