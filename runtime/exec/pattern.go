package exec

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file is about sources over all topics that match a pattern.

// topicsOf returns the topics of a source: its own, or those that match at the moment.
func (e *Engine) topicsOf(ctx context.Context, s *catalog.Source) ([]string, error) {
	if s.Pattern == "" {
		return []string{s.Topic}, nil
	}
	return broker.Matching(ctx, e.options.Cluster, s.Pattern)
}

// waits warns that a query has nothing to read yet. That the cluster does not say so
// is no fault of the query, which has its own way to tell.
func (e *Engine) waits(ctx context.Context, s *catalog.Source) []string {
	if s.Pattern == "" {
		return nil
	}
	if topics, err := e.topicsOf(ctx, s); err != nil || len(topics) > 0 {
		return nil
	}
	return []string{fmt.Sprintf("No topic matches '%s' yet: the query waits for one.", s.Pattern)}
}

// like returns the topic from which the topic of a query's result inherits: that of the
// source or, of several, the one with the most partitions; empty if there is none.
func (e *Engine) like(ctx context.Context, q *persistent) (string, error) {
	if q.plan.From != "" {
		return q.plan.From, nil
	}
	topics, err := e.topicsOf(ctx, q.leftmost().Source)
	if err != nil || len(topics) == 0 {
		return "", err
	}
	described, err := e.options.Cluster.Topics(ctx, topics...)
	if err != nil {
		return "", err
	}
	most := described[0]
	for _, t := range described {
		if len(t.Partitions) > len(most.Partitions) {
			most = t
		}
	}
	return most.Name, nil
}

// size is the topics of a source as DESCRIBE tells of them.
type size struct {
	topics                  []string
	partitions, replication int
}

// sizeOf counts the partitions of the topics that a source has. A topic that is gone
// has none.
func (e *Engine) sizeOf(ctx context.Context, s *catalog.Source) (size, error) {
	var all size
	topics, err := e.topicsOf(ctx, s)
	if err != nil || len(topics) == 0 {
		return all, err
	}
	all.topics = topics
	described, err := e.options.Cluster.Topics(ctx, topics...)
	if errors.Is(err, broker.ErrUnknownTopic) {
		return all, nil
	}
	for _, t := range described {
		partitions, replication := shape(t)
		all.partitions += int(partitions)
		all.replication = max(all.replication, int(replication))
	}
	return all, err
}

// topicText is the topic of a source, or its pattern with the topics that match.
func (d *SourceDescription) topicText() string {
	text := fmt.Sprintf("%s (partitions: %d, replication: %d)", d.Topic, d.Partitions, d.Replication)
	switch {
	case !d.pattern:
		return text
	case len(d.Topics) == 0:
		return "all that match " + d.Topic + " (none yet)"
	}
	return "all that match " + text + ": " + strings.Join(d.Topics, ", ")
}
