package query

import (
	"context"
	"errors"
	"strings"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// This file holds the topics that a persistent query makes for itself: those through
// which its stages send records to each other, and the changelogs of its stores.
// All their names begin with that of its consumer group.

// InternalPrefix is what the names of a query's own topics begin with.
func InternalPrefix(group string) string { return group + "-" }

// internalTopic is the topic on the cluster that a repartition goes through.
func internalTopic(group, name string) string { return InternalPrefix(group) + name }

// changelogTopic is the topic of a store's changes.
func changelogTopic(group, store string) string { return InternalPrefix(group) + store + "-changelog" }

// logical is the name that a topic on the cluster has in the plan.
func logical(group, topic string) string { return strings.TrimPrefix(topic, InternalPrefix(group)) }

// ensure makes the internal topics that are not there yet.
func (q *Persistent) ensure(ctx context.Context) error {
	partitions, err := q.partitions(ctx)
	if err != nil {
		return err
	}
	most := int32(1)
	for _, n := range partitions {
		most = max(most, n)
	}
	for topic, n := range q.topology.Spread(func(topic string) int32 { return partitions[topic] }) {
		err := q.makeTopic(ctx, broker.NewTopic{
			Name: internalTopic(q.options.Group, topic), Partitions: n,
			Configs: map[string]string{"cleanup.policy": "delete", "retention.ms": "-1"},
		})
		if err != nil {
			return err
		}
	}
	for _, s := range q.topology.stages {
		for _, store := range s.stores {
			err := q.makeTopic(ctx, broker.NewTopic{
				Name: changelogTopic(q.options.Group, store.name), Partitions: most,
				Configs: map[string]string{"cleanup.policy": "compact", "retention.ms": "-1"},
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// partitions is how many each topic of a source has.
func (q *Persistent) partitions(ctx context.Context) (map[string]int32, error) {
	topics, err := q.options.Cluster.Topics(ctx, q.topology.Topics()...)
	if err != nil {
		return nil, err
	}
	partitions := map[string]int32{}
	for _, t := range topics {
		partitions[t.Name] = int32(len(t.Partitions))
	}
	return partitions, nil
}

func (q *Persistent) makeTopic(ctx context.Context, topic broker.NewTopic) error {
	err := q.options.Cluster.CreateTopic(ctx, topic)
	if errors.Is(err, broker.ErrTopicExists) {
		return nil
	}
	return err
}

// topics are all topics that the query's group reads.
func (q *Persistent) topics() []string {
	topics := q.topology.Topics()
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
	s.worker.emit(s.worker.query.plan.Root.Into.Topic, m)
	s.worker.query.written.Add(1)
	return nil
}

// Forward implements [Surroundings].
func (s *station) Forward(topic string, m broker.Message) error {
	s.worker.emit(internalTopic(s.worker.query.options.Group, topic), m)
	return nil
}

// Store implements [Surroundings].
func (s *station) Store(name string, _ bool) (state.Store, error) { return s.stores[name], nil }

// log hands the changes of the stores to the producer. What a store hands out may
// change before it is written, so it is copied.
func (s *station) log() error {
	for name, store := range s.stores {
		topic := changelogTopic(s.worker.query.options.Group, name)
		now := s.worker.query.runtime.Now().UnixMilli()
		err := store.Changes(func(key, value []byte) error {
			m := broker.Message{Partition: s.partition, Time: now, Key: append([]byte{}, key...)}
			if value != nil {
				m.Value = append([]byte{}, value...)
			}
			s.worker.emit(topic, m)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// storeOf is a store that a step needs.
type storeOf struct {
	name    string
	scanned bool // the order of its keys counts
}

// storesFor returns the stores of a step that remembers something.
func storesFor(step plan.Step) []storeOf {
	switch step := step.(type) {
	case *plan.Materialize:
		return []storeOf{{name: step.Name}}
	case *plan.Aggregate:
		return []storeOf{{name: step.Name, scanned: step.Window != nil}}
	case *plan.Filter:
		if remembersPassed(step) {
			return []storeOf{{name: passedStore}}
		}
	case *plan.Final:
		return []storeOf{{name: step.Name, scanned: true}}
	case *plan.JoinStreams:
		stores := []storeOf{{leftStore(step.Name), true}, {rightStore(step.Name), true}}
		if step.Within.Waits {
			stores = append(stores, storeOf{outerStore(step.Name), true})
		}
		return stores
	case *plan.JoinStreamTable:
		return []storeOf{{name: rightStore(step.Name)}}
	case *plan.JoinForeign:
		return []storeOf{{name: leftStore(step.Name)}}
	case *plan.Answer:
		return []storeOf{{name: rightStore(step.Name)}, {askedStore(step.Name), true}}
	case *plan.JoinTables:
		return []storeOf{{name: leftStore(step.Name)}, {name: rightStore(step.Name)}}
	default:
	}
	return nil
}
