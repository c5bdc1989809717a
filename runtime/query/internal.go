package query

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// This file holds the topics that a persistent query makes for itself: those through
// which its stages send records to each other, and the changelogs of its stores.
// All their names begin with that of its consumer group.

// internalPrefix is what the names of a query's own topics begin with.
func internalPrefix(group string) string { return group + "-" }

// internalTopic is the topic on the cluster that a repartition goes through.
func internalTopic(group, name string) string { return internalPrefix(group) + name }

// changelogTopic is the topic of a store's changes.
func changelogTopic(group, store string) string { return internalPrefix(group) + store + "-changelog" }

// logical is the name that a topic on the cluster has in the plan.
func logical(group, topic string) string { return strings.TrimPrefix(topic, internalPrefix(group)) }

// IsInternal reports whether a topic is one of those that a query makes for itself.
func IsInternal(group, topic string) bool {
	return strings.HasPrefix(topic, internalPrefix(group)) &&
		(strings.HasSuffix(topic, "-changelog") || strings.HasSuffix(topic, "-repartition"))
}

// ensure makes the internal topics of a query over those topics that are not there yet. It refuses those that do
// not go with the query, and to begin with an empty changelog where something was
// remembered before.
func (q *Persistent) ensure(ctx context.Context, sources []string) error {
	partitions, err := q.partitions(ctx, sources)
	if err != nil {
		return err
	}
	for _, topic := range q.internalTopics(partitions) {
		found, err := q.options.Cluster.Topics(ctx, topic.Name)
		switch {
		case err == nil && len(found[0].Partitions) == int(topic.Partitions):
			continue
		case err == nil:
			return fmt.Errorf("the internal topic %s has %d partitions, but the query needs %d, as many as its sources have: %w",
				topic.Name, len(found[0].Partitions), topic.Partitions, ErrState)
		case !errors.Is(err, broker.ErrUnknownTopic):
			return err
		}
		if err := q.checkNew(ctx, topic.Name); err != nil {
			return err
		}
		topic.Replicas = q.options.Replicas
		if err := q.options.Cluster.CreateTopic(ctx, topic); err != nil && !errors.Is(err, broker.ErrTopicExists) {
			return err
		}
	}
	return nil
}

// internalTopics are the topics that the query has for itself, given how many partitions
// those of its sources have. The store of a windowed aggregation deletes what is over by
// itself, so that compaction keeps its changelog small too; records of repartitions are
// deleted once they are read.
func (q *Persistent) internalTopics(partitions map[string]int32) []broker.NewTopic {
	var topics []broker.NewTopic
	add := func(name, policy string, n int32) {
		configs := map[string]string{"cleanup.policy": policy, "retention.ms": "-1"}
		topics = append(topics, broker.NewTopic{Name: name, Partitions: n, Configs: configs})
	}
	spread := q.topology.Spread(func(topic string) int32 { return partitions[topic] })
	for _, topic := range slices.Sorted(maps.Keys(spread)) {
		add(internalTopic(q.options.Group, topic), "delete", spread[topic])
	}
	for _, s := range q.topology.stages {
		for _, store := range s.stores {
			add(changelogTopic(q.options.Group, store.name), "compact", s.partitions(spread, partitions))
		}
	}
	return topics
}

// checkNew refuses to make a changelog for a query that has committed something: what
// it remembered then is gone. A filter is another matter, as a query may get one
// when it is replaced, and what it remembers are only rows that need no deletion.
func (q *Persistent) checkNew(ctx context.Context, topic string) error {
	if !strings.HasSuffix(topic, "-changelog") || strings.HasPrefix(topic, internalPrefix(q.options.Group)+passedPrefix) {
		return nil
	}
	groups, err := q.options.Cluster.Groups(ctx, q.options.Group)
	if errors.Is(err, broker.ErrUnknownGroup) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, p := range groups[0].Partitions {
		if p.Metadata == processed {
			return fmt.Errorf("the changelog %s is gone: %w", topic, ErrState)
		}
	}
	return nil
}

// processed is committed along with the positions up to which records were processed,
// unlike those where a query is to begin.
const processed = "processed"

