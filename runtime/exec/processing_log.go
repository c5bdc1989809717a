package exec

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// processingLog is the processing log on the cluster: a topic, to which the events
// of all queries go but of those that read it themselves, and so would never come
// to an end. A nil processingLog is none.
type processingLog struct {
	engine  *Engine
	topic   *proclog.Topic
	include bool // the data of records
	readers atomic.Pointer[logReaders]
}

var _ proclog.Log = (*processingLog)(nil)

// openProcessingLog begins to write the processing log, if the properties ask for
// one. The stream over it is declared by a statement in the engine's log, as queries
// over it have to be there again after a restart, whatever the properties say then.
func (e *Engine) openProcessingLog(ctx context.Context) error {
	p := e.options.Properties
	name := p.String(config.LogTopicName)
	if name == "" {
		if !p.Bool(config.LogTopicCreate) && !p.Bool(config.LogStreamCreate) {
			return nil
		}
		name = p.String(config.ServiceID) + "ksql_processing_log"
	}
	if err := e.provideLogTopic(ctx, name); err != nil {
		return err
	}
	told := e.options.Events
	e.log = &processingLog{
		engine: e, topic: proclog.NewTopic(e.options.Cluster, name, told, e.options.Clock), include: p.Bool(config.LogRows),
	}
	e.events = proclog.Tee(&e.counters, told, e.log)
	if !p.Bool(config.LogStreamCreate) {
		return nil
	}
	return e.declareLogStream(ctx, p.String(config.LogStreamName), name)
}

// provideLogTopic sees to it that the topic is there.
func (e *Engine) provideLogTopic(ctx context.Context, name string) error {
	p := e.options.Properties
	_, err := e.options.Cluster.Topics(ctx, name)
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, broker.ErrUnknownTopic):
		return fmt.Errorf("processing log: %w", err)
	case !p.Bool(config.LogTopicCreate):
		return fmt.Errorf("the topic of the processing log does not exist: %s. Set %s to have it made", name, config.LogTopicCreate)
	}
	err = e.options.Cluster.CreateTopic(ctx, broker.NewTopic{
		Name: name, Partitions: int32(p.Int(config.LogTopicPartitions)), Replicas: int16(p.Int(config.LogTopicReplicas)),
	})
	if err != nil && !errors.Is(err, broker.ErrTopicExists) {
		return fmt.Errorf("creating the topic of the processing log, %s: %w", name, err)
	}
	return nil
}

// declareLogStream declares the stream, unless there is something of its name.
func (e *Engine) declareLogStream(ctx context.Context, name, topic string) error {
	if _, exists := e.Catalog().Source(name); exists {
		return nil
	}
	script := fmt.Sprintf("CREATE STREAM %s (%s) WITH (KAFKA_TOPIC=%s, KEY_FORMAT='NONE', VALUE_FORMAT='JSON');",
		ast.Quote(name), proclog.Columns, ast.QuoteString(topic))
	for _, err := range e.NewSession().Script(ctx, script) {
		if err != nil {
			return fmt.Errorf("declaring the stream of the processing log: %w", err)
		}
	}
	return nil
}

// Report writes the event, unless what it is about has come from the log.
func (l *processingLog) Report(event proclog.Event) {
	if !l.feeds(event) {
		l.topic.Report(event)
	}
}

// rows reports whether the log is to hold the data of records.
func (l *processingLog) rows() bool { return l != nil && l.include }

// writes reports whether the log is written to a topic.
func (l *processingLog) writes(topic string) bool { return l != nil && l.topic.Name() == topic }

func (l *processingLog) close() {
	if l != nil {
		l.topic.Close()
	}
}

// logReaders are the topics that hold records of the log, or what was made of them,
// and the persistent queries that read such a topic.
type logReaders struct {
	of              *state
	topics, queries map[string]bool
}

// feeds reports whether the log feeds the query that an event is of.
func (l *processingLog) feeds(event proclog.Event) bool {
	now := l.engine.now()
	r := l.readers.Load()
	if r == nil || r.of != now {
		r = now.readersOf(l.topic.Name())
		l.readers.Store(r)
	}
	return r.topics[event.Topic] || r.queries[event.Query()]
}

// readersOf follows the records of a topic through all persistent queries.
func (s *state) readersOf(topic string) *logReaders {
	r := &logReaders{of: s, topics: map[string]bool{topic: true}, queries: map[string]bool{}}
	for known := 0; known < len(r.topics)+len(r.queries); {
		known = len(r.topics) + len(r.queries)
		for _, q := range s.queries {
			for _, name := range q.plan.Sources {
				if source, ok := s.catalog.Source(name); ok && r.topics[source.Topic] {
					r.queries[q.id], r.topics[q.plan.Root.Into.Topic] = true, true
				}
			}
		}
	}
	return r
}
