package exec

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// declared is where a statement says what its topic is like.
type declared struct {
	with  *ast.Properties // nil where the statement has no WITH
	place source.Span
	// retention is how long the results of the statement's windows can be asked for; 0
	// if it has none.
	retention time.Duration
}

// declaredBy returns that of a statement that creates a source.
func declaredBy(n ast.Statement) declared {
	if create, ok := n.(*ast.CreateSource); ok {
		return declared{with: create.With, place: create.Span}
	}
	create := n.(*ast.CreateSourceAs)
	return declared{with: create.With, place: create.Span}
}

// declaredFor returns that of a statement that creates a source with a query.
func declaredFor(n ast.Statement, p *plan.Persistent) declared {
	d := declaredBy(n)
	if a := find[*plan.Aggregate](p.Root); a != nil && a.Window != nil {
		d.retention = a.Window.Retention
	}
	return d
}

// provideTopic sees to it that the topic of a source is there, and reports whether
// it has made it. A topic that exists is checked against what the statement says.
// One that does not is made as the statement says and, for the rest, like the topic
// like; if that is empty, the statement has to say how.
func (s *Session) provideTopic(ctx context.Context, d declared, c *plan.Creation, like string) (made bool, err error) {
	if p, ok := d.with.Get("RETENTION_MS"); ok && c.Source.Kind == catalog.Table && !c.Source.Windowed() {
		return false, source.Errorf(p.Span, "Invalid config variable in the WITH clause: RETENTION_MS."+
			" Non-windowed tables do not support retention.")
	}
	e := s.engine
	found, err := e.options.Cluster.Topics(ctx, c.Source.Topic)
	switch {
	case err == nil:
		return false, e.checkTopic(ctx, d, c, found[0])
	case !errors.Is(err, broker.ErrUnknownTopic):
		return false, err
	case like != "":
		if c, err = s.inherit(ctx, c, like); err != nil {
			return false, err
		}
	case c.Partitions == 0:
		return false, e.noTopic(ctx, d, c.Source.Topic)
	}
	// Somebody else may have made the topic in the meantime, which is as good.
	err = e.options.Cluster.CreateTopic(ctx, newTopic(c, d.retention))
	if errors.Is(err, broker.ErrTopicExists) {
		return false, nil
	}
	if p, ok := d.with.Get("PARTITIONS"); ok && errors.Is(err, broker.ErrPartitions) {
		return false, source.Errorf(p.Span, "Invalid value %d for configuration PARTITIONS: %v", c.Partitions, err)
	}
	if err != nil {
		return false, fmt.Errorf("creating topic %s: %w", c.Source.Topic, err)
	}
	return true, nil
}

// inherit takes from a topic what the statement does not say of a new one.
func (s *Session) inherit(ctx context.Context, c *plan.Creation, like string) (*plan.Creation, error) {
	cluster := s.engine.options.Cluster
	found, err := cluster.Topics(ctx, like)
	if err != nil {
		return nil, err
	}
	partitions, replicas := shape(found[0])
	inherited := *c
	inherited.Partitions = cmp.Or(c.Partitions, partitions)
	if c.Replicas == 0 && s.properties.Bool(config.InheritReplicas) {
		inherited.Replicas = replicas
	}
	if c.RetentionMS == 0 && (c.Source.Kind == catalog.Stream || c.Source.Windowed()) {
		inherited.RetentionMS, err = s.engine.retention(ctx, like)
	}
	return &inherited, err
}

// undoing is how long the cluster may take to undo what a statement has done that
// failed in the end.
const undoing = 10 * time.Second

// undone reports whether what a statement has done is to be undone after err. One
// that was overtaken is tried again, and others may use the topic by now.
func undone(err error) bool { return err != nil && !errors.Is(err, ErrOvertaken) }

// undoTopic deletes a topic that was made for a statement which has failed since.
// It tries: the failure is what the user is told.
func (e *Engine) undoTopic(ctx context.Context, topic string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoing)
	defer cancel()
	_ = e.options.Cluster.DeleteTopic(ctx, topic)
}

// newTopic is the topic that a source is made with. A table needs the last record
// of each key for ever, so its topic is compacted; without RETENTION_MS a stream's
// records are kept as long as the cluster keeps any. Those of windows are kept at
// least as long as the windows can be asked for.
func newTopic(c *plan.Creation, atLeast time.Duration) broker.NewTopic {
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
	retention := c.RetentionMS
	if retention >= 0 {
		retention = max(retention, atLeast.Milliseconds())
	}
	if retention != 0 {
		topic.Configs["retention.ms"] = strconv.FormatInt(retention, 10)
	}
	return topic
}

// checkTopic refuses a topic that is not as the statement says. What it does not
// say may be anything.
func (e *Engine) checkTopic(ctx context.Context, d declared, c *plan.Creation, t broker.Topic) error {
	partitions, replication := shape(t)
	retention := int64(0)
	if c.RetentionMS != 0 {
		var err error
		if retention, err = e.retention(ctx, t.Name); err != nil {
			return err
		}
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
	return source.Errorf(d.topic(), "%s", message)
}

// shape returns the number of partitions and of replicas of the first one.
func shape(t broker.Topic) (partitions int32, replication int16) {
	if len(t.Partitions) > 0 {
		replication = int16(len(t.Partitions[0].Replicas))
	}
	return int32(len(t.Partitions)), replication
}

// retention returns how long a topic keeps its records, in milliseconds; negative
// for ever.
func (e *Engine) retention(ctx context.Context, topic string) (int64, error) {
	configs, err := e.options.Cluster.TopicConfigs(ctx, topic)
	if err != nil {
		return 0, fmt.Errorf("reading the settings of topic %s: %w", topic, err)
	}
	ms, err := strconv.ParseInt(configs["retention.ms"], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading retention.ms of topic %s: %w", topic, err)
	}
	return ms, nil
}

// noTopic says that a topic is not there, which one may be meant, and how to
// have it made.
func (e *Engine) noTopic(ctx context.Context, d declared, topic string) error {
	err := source.Errorf(d.topic(), "Kafka topic does not exist: %s", topic)
	hints := []string{"Add PARTITIONS=<number> to the WITH clause to have the topic made."}
	if near := e.similarTopics(ctx, topic); len(near) > 0 {
		hints = append([]string{"Did you mean '" + near[0] + "'?"}, hints...)
	}
	return err.WithDetail("%s", strings.Join(hints, "\n"))
}

// topic is where the statement names its topic.
func (d declared) topic() source.Span {
	if p, ok := d.with.Get("KAFKA_TOPIC"); ok {
		return p.Value.Place()
	}
	return d.place
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
