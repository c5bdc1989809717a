package exec

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// ErrAssertion says that an ASSERT statement has found something else. It is
// wrapped by an error that says what.
var ErrAssertion = errors.New("assertion failed")

// assertInterval is how long a failed assertion waits before it asks the cluster
// again.
const assertInterval = 100 * time.Millisecond

// assertTopic is ASSERT [NOT EXISTS] TOPIC.
func (s *Session) assertTopic(ctx context.Context, n *ast.AssertTopic) (Entity, error) {
	with, err := config.Read(n.With, config.AssertTopic, n.Span)
	if err != nil {
		return nil, err
	}
	timeout := s.properties.Duration(config.AssertTopicTimeout)
	if n.Timeout != nil {
		if timeout, err = length(n.Timeout); err != nil {
			return nil, err
		}
	}
	reason, err := eventually(ctx, timeout, func() (string, error) { return s.topicFault(ctx, n, with) })
	if err != nil {
		return nil, err
	}
	if reason != "" {
		return nil, unlikeAsserted(n.Topic.Span, reason)
	}
	return newTopicAssertion(n.Topic.Text, !n.NotExists), nil
}

// unlikeAsserted is an assertion at a place that has failed for a reason.
func unlikeAsserted(place source.Span, reason string) error {
	return source.Errorf(place, "%s: %s", ErrAssertion, reason).WithCause(ErrAssertion)
}

// length returns how long a duration is.
func length(d *ast.Duration) (time.Duration, error) {
	ms, ok := d.Millis()
	if !ok || ms < 0 || ms > int64(1<<63-1)/int64(time.Millisecond) {
		return 0, source.Errorf(d.Span, "The timeout is out of range")
	}
	return time.Duration(ms) * time.Millisecond, nil
}

// eventually calls check until it has no fault to tell, or the timeout has
// passed; it returns the last fault.
func eventually(ctx context.Context, timeout time.Duration, check func() (string, error)) (string, error) {
	end := time.NewTimer(timeout)
	defer end.Stop()
	again := time.NewTicker(assertInterval)
	defer again.Stop()
	for {
		fault, err := check()
		if fault == "" || err != nil {
			return fault, err
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-end.C:
			return fault, nil
		case <-again.C:
		}
	}
}

// topicFault says in what the topic is not as asserted.
func (s *Session) topicFault(ctx context.Context, n *ast.AssertTopic, with *config.SourceProperties) (string, error) {
	topics, err := s.engine.options.Cluster.Topics(ctx, n.Topic.Text)
	missing := errors.Is(err, broker.ErrUnknownTopic)
	switch {
	case err != nil && !missing:
		return "", err
	case missing && n.NotExists:
		return "", nil
	case missing:
		return "Topic " + n.Topic.Text + " does not exist", nil
	case n.NotExists:
		return "Topic " + n.Topic.Text + " exists", nil
	}
	partitions, replication := shape(topics[0])
	if with.Partitions.Set && with.Partitions.Value != partitions {
		return mismatch(n, "partitions", int(with.Partitions.Value), int(partitions)), nil
	}
	if with.Replicas.Set && with.Replicas.Value != replication {
		return mismatch(n, "replicas", int(with.Replicas.Value), int(replication)), nil
	}
	return "", nil
}

// mismatch says that a topic is there but is not like this.
func mismatch(n *ast.AssertTopic, name string, wanted, got int) string {
	return fmt.Sprintf("Mismatched configuration for topic %s: For config %s, expected %d got %d", n.Topic.Text, name, wanted, got)
}
