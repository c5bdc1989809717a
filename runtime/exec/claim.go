package exec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// This file keeps our queries apart from those of others on the same Kafka. What
// a ksqlDB server owns is known by its command topic, and by the names that
// Kafka Streams gives to the members of a group.

// group is the consumer group of a query, and its transactional id. Those of an
// ephemeral engine are its own: the service's may have queries of the same ids.
func (e *Engine) group(id string) string {
	p := e.options.Properties
	if e.options.Ephemeral {
		return service(p) + p.String(config.TransientPrefix) + id + "_" + e.name
	}
	return service(p) + p.String(config.PersistentPrefix) + id
}

// holders is the consumer group whose only partition belongs to the process that
// holds the service id.
func (e *Engine) holders() string { return service(e.options.Properties) + "holder" }

// ErrForeign says that what a query needs belongs to a ksqlDB server, or to
// another process.
var ErrForeign = errors.New("belongs to somebody else")

// checkService refuses a service id that a ksqlDB server uses.
func checkService(ctx context.Context, c broker.Cluster, p config.Properties) error {
	topic := serverTopic(p)
	_, err := c.Topics(ctx, topic)
	switch {
	case errors.Is(err, broker.ErrUnknownTopic):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("the service id %s %w: the topic %s is that of a ksqlDB server. Set another one with %s",
		p.String(config.ServiceID), ErrForeign, topic, config.ServiceID)
}

// claim makes the group of a query that is new begin where the query begins: what
// an earlier query of the same id has left is deleted. A query that reads only
// what comes from now on begins at the ends that its topic has at this moment, so
// that nothing that is written after its statement is missed; one that starts at a time, at
// the records of then. In headless mode no
// query is new whose group is there.
func (e *Engine) claim(ctx context.Context, q *persistent) error {
	if err := checkService(ctx, e.options.Cluster, e.options.Properties); err != nil {
		return err
	}
	group := e.group(q.id)
	if e.options.Headless {
		found, err := e.options.Cluster.Groups(ctx, group)
		if err == nil && slices.ContainsFunc(found[0].Members, streams) {
			return foreignGroup(group)
		}
		if !errors.Is(err, broker.ErrUnknownGroup) {
			return err
		}
	}
	if err := e.awaitGroup(ctx, group); err != nil {
		return err
	}
	if err := e.deleteOwn(ctx, q.id); err != nil {
		return err
	}
	at, ok := e.beginning(q.properties, q.leftmost().Source.Kind).offset()
	if !ok {
		return nil
	}
	var positions []broker.Position
	for _, s := range sources(q.plan.Root) {
		if s.Kind == catalog.Table && len(q.plan.Sources) > 1 {
			continue // a table that is joined is read from its beginning
		}
		found, err := e.positions(ctx, s, at)
		if err != nil {
			return err
		}
		positions = append(positions, found...)
	}
	if len(positions) == 0 {
		return nil
	}
	return e.options.Cluster.ResetGroup(ctx, group, positions)
}

// awaitGroup is checkGroup, once a process that ran a query of that name has had the time
// to learn that it was ended.
func (e *Engine) awaitGroup(ctx context.Context, group string) error {
	waiting, cancel := context.WithTimeout(ctx, leaving)
	defer cancel()
	for {
		err := e.checkGroup(ctx, group)
		if _, shared := e.shared(); !shared || !errors.Is(err, ErrForeign) {
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-waiting.Done():
			return err
		}
	}
}

// positions looks up an offset of each partition of a source's topics.
func (e *Engine) positions(ctx context.Context, s *catalog.Source, at broker.OffsetQuery) ([]broker.Position, error) {
	topics, err := e.topicsOf(ctx, s)
	if err != nil {
		return nil, err
	}
	var positions []broker.Position
	for _, topic := range topics {
		offsets, err := e.options.Cluster.Offsets(ctx, topic, at)
		if err != nil {
			return nil, err
		}
		for i, offset := range offsets {
			of := broker.TopicPartition{Topic: topic, Partition: int32(i)}
			positions = append(positions, broker.Position{TopicPartition: of, Offset: offset})
		}
	}
	return positions, nil
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
		return foreignGroup(group)
	}
	return fmt.Errorf("the consumer group %s %w: a process on %s reads in it, or did so until it was killed a moment ago",
		group, ErrForeign, strings.TrimPrefix(found[0].Members[0].Host, "/"))
}

func foreignGroup(group string) error {
	return fmt.Errorf("the consumer group %s %w: a ksqlDB server reads in it. Set another service id with %s",
		group, ErrForeign, config.ServiceID)
}

// streams reports whether a member of a group is a thread of Kafka Streams, and so
// perhaps of a ksqlDB server: <application>-<process>-StreamThread-<n>-consumer.
func streams(m broker.GroupMember) bool { return strings.Contains(m.ClientID, "-StreamThread-") }

// deleteOwn deletes what a query that does not run has kept on the cluster: its group
// and its own topics, as far as they are there.
func (e *Engine) deleteOwn(ctx context.Context, id string) error {
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
