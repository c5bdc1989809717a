package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file is how a persistent query follows the topics of a pattern. The members of a
// group have to agree on the topics that they read, so when these change a worker
// commits, leaves, and the query begins again with what there is then.

// errTopics says that there are other topics than when the worker began. Nothing is wrong.
var errTopics = errors.New("the topics of the pattern have changed")

// errUnsettled says that a topic of the pattern could not be opened, although the cluster
// has named it a moment ago: brokers hear of topics one after the other.
var errUnsettled = errors.New("a topic of the pattern is not there")

// unsettled marks an error of opening the topics of a pattern that will go away.
func (w *worker) unsettled(err error) error {
	if w.query.topology.Pattern() != "" && errors.Is(err, broker.ErrUnknownTopic) {
		return fmt.Errorf("%w: %w", errUnsettled, err)
	}
	return err
}

// awaitTopics returns the topics of the sources. If a pattern matches none, it waits for one.
func (q *Persistent) awaitTopics(ctx context.Context) ([]string, error) {
	pattern := q.topology.Pattern()
	if pattern == "" {
		return q.topology.Topics(), nil
	}
	age := time.NewTicker(q.options.Cluster.MetadataAge())
	defer age.Stop()
	for {
		topics, err := broker.Matching(ctx, q.options.Cluster, pattern)
		if err != nil || len(topics) > 0 {
			return topics, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-age.C:
		}
	}
}

// lookout returns a channel that tells when to look for topics again: never for a
// source of one topic.
func (w *worker) lookout() (again <-chan time.Time, stop func()) {
	if w.query.topology.Pattern() == "" {
		return nil, func() {}
	}
	age := time.NewTicker(w.query.options.Cluster.MetadataAge())
	return age.C, age.Stop
}

// checkTopics looks for topics if it is time to. If they have changed it commits and
// returns errTopics. A cluster that does not answer is asked again later.
func (w *worker) checkTopics(ctx context.Context, again <-chan time.Time) error {
	select {
	case <-again:
	default:
		return nil
	}
	topics, err := broker.Matching(ctx, w.query.options.Cluster, w.query.topology.Pattern())
	changed := err == nil && !slices.Equal(topics, w.topics)
	if !changed {
		return nil
	}
	if err := w.commit(ctx); err != nil {
		return err
	}
	return errTopics
}

// usual reports whether an error is no failure: other partitions, or other topics.
func usual(err error) bool { return errors.Is(err, broker.ErrRebalanced) || errors.Is(err, errTopics) }

// beginsAgain reports whether a query begins again after an error because nothing is
// wrong: it was too slow to stay in its group, or has other topics to read. A topic of a
// pattern that is gone, or not quite there, is given the time to be known as such.
func (q *Persistent) beginsAgain(ctx context.Context, err error) bool {
	if usual(err) {
		return true
	}
	if q.topology.Pattern() == "" || !errors.Is(err, broker.ErrTopicDeleted) && !errors.Is(err, errUnsettled) {
		return false
	}
	select {
	case <-ctx.Done():
	case <-time.After(q.options.Cluster.MetadataAge()):
	}
	return true
}
