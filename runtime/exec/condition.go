package exec

import (
	"context"
	"errors"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file holds the one condition that a script can put before a statement:
//
//	--@if.topic.missing: orders
//	RUN SCRIPT 'orders.sql';
//
// runs the statement only where the topic does not exist yet. To ksqlDB the first
// line is a comment.

const ifTopicMissing = "if.topic.missing"

// Applies reports whether the directives before a statement let it be executed.
func (s *Session) Applies(ctx context.Context, directives []parser.Directive) (bool, error) {
	for _, d := range directives {
		name, topic, ok := strings.Cut(d.Text, ":")
		if !ok || strings.TrimSpace(name) != ifTopicMissing {
			continue
		}
		_, err := s.engine.options.Cluster.Topics(ctx, strings.TrimSpace(topic))
		if !errors.Is(err, broker.ErrUnknownTopic) {
			return false, err
		}
	}
	return true, nil
}
