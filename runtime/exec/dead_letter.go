package exec

import (
	"context"
	"errors"
	"fmt"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// provideDeadLetters sees to it that the topic is there to which a query writes what
// it cannot decode, if the properties name one. A new one has one partition, in which
// the records stay in order. A topic of the query itself is refused: what it could not
// decode it would find there again, for ever.
func (s *Session) provideDeadLetters(ctx context.Context, st Statement, q *persistent) error {
	topic := q.properties.String(config.DeadLetterTopic)
	if topic == "" {
		return nil
	}
	refuse := func(reason string) error {
		return source.Errorf(st.Statement.Place(), "Dead letters cannot go to the topic '%s': %s", topic, reason).
			WithDetail("It is what %s names.", config.DeadLetterTopic)
	}
	e := s.engine
	for _, name := range q.plan.Sources {
		if from, ok := e.Catalog().Source(name); ok && from.Topic == topic {
			return refuse("the query reads it.")
		}
	}
	switch {
	case q.plan.Root.Into.Topic == topic:
		return refuse("the query writes its results to it.")
	case s.properties.Matches(config.ReadOnlyTopics, topic), s.properties.Matches(config.HiddenTopics, topic):
		return refuse("it is a reserved read-only topic.")
	}
	_, err := e.options.Cluster.Topics(ctx, topic)
	if errors.Is(err, broker.ErrUnknownTopic) {
		err = e.options.Cluster.CreateTopic(ctx, broker.NewTopic{
			Name: topic, Partitions: 1, Configs: map[string]string{"cleanup.policy": "delete"},
		})
	}
	if err == nil || errors.Is(err, broker.ErrTopicExists) {
		return nil
	}
	return fmt.Errorf("making the topic of dead letters, which %s names: %w", config.DeadLetterTopic, err)
}
