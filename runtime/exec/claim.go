package exec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// This file keeps our queries apart from those of others on the same Kafka. What
// a ksqlDB server owns is known by its command topic, and by the names that
// Kafka Streams gives to the members of a group.

// group is the consumer group of a query, and its transactional id.
func (e *Engine) group(id string) string {
	return e.service() + e.options.Properties.String(config.PersistentPrefix) + id
}

// service is what all groups and topics of our service begin with.
func (e *Engine) service() string {
	return "_confluent-ksql-" + e.options.Properties.String(config.ServiceID)
}

// ErrForeign says that what a query needs belongs to a ksqlDB server, or to
// another process.
var ErrForeign = errors.New("belongs to somebody else")

// checkService refuses a service id that a ksqlDB server uses.
func (e *Engine) checkService(ctx context.Context) error {
	topic := e.service() + "_command_topic"
	_, err := e.options.Cluster.Topics(ctx, topic)
	switch {
	case errors.Is(err, broker.ErrUnknownTopic):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("the service id %s %w: the topic %s is that of a ksqlDB server. Set another one with %s",
		e.options.Properties.String(config.ServiceID), ErrForeign, topic, config.ServiceID)
}

// claim makes the group of a query that is new begin where the query begins: what
// an earlier query of the same id has left is deleted. A query that reads only
// what comes from now on begins at the ends that its topic has at this moment, so
// that nothing that is written after its statement is missed.
func (e *Engine) claim(ctx context.Context, q *persistent) error {
	if err := e.checkService(ctx); err != nil {
		return err
	}
	group := e.group(q.id)
	if err := e.checkGroup(ctx, group); err != nil {
		return err
	}
	if err := e.forget(ctx, q.id); err != nil {
		return err
	}
	if !q.latest() {
		return nil
	}
	topic := q.leftmost().Source.Topic
	ends, err := e.options.Cluster.Offsets(ctx, topic, broker.EndOffset())
	if err != nil {
		return err
	}
	positions := make([]broker.Position, len(ends))
	for i, end := range ends {
		positions[i] = broker.Position{TopicPartition: broker.TopicPartition{Topic: topic, Partition: int32(i)}, Offset: end}
	}
	return e.options.Cluster.ResetGroup(ctx, group, positions)
}

// checkGroup refuses a group that has members.
func (e *Engine) checkGroup(ctx context.Context, group string) error {
	found, err := e.options.Cluster.Groups(ctx, group)
	switch {
	case errors.Is(err, broker.ErrUnknownGroup):
		return nil
	case err != nil:
		return err
	case len(found) == 0 || len(found[0].Members) == 0:
		return nil
	case slices.ContainsFunc(found[0].Members, streams):
		return fmt.Errorf("the consumer group %s %w: a ksqlDB server reads in it. Set another service id with %s",
			group, ErrForeign, config.ServiceID)
	}
	return fmt.Errorf("the consumer group %s %w: a process on %s reads in it, or did so until it was killed a moment ago",
		group, ErrForeign, strings.TrimPrefix(found[0].Members[0].Host, "/"))
}

// streams reports whether a member of a group is a thread of Kafka Streams, and so
// perhaps of a ksqlDB server: <application>-<process>-StreamThread-<n>-consumer.
func streams(m broker.GroupMember) bool { return strings.Contains(m.ClientID, "-StreamThread-") }

// forget deletes what a query that does not run has kept on the cluster: its group
// and its own topics, as far as they are there.
func (e *Engine) forget(ctx context.Context, id string) error {
	cluster := e.options.Cluster
	if err := cluster.DeleteGroup(ctx, e.group(id)); err != nil && !errors.Is(err, broker.ErrUnknownGroup) {
		return err
	}
	if err := query.RemoveSnapshots(e.stateDir(), e.group(id)); err != nil {
		return err
	}
	topics, err := e.internalTopics(ctx, id)
	if err != nil {
		return err
	}
	for _, topic := range topics {
		if err := cluster.DeleteTopic(ctx, topic); err != nil && !errors.Is(err, broker.ErrUnknownTopic) {
			return err
		}
	}
	return nil
}

// internalTopics returns the topics that a query has made for itself. A query
// whose id goes on where this one ends has topics that look alike.
func (e *Engine) internalTopics(ctx context.Context, id string) ([]string, error) {
	all, err := e.options.Cluster.Topics(ctx)
	if err != nil {
		return nil, err
	}
	others := e.now().those(func(q *persistent) bool { return len(q.id) > len(id) && strings.HasPrefix(q.id, id) })
	var topics []string
	for _, t := range all {
		belongs := func(q *persistent) bool { return query.IsInternal(e.group(q.id), t.Name) }
		if query.IsInternal(e.group(id), t.Name) && !slices.ContainsFunc(others, belongs) {
			topics = append(topics, t.Name)
		}
	}
	return topics, nil
}
