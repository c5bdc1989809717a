package planner

import (
	"math"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/planner/types"
)

// CreateAs plans a CREATE STREAM or TABLE … AS SELECT: the source that it makes
// and the persistent query that fills it.
func (p *Planner) CreateAs(s *ast.CreateSourceAs) (*plan.Persistent, error) {
	with, err := config.Read(s.With, config.CreateAs, s.Span)
	if err != nil {
		return nil, err
	}
	q, err := p.persistent(s.Query, "CREATE "+s.Kind.String()+" AS SELECT", s.Name.Text, with)
	if err != nil {
		return nil, err
	}
	if err := q.producing(catalog.Kind(s.Kind), s); err != nil {
		return nil, err
	}
	sink := &catalog.Source{Name: s.Name.Text, Kind: catalog.Kind(s.Kind), Topic: q.topic(s.Name, with), Derived: true}
	if err := q.into(sink, s, with); err != nil {
		return nil, err
	}
	if err := checkOwnResults(s.Name, q.source, sink); err != nil {
		return nil, err
	}
	planned := &plan.Persistent{
		Root: &plan.Sink{Input: q.step(), Into: sink}, Creates: true, Sources: q.sourceNames(), From: q.source.Topic,
		Together: q.together(), RetentionMS: with.RetentionMS.Value,
	}
	planned.Partitions, planned.Replicas = p.sinkShape(with)
	return planned, nil
}

// sinkShape returns the partitions and replicas of a new topic: what the statement
// says, else the session; 0 is what the source has.
func (p *Planner) sinkShape(with *config.SourceProperties) (partitions int32, replicas int16) {
	partitions, replicas = with.Partitions.Value, with.Replicas.Value
	if !with.Partitions.Set {
		partitions = int32(min(p.Properties.Int(config.SinkPartitions), math.MaxInt32))
	}
	if !with.Replicas.Set {
		replicas = int16(min(p.Properties.Int(config.SinkReplicas), math.MaxInt16))
	}
	return partitions, replicas
}

// persistent is a SELECT whose result is written to a topic.
type persistent struct {
	selection
	keys       *keys
	result     result
	conditions conditions
}

// result is the columns of a persistent query's result.
type result struct{ key, value []plan.Column }

// persistent plans the query of a statement; into is the name of what it fills.
func (p *Planner) persistent(q *ast.Query, statement, into string, with *config.SourceProperties) (*persistent, error) {
	if err := persists(q, statement); err != nil {
		return nil, err
	}
	s, err := p.from(q)
	if err != nil {
		return nil, err
	}
	if s.source.Kind == catalog.Table && s.source.Windowed() {
		return nil, source.Errorf(q.Span, "KSQL does not support persistent queries on windowed tables: %s. "+
			"Declare a windowed stream over its topic instead.", s.source.Name)
	}
	query := &persistent{selection: *s}
	if err := query.group(); err != nil {
		return nil, err
	}
	if err := query.partitionBy(); err != nil {
		return nil, err
	}
	if query.keys, err = query.findKeys(); err != nil {
		return nil, err
	}
	if err := query.project(into, with); err != nil {
		return nil, err
	}
	query.conditions, err = query.selection.conditions()
	return query, err
}

// persists refuses the clauses that no persistent query has.
func persists(q *ast.Query, statement string) error {
	if q.Limit != nil {
		return source.Errorf(q.Limit.Span, "%s statements don't support LIMIT clause.", statement)
	}
	return nil
}

// producing checks that the query gives what the statement creates.
func (q *persistent) producing(want catalog.Kind, s *ast.CreateSourceAs) error {
	if q.kind() == want {
		return nil
	}
	return source.Errorf(s.Span, "Invalid result type. Your SELECT query produces a %s. "+
		"Please use CREATE %s AS SELECT statement instead.", q.kind(), q.kind())
}

// topic is KAFKA_TOPIC, else the name of the source after the configured prefix.
func (q *persistent) topic(name ast.Name, with *config.SourceProperties) string {
	if with.KafkaTopic.Set {
		return with.KafkaTopic.Value
	}
	return q.Properties.String(config.OutputTopicPrefix) + name.Text
}

// into completes the source that is created: its columns, formats and timestamp.
func (q *persistent) into(sink *catalog.Source, s *ast.CreateSourceAs, with *config.SourceProperties) error {
	sink.Schema = &types.Schema{Key: columnsOf(q.result.key), Value: columnsOf(q.result.value)}
	if err := q.keepHeaders(s, sink); err != nil {
		return err
	}
	if len(sink.Bare(catalog.ValueSide)) == 0 {
		return source.Errorf(s.Query.Span, "The projection contains no value columns.")
	}
	sink.Window = q.resultWindow()
	if err := q.sinkFormats(sink, s, with); err != nil {
		return err
	}
	return timestamp(sink, with)
}

func columnsOf(columns []plan.Column) []types.Column {
	schema := make([]types.Column, len(columns))
	for i, c := range columns {
		schema[i] = types.Column{Name: c.Name, Type: c.Expr.Type()}
	}
	return schema
}

// sinkFormats are those asked for, else those of the source.
func (q *persistent) sinkFormats(sink *catalog.Source, s *ast.CreateSourceAs, with *config.SourceProperties) error {
	inherited := *with
	if !with.Value().Set {
		inherited.ValueFormat = config.Setting[string]{Value: q.source.Value.Name, Set: true, Span: s.Name.Span}
		if q.source.Value.Delimiter != 0 && !with.ValueDelimiter.Set {
			inherited.ValueDelimiter = config.Setting[rune]{Value: q.source.Value.Delimiter, Set: true}
		}
	}
	if !with.Key().Set {
		inherited.KeyFormat = config.Setting[string]{Value: q.keyFormat(), Set: true, Span: s.Name.Span}
		if q.source.Key.Delimiter != 0 && !with.KeyDelimiter.Set {
			inherited.KeyDelimiter = config.Setting[rune]{Value: q.source.Key.Delimiter, Set: true}
		}
	} else if q.keys.by == byNull && with.Key().Value != "NONE" {
		return source.Errorf(with.Key().Span, "Key format specified for stream without key columns.")
	}
	return q.formats(place{s.Span, s.Name.Span}, sink, &inherited)
}

// keyFormat is the key format that the result has without being asked for one.
func (q *persistent) keyFormat() string {
	switch {
	case q.keys.by == byNull:
		return "NONE"
	case q.source.Key.Name == "NONE" && len(q.result.key) > 0:
		return q.Properties.String(config.DefaultKeyFormat)
	}
	return q.source.Key.Name
}

// step puts the steps together, up to the projection.
func (q *persistent) step() plan.Step {
	return &plan.Project{
		Input: q.input(exprsOf(q.result.key, q.result.value), q.conditions),
		Key:   q.result.key, Value: q.result.value, Rekeys: q.keys.by == byPartition || q.keys.by == byNull,
	}
}

func exprsOf(lists ...[]plan.Column) []expr.Expr {
	var all []expr.Expr
	for _, list := range lists {
		for _, c := range list {
			all = append(all, c.Expr)
		}
	}
	return all
}

// enumerate joins names as ksqlDB's messages do: A, B and C.
func enumerate(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + last + names[len(names)-1]
}
