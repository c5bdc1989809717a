package exec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// This file lets push queries go on where a consumer group stands, as group.id and
// enable.auto.commit say.

// follow returns what a push query follows, nil if no group.id is set or its rows are more than the
// records of one stream, one by one. A group that may not be looked at is a warning; an engine that may
// not write commits nothing.
func (s *Session) follow(ctx context.Context, p *plan.Query) (f *query.Follow, warning string, err error) {
	group, _, set := s.properties.Lookup(config.GroupID)
	if !set || group == "" || !p.Push || !straight(p.Root) {
		return nil, "", nil
	}
	left := leftmost(p.Root)
	if left.Bounds != nil {
		return nil, "", nil // the query itself says where to begin
	}
	topic := left.Source.Topic
	cluster := s.engine.options.Cluster
	found, err := cluster.Groups(ctx, group)
	switch {
	case errors.Is(err, broker.ErrAuthorization):
		return nil, fmt.Sprintf("%v. The query begins as without %s.", err, config.GroupID), nil
	case err != nil && !errors.Is(err, broker.ErrUnknownGroup):
		return nil, "", err
	}
	f = &query.Follow{Starts: map[int32]int64{}, Every: s.properties.Duration(config.AutoCommitInterval)}
	for _, g := range found {
		for _, at := range g.Partitions {
			if at.Topic == topic && at.Committed >= 0 {
				f.Starts[at.Partition] = at.Committed
			}
		}
	}
	if s.properties.Bool(config.AutoCommit) && !s.engine.options.ReadOnly {
		f.Commit = func(offsets map[int32]int64) { s.engine.commitGroup(group, topic, offsets) }
	}
	return f, "", nil
}

// straight reports whether each record of a stream makes a row at most, whatever came before it.
func straight(step plan.Step) bool {
	if source, ok := step.(*plan.Source); ok {
		return source.Source.Kind == catalog.Stream && source.Source.Pattern == ""
	}
	_, filters := step.(*plan.Filter)
	_, projects := step.(*plan.Project)
	return (filters || projects) && !slices.ContainsFunc(step.Inputs(), func(input plan.Step) bool { return !straight(input) })
}

// commitTimeout is how long a commit may take: nobody is to wait for it for long.
const commitTimeout = 5 * time.Second

// commitGroup commits offsets in a group without members. What goes wrong is logged: the rows have
// been read, and at worst are read again.
func (e *Engine) commitGroup(group, topic string, offsets map[int32]int64) {
	ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
	defer cancel()
	var positions []broker.Position
	for partition, offset := range offsets {
		positions = append(positions, broker.Position{TopicPartition: broker.TopicPartition{Topic: topic, Partition: partition}, Offset: offset})
	}
	if err := e.options.Cluster.ResetGroup(ctx, group, positions); err != nil {
		e.options.Logger.Warn("offsets of a push query not committed", "error", err)
	}
}
