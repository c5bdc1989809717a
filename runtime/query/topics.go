package query

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file is how a persistent query follows the topics of a pattern. The members of a
// group have to agree on the topics that they read, so when these change a worker
// commits, leaves, and the query begins again with what there is then.

// errTopics says that there are other topics than when the worker began. Nothing is wrong.
var errTopics = errors.New("the topics of the pattern have changed")

// awaitTopics returns the topics of a source. If a pattern matches none, it waits for one.
func (q *Persistent) awaitTopics(ctx context.Context, source *catalog.Source) ([]string, error) {
	if source.Pattern == "" {
		return []string{source.Topic}, nil
	}
	age := time.NewTicker(q.options.Cluster.MetadataAge())
	defer age.Stop()
	for {
		topics, err := broker.Matching(ctx, q.options.Cluster, source.Pattern)
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
	if w.task.Source().Pattern == "" {
		return nil, func() {}
	}
	age := time.NewTicker(w.query.options.Cluster.MetadataAge())
	return age.C, age.Stop
}

// checkTopics commits and returns errTopics if the topics have changed. A cluster that
// does not answer is asked again later.
func (w *worker) checkTopics(ctx context.Context) error {
	topics, err := broker.Matching(ctx, w.query.options.Cluster, w.task.Source().Pattern)
	if err != nil || slices.Equal(topics, w.topics) {
		return nil
	}
	if err := w.commit(ctx); err != nil {
		return err
	}
	return errTopics
}

// beginsAgain reports whether a query begins again at once after an error, because
// nothing is wrong: it was too slow to stay in its group, or has other topics to read.
func (q *Persistent) beginsAgain(err error) bool {
	if sourceOf(q.plan.Root).Source.Pattern != "" && errors.Is(err, broker.ErrTopicDeleted) {
		return true
	}
	return errors.Is(err, broker.ErrRebalanced) || errors.Is(err, errTopics)
}
