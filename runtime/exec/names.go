package exec

import (
	"context"
	"maps"
	"slices"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Names are what statements can speak of at one moment, for those who complete what
// somebody types. All but the topics are known without asking Kafka. It is safe for
// concurrent use as long as nobody changes it.
type Names struct {
	// Sources are the streams and tables in the order of their names.
	Sources []SourceNames
	// Functions are the names of the functions in capitals, sorted.
	Functions []string
	// Types are the names that CREATE TYPE has made, sorted.
	Types []string
	// Formats are the names of the formats, sorted.
	Formats []string
	// Queries are the ids of the persistent queries in the order of their creation.
	Queries []string
	// Variables are the names of the session's variables as they were defined, sorted.
	Variables []string
	// Topics asks Kafka for the names of its topics, sorted, without those that belong to
	// the cluster and its tools.
	Topics func(ctx context.Context) ([]string, error)
}

// SourceNames are the names of a stream or a table, and its columns.
type SourceNames struct {
	Name string
	// Table tells tables from streams.
	Table bool
	// Topic is empty where the source reads all topics of a pattern.
	Topic string
	// Columns are those of the key and of the value, then the pseudo columns.
	Columns []types.Column
}

// Names returns what the session's statements can speak of now.
func (s *Session) Names() *Names {
	state := s.engine.now()
	n := &Names{
		Functions: s.engine.functions.Names(), Types: state.catalog.TypeNames(),
		Formats:   s.engine.formats.Names(),
		Variables: slices.Sorted(maps.Values(s.spellings)),
		Topics:    s.topicNames(),
	}
	for _, source := range state.catalog.Sources() {
		names := SourceNames{
			Name: source.Name, Table: source.Kind == catalog.Table, Topic: source.Topic,
			Columns: slices.Concat(source.Schema.Columns(), pseudoColumns(source)),
		}
		n.Sources = append(n.Sources, names)
	}
	for _, q := range state.queries {
		n.Queries = append(n.Queries, q.id)
	}
	return n
}

// pseudoColumns returns the pseudo columns that a source has.
func pseudoColumns(s *catalog.Source) []types.Column {
	var columns []types.Column
	for pseudo, column := range types.PseudoColumns {
		switch types.Pseudo(pseudo) {
		case types.WindowStart, types.WindowEnd:
			if !s.Windowed() {
				continue
			}
		case types.RowTopic:
			if s.Topic != "" {
				continue
			}
		}
		columns = append(columns, column)
	}
	return columns
}

// topicNames returns a function that asks Kafka for the names of its topics, with the
// properties of now.
func (s *Session) topicNames() func(ctx context.Context) ([]string, error) {
	cluster, properties := s.engine.options.Cluster, s.properties
	return func(ctx context.Context) ([]string, error) { return TopicNames(ctx, cluster, properties) }
}

// TopicNames asks a Kafka for the names of the topics that SHOW TOPICS lists without ALL, sorted.
func TopicNames(ctx context.Context, cluster broker.Cluster, properties config.Properties) ([]string, error) {
	topics, err := cluster.Topics(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range topics {
		if !hidden(t, properties) {
			names = append(names, t.Name)
		}
	}
	return names, nil // cluster has them in order
}

// hidden reports whether a topic belongs to the cluster and its tools.
func hidden(t broker.Topic, properties config.Properties) bool {
	return t.Internal || properties.Matches(config.HiddenTopics, t.Name)
}