// partitions is how many each topic of a source has.
func (q *Persistent) partitions(ctx context.Context, sources []string) (map[string]int32, error) {
	topics, err := q.options.Cluster.Topics(ctx, sources...)
	if err != nil {
		return nil, err
	}
	partitions := map[string]int32{}
	for _, t := range topics {
		partitions[t.Name] = int32(len(t.Partitions))
	}
	return partitions, nil
}

// purging is how often what the stages have sent each other is deleted once it is read.
const purging = 30 * time.Second

// purge deletes the records of repartitions that the query has read and committed.
// The last one stays, so that a partition knows its end whatever happens to its
// broker. It tries: who may not delete records has topics that grow.
func (w *worker) purge(ctx context.Context, committed []broker.Position) {
	now := w.query.runtime.Now()
	if now.Sub(w.purged) < purging {
		return
	}
	var read []broker.Position
	for _, p := range committed {
		if p.Offset--; p.Offset > 0 && strings.HasSuffix(p.Topic, "-repartition") && IsInternal(w.query.options.Group, p.Topic) {
			read = append(read, p)
		}
	}
	if len(read) > 0 {
		w.purged = now
		_ = w.query.options.Cluster.DeleteRecords(ctx, read)
	}
}

// repartitions are the topics through which the stages send records to each other.
func (q *Persistent) repartitions() []string {
	var topics []string
	for _, e := range q.topology.edges() {
		topics = append(topics, internalTopic(q.options.Group, e.topic))
	}
	return topics
}

// station is a task of a persistent query and what it needs: its place, and stores
// whose changes are logged.
type station struct {
	worker    *worker
	partition int32
	task      *Task
	stores    map[string]*state.Logged
}

var _ Surroundings = (*station)(nil)

// Emit implements [Surroundings].
func (s *station) Emit(m broker.Message) error {
	into := s.worker.query.plan.Root.Into
	if n := s.worker.sinkPartitions; n > 0 && len(m.Key) >= op.WindowBytes(into.Window.Type) {
		// As in Kafka Streams, all windows of a key are in one partition.
		m.Partition = broker.PartitionOf(m.Key[:len(m.Key)-op.WindowBytes(into.Window.Type)], n)
	}
	s.worker.emit(into.Topic, m)
	return nil
}

// Letter implements [Surroundings].
func (s *station) Letter(m broker.Message) error {
	s.worker.emit(s.worker.query.options.DeadLetters, m)
	return nil
}

// Forward implements [Surroundings].
func (s *station) Forward(topic string, m broker.Message) error {
	s.worker.emit(internalTopic(s.worker.query.options.Group, topic), m)
	return nil
}

// Beyond implements [Surroundings]: the other task may be anywhere.
func (*station) Beyond(string) op.Input { return nil }

// Hand implements [Surroundings].
func (*station) Hand(string) (func(data.Record), int32) { return nil, 0 }

// Store implements [Surroundings].
func (s *station) Store(name string, _ state.Order) (state.Store, error) { return s.stores[name], nil }

// Pause implements [Surroundings].
func (s *station) Pause() error { return s.worker.pause() }

// Caches implements [Surroundings].
func (s *station) Caches() *op.Budget { return s.worker.caches }

// Measures implements [Surroundings].
func (s *station) Measures() *Measures { return s.worker.query.measures }

// close gives back what the stores take.
func (s *station) close() {
	for _, store := range s.stores {
		_ = store.Close() // nobody can do anything about it
	}
}

// log hands the changes of the stores to the producer, some at a time. What a store
// hands out may change before it is written, so it is copied.
func (s *station) log(ctx context.Context) error {
	for name, store := range s.stores {
		topic := changelogTopic(s.worker.query.options.Group, name)
		now := s.worker.query.runtime.Now().UnixMilli()
		err := store.Changes(func(key, value []byte) error {
			m := broker.Message{Partition: s.partition, Time: now, Key: append([]byte{}, key...)}
			if value != nil {
				m.Value = append([]byte{}, value...)
			}
			s.worker.emit(topic, m)
			s.worker.changes++
			if len(s.worker.results) < messagesPerStep {
				return nil
			}
			return s.worker.write(ctx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
