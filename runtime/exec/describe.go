package exec

import (
	"context"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// describeSource is DESCRIBE name.
func (s *Session) describeSource(ctx context.Context, n *ast.DescribeSource) (Entity, error) {
	c := s.engine.Catalog()
	source, ok := c.Source(n.Name.Text)
	if !ok {
		return nil, missing(n.Name, c, "Could not find STREAM/TABLE '%s' in the Metastore", n.Name.Text)
	}
	all, err := s.describe(ctx, []*catalog.Source{source}, n.Extended)
	if err != nil {
		return nil, err
	}
	return &Description{Head: Head{Type: "sourceDescription"}, Source: all[0]}, nil
}

// describeSources is DESCRIBE STREAMS, DESCRIBE TABLES and the extended lists.
func (s *Session) describeSources(ctx context.Context, kind ast.Kind, extended bool) (Entity, error) {
	all, err := s.describe(ctx, s.sources(kind), extended)
	if err != nil {
		return nil, err
	}
	return &Descriptions{Head: Head{Type: "source_descriptions"}, Sources: all}, nil
}

// describe describes sources; extended asks the cluster about their topics, once
// for the groups of all.
func (s *Session) describe(ctx context.Context, sources []*catalog.Source, extended bool) ([]*SourceDescription, error) {
	all := make([]*SourceDescription, len(sources))
	now := s.engine.now()
	for i, source := range sources {
		d := newSourceDescription(source)
		d.ReadBy = s.engine.infos(ctx, now.readers(source.Name))
		d.WrittenBy = s.engine.infos(ctx, now.writers(source.Name))
		d.Constraints = append(d.Constraints, now.madeFrom(source.Name)...)
		all[i] = d
	}
	if !extended || len(sources) == 0 {
		return all, nil
	}
	groups, err := s.engine.options.Cluster.Groups(ctx)
	if err != nil {
		return nil, err
	}
	for i, d := range all {
		d.Extended = true
		has, err := s.engine.sizeOf(ctx, sources[i])
		if err != nil {
			return nil, err
		}
		d.Partitions, d.Replication = has.partitions, has.replication
		if d.pattern {
			d.Topics = has.topics
		}
		d.Groups = groupsOf(groups, has.topics...)
		d.Statistics, d.Errors = s.engine.statistics(d)
	}
	return all, nil
}

// groupsOf returns how far the groups are that have committed offsets of topics.
func groupsOf(groups []broker.Group, topics ...string) []GroupInfo {
	infos := []GroupInfo{}
	for _, g := range groups {
		info := GroupInfo{Group: g.Name}
		for _, topic := range topics {
			if read := readOf(g, topic); len(read.Offsets) > 0 {
				info.Topics = append(info.Topics, read)
			}
		}
		if len(info.Topics) > 0 {
			infos = append(infos, info)
		}
	}
	return infos
}

// readOf returns how far a group has committed offsets of a topic.
func readOf(g broker.Group, topic string) TopicRead {
	read := TopicRead{Topic: topic}
	for _, p := range g.Partitions {
		if p.Topic == topic && p.Committed >= 0 {
			read.Offsets = append(read.Offsets,
				PartitionRead{Partition: p.Partition, Start: p.Start, End: p.End, Committed: p.Committed})
		}
	}
	return read
}

// describeFunction is DESCRIBE FUNCTION. The planner's view of a function has the
// types, the other one the documentation.
func (s *Session) describeFunction(n *ast.DescribeFunction) (Entity, error) {
	planned, err := expr.FindFunction(s.engine.functions, n.Name.Text, n.Name.Span)
	if err != nil {
		return nil, err
	}
	return newFunctionDescription(s.engine.functions.Lookup(planned.Name), planned), nil
}
