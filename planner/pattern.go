package planner

import (
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
)

// This file is about streams over all topics that match a pattern, which ksqlDB does
// not have. They are read and never written.

// checkPattern checks the pattern of a CREATE, if it has one.
func checkPattern(s *ast.CreateSource, pattern config.Setting[string]) error {
	if !pattern.Set {
		return nil
	}
	if s.Kind == ast.Table {
		return source.Errorf(pattern.Span, "'KAFKA_TOPIC_PATTERN' is for streams: rows of different topics may have the same key.").
			WithDetail("CREATE STREAM over the pattern and make a table of it.")
	}
	if _, err := catalog.TopicPattern(pattern.Value).Compile(); err != nil {
		return source.Errorf(pattern.Span, "Invalid value %s for property KAFKA_TOPIC_PATTERN: %s", pattern.Value, err)
	}
	for _, def := range s.Columns {
		if err := checkRowTopic(def, catalog.TopicPattern(pattern.Value)); err != nil {
			return err
		}
	}
	return nil
}

// checkRowTopic refuses a column with the name of the pseudo column that sources over
// a pattern have.
func checkRowTopic(def ast.ColumnDef, pattern catalog.TopicPattern) error {
	if pattern != "" && def.Name.Text == types.PseudoColumns[types.RowTopic].Name {
		return source.Errorf(def.Name.Span, "'%s' is a reserved column name. It cannot be used as a name for a column.", def.Name.Text)
	}
	return nil
}

// manyTopics refuses to write to a source over a pattern.
func manyTopics(name ast.Name, into *catalog.Source) error {
	if into.Pattern == "" {
		return nil
	}
	return source.Errorf(name.Span, "Cannot insert into %s: it reads all topics that match '%s'", into.Name, into.Pattern)
}

// checkOwnResults refuses a query whose results would be read by the query itself.
func checkOwnResults(name ast.Name, from, into *catalog.Source) error {
	if from.Pattern == "" {
		return nil
	}
	if matches, err := from.Pattern.Compile(); err != nil || !matches(into.Topic) {
		return err
	}
	return source.Errorf(name.Span, "The query would read its own results: the topic %s matches '%s', which is the pattern of %s.",
		into.Topic, from.Pattern, from.Name)
}
