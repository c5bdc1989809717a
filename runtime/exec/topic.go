package exec

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// provideTopic sees to it that the topic of a source is there: it makes it where
// the statement says how, and checks one that exists against what the statement
// says.
func (e *Engine) provideTopic(ctx context.Context, n *ast.CreateSource, c *plan.Creation) error {
	if p, ok := n.With.Get("RETENTION_MS"); ok && c.Source.Kind == catalog.Table && !c.Source.Windowed() {
		return source.Errorf(p.Span, "Invalid config variable in the WITH clause: RETENTION_MS."+
			" Non-windowed tables do not support retention.")
	}
	found, err := e.options.Cluster.Topics(ctx, c.Source.Topic)
	switch {
	case err == nil:
		return e.checkTopic(ctx, n, c, found[0])
	case !errors.Is(err, broker.ErrUnknownTopic):
		return err
	case c.Partitions == 0:
		return e.noTopic(ctx, n, c.Source.Topic)
	}
	// Somebody else may have made the topic in the meantime, which is as good.
	err = e.options.Cluster.CreateTopic(ctx, newTopic(c))
	if err != nil && !errors.Is(err, broker.ErrTopicExists) {
		return fmt.Errorf("creating topic %s: %w", c.Source.Topic, err)
	}
	return nil
}

// newTopic is the topic that a source is made with. A table needs the last record
// of each key for ever, so its topic is compacted; without RETENTION_MS a stream's
// records are kept as long as the cluster keeps any.
func newTopic(c *plan.Creation) broker.NewTopic {
	policy := "delete"
	switch {
	case c.Source.Kind == catalog.Table && c.Source.Windowed():
		policy = "compact,delete"
	case c.Source.Kind == catalog.Table:
		policy = "compact"
	}
	topic := broker.NewTopic{
		Name: c.Source.Topic, Partitions: c.Partitions, Replicas: max(c.Replicas, 0),
		Configs: map[string]string{"cleanup.policy": policy},
	}
	if c.RetentionMS != 0 {
		topic.Configs["retention.ms"] = strconv.FormatInt(c.RetentionMS, 10)
	}
	return topic
}

// checkTopic refuses a topic that is not as the statement says. What it does not
// say may be anything.
func (e *Engine) checkTopic(ctx context.Context, n *ast.CreateSource, c *plan.Creation, t broker.Topic) error {
	partitions, replication := shape(t)
	retention, err := e.retention(ctx, c)
	if err != nil {
		return err
	}
	if (c.Partitions == 0 || c.Partitions == partitions) &&
		(c.Replicas <= 0 || c.Replicas == replication) && retention == c.RetentionMS {
		return nil
	}
	wanted, wantedReplicas := c.Partitions, c.Replicas
	if wanted == 0 {
		wanted = partitions
	}
	if wantedReplicas <= 0 {
		wantedReplicas = replication
	}
	message := fmt.Sprintf("A Kafka topic with the name '%s' already exists, with different partition/replica configuration than required. "+
		"KSQL expects %d partitions (topic has %d), and %d replication factor (topic has %d).",
		t.Name, wanted, partitions, wantedReplicas, replication)
	if retention != c.RetentionMS {
		message = fmt.Sprintf("A Kafka topic with the name '%s' already exists, with different partition/replica configuration than required. "+
			"KSQL expects %d partitions (topic has %d), %d replication factor (topic has %d), and %d retention (topic has %d).",
			t.Name, wanted, partitions, wantedReplicas, replication, c.RetentionMS, retention)
	}
	return source.Errorf(topicSpan(n), "%s", message)
}

// shape returns the number of partitions and of replicas of the first one.
func shape(t broker.Topic) (partitions int32, replication int16) {
	if len(t.Partitions) > 0 {
		replication = int16(len(t.Partitions[0].Replicas))
	}
	return int32(len(t.Partitions)), replication
}

// retention returns the topic's retention in milliseconds if the statement names
// one, else 0.
func (e *Engine) retention(ctx context.Context, c *plan.Creation) (int64, error) {
	if c.RetentionMS == 0 {
		return 0, nil
	}
	configs, err := e.options.Cluster.TopicConfigs(ctx, c.Source.Topic)
	if err != nil {
		return 0, fmt.Errorf("reading the settings of topic %s: %w", c.Source.Topic, err)
	}
	ms, err := strconv.ParseInt(configs["retention.ms"], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading retention.ms of topic %s: %w", c.Source.Topic, err)
	}
	return ms, nil
}

// noTopic says that a topic is not there, which one may be meant, and how to
// have it made.
func (e *Engine) noTopic(ctx context.Context, n *ast.CreateSource, topic string) error {
	err := source.Errorf(topicSpan(n), "Kafka topic does not exist: %s", topic)
	hints := []string{"Add PARTITIONS=<number> to the WITH clause to have the topic made."}
	if near := e.similarTopics(ctx, topic); len(near) > 0 {
		hints = append([]string{"Did you mean '" + near[0] + "'?"}, hints...)
	}
	return err.WithDetail("%s", strings.Join(hints, "\n"))
}

// topicSpan is where the statement names its topic.
func topicSpan(n *ast.CreateSource) source.Span {
	if p, ok := n.With.Get("KAFKA_TOPIC"); ok {
		return p.Value.Place()
	}
	return n.Span
}

// similarTopics returns the topics that differ from a name in nothing but case,
// else the nearest one; none if the cluster does not tell.
func (e *Engine) similarTopics(ctx context.Context, name string) []string {
	topics, err := e.options.Cluster.Topics(ctx)
	if err != nil {
		return nil
	}
	var all, same []string
	for _, t := range topics {
		if t.Internal {
			continue
		}
		all = append(all, t.Name)
		if strings.EqualFold(t.Name, name) {
			same = append(same, t.Name)
		}
	}
	if len(same) == 0 {
		if near := source.Similar(name, all); near != "" {
			same = append(same, near)
		}
	}
	return same
}
