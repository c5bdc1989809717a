package exec

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// explainRecord is EXPLAIN RECORD: what becomes of one record of a topic in a query.
func (s *Session) explainRecord(ctx context.Context, n *ast.ExplainRecord) (Entity, error) {
	root, options, err := s.traceable(ctx, n)
	if err != nil {
		return nil, err
	}
	options.FailOnFault, options.DeadLetters = false, false // a fault is an answer
	topology := query.NewTopology(s.engine.runtime(), root, options)
	if err := checkReads(topology, n.Topic); err != nil {
		return nil, err
	}
	message, err := s.engine.recordAt(ctx, n)
	if err != nil {
		return nil, err
	}
	trace, err := topology.Trace(ctx, s.engine.options.Cluster, n.Topic.Text, message)
	if err != nil {
		return nil, err
	}
	return newRecordTrace(n, root, trace), nil
}

// checkReads refuses a topic that a query does not read.
func checkReads(topology *query.Topology, topic ast.Topic) error {
	topics := topology.Topics()
	if pattern := topology.Pattern(); pattern != "" {
		topics = []string{string(pattern)}
		matches, err := pattern.Compile()
		if err != nil || matches(topic.Text) {
			return err
		}
	}
	if slices.Contains(topics, topic.Text) {
		return nil
	}
	return source.Errorf(topic.Span, "The query does not read the topic '%s'. It reads: %s.", topic.Text, strings.Join(topics, ", "))
}

// traceable returns the plan of what a statement names and how it runs.
func (s *Session) traceable(ctx context.Context, n *ast.ExplainRecord) (plan.Step, query.Options, error) {
	e := s.engine
	switch statement := n.Statement.(type) {
	case nil:
		if r := e.queries.find(n.Query); r != nil {
			return r.plan.Root, s.queryOptions(r.ID()), nil
		}
		if q := e.now().find(n.Query); q != nil {
			return q.plan.Root, e.queryOptions(q).Options, nil
		}
		return nil, query.Options{}, e.now().noQuery(n.Query)
	case *ast.Query:
		p, err := s.planQuery(ctx, statement)
		if err != nil {
			return nil, query.Options{}, err
		}
		return p.Root, s.queryOptions(s.queryID(p.Sources)), nil
	case *ast.CreateSourceAs, *ast.InsertQuery:
		p, err := planPersistent(s.planner(), statement)
		if err != nil {
			return nil, query.Options{}, err
		}
		return p.Root, s.queryOptions(s.queryID(p.Sources)), nil
	default:
		return nil, query.Options{}, refused(n.Statement, "The provided statement does not run a ksql query")
	}
}

// recordAt reads a record.
func (e *Engine) recordAt(ctx context.Context, n *ast.ExplainRecord) (broker.Message, error) {
	topic, partition, offset := n.Topic.Text, n.Partition.Value, n.Offset.Value
	none := func(text string, args ...any) (broker.Message, error) {
		return broker.Message{}, source.Errorf(n.Topic.Span.To(n.Offset.Span), text, args...)
	}
	starts, err := e.options.Cluster.Offsets(ctx, topic, broker.EarliestOffset())
	if errors.Is(err, broker.ErrUnknownTopic) {
		return none("There is no topic '%s'.", topic)
	}
	if err != nil {
		return broker.Message{}, err
	}
	ends, err := e.options.Cluster.Offsets(ctx, topic, broker.ReadableEnd(broker.ReadCommitted))
	if err != nil {
		return broker.Message{}, err
	}
	if partition < 0 || partition >= int64(min(len(starts), len(ends))) {
		return none("The topic '%s' has no partition %d, the last one is %d.", topic, partition, len(starts)-1)
	}
	start, end := starts[partition], ends[partition]
	switch {
	case start == end:
		return none("Partition %d of '%s' has no records.", partition, topic)
	case offset < start || offset >= end:
		return none("Partition %d of '%s' has no offset %d: the first is %d, the last is %d.", partition, topic, offset, start, end-1)
	}
	found, err := e.readRecord(ctx, topic, broker.Start{Partition: int32(partition), Offset: offset})
	if err != nil {
		return broker.Message{}, err
	}
	if found == nil {
		return none("There is no record at this offset: it was compacted, belongs to an aborted transaction, or marks the end of one.")
	}
	return *found, nil
}

// readRecord reads the record at a position, nil if there is none.
func (e *Engine) readRecord(ctx context.Context, topic string, at broker.Start) (*broker.Message, error) {
	reader, err := e.options.Cluster.OpenReader(ctx, broker.ReadOptions{
		Topic: topic, Starts: []broker.Start{at}, Fixed: true, Isolation: broker.ReadCommitted,
	})
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	for {
		fetches, err := reader.Poll(ctx)
		if err != nil {
			return nil, err
		}
		for _, f := range fetches {
			if len(f.Messages) > 0 {
				if m := f.Messages[0]; m.Offset == at.Offset {
					return &m, nil
				}
				return nil, nil
			}
			if f.Next > at.Offset {
				return nil, nil
			}
		}
	}
}
