package sqltest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// This file compares the logs of topics with the records of a file.

// compare compares the topics that occur among the outputs with them.
func (r *run) compare(path string, outputs []Record) error {
	counts, last := map[string]int{}, map[string]comparison{}
	var topics []string
	for i, want := range outputs {
		at := counts[want.Topic]
		if at == 0 {
			topics = append(topics, want.Topic)
		}
		counts[want.Topic]++
		r.assertions++
		c, err := r.compareRecord(want, at)
		if err != nil {
			return fmt.Errorf("%s: output %d: %w", path, i+1, err)
		}
		last[want.Topic] = c
	}
	for _, topic := range topics {
		if err := last[topic].noMore(topic, counts[topic]); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// compareRecord compares a record of a topic's log with an output: both as records of
// the source on it.
func (r *run) compareRecord(want Record, at int) (comparison, error) {
	c := comparison{engine: r.engine}
	var err error
	if c.source, err = r.engine.SourceOn(want.Topic, want.Window != nil); err != nil {
		return c, err
	}
	if err := onlyColumns(c.source, want.Value); err != nil {
		return c, err
	}
	m, err := r.engine.message(c.source, want)
	if err != nil {
		return c, err
	}
	expected, err := r.engine.decode(c.source, m)
	if err != nil {
		return c, err
	}
	c.columns = comparedColumns(c.source, want)
	log, _ := r.engine.cluster.Log(want.Topic)
	return c, c.check(log[min(at, len(log)):], c.values(expected), at+1, func(actual *data.Record) string {
		switch {
		case expected.Tombstone && !actual.Tombstone:
			return "The value is not null."
		case actual.Tombstone && !expected.Tombstone:
			return "The value is null."
		}
		return ""
	})
}

// comparedColumns returns the columns that an output says something about.
func comparedColumns(s *catalog.Source, want Record) (columns []column) {
	add := func(name string) {
		if c, ok := findColumn(s, name); ok {
			columns = append(columns, c)
		}
	}
	if want.Timestamp != nil {
		add("ROWTIME")
	}
	for _, c := range s.Schema.Key {
		add(c.Name)
	}
	if s.Windowed() {
		add("WINDOWSTART")
		add("WINDOWEND")
	}
	for _, c := range s.Bare(catalog.ValueSide) {
		add(c.Name)
	}
	return columns
}

// noMore makes sure that a topic has no records but those that were expected.
func (c comparison) noMore(topic string, expected int) error {
	log, _ := c.engine.cluster.Log(topic)
	if len(log) <= expected {
		return nil
	}
	extra := c.after(log[expected:])
	err := &RecordError{
		Source: c.source.Name, Topic: topic, Number: expected + 1, Diff: Diff{Columns: c.names()},
		Reason: fmt.Sprintf("There are %d records in the topic %s, not %d.", len(log), topic, expected),
	}
	if len(extra) > 0 {
		err.Diff.Actual, err.Diff.After = extra[0], extra[1:]
	}
	return err
}

// onlyColumns refuses an expected value with members that no column has: it could never
// come. What is not an object of columns is for the format to judge.
func onlyColumns(s *catalog.Source, value json.RawMessage) error {
	columns := s.Bare(catalog.ValueSide)
	var members map[string]json.RawMessage
	if !s.Value.Unwrapped || len(columns) != 1 {
		_ = json.Unmarshal(value, &members)
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !hasColumn(columns, name) {
			return fmt.Errorf("%s has no column %s", s.Name, name)
		}
	}
	return nil
}

func hasColumn(columns []types.Column, name string) bool {
	for _, c := range columns {
		if strings.EqualFold(c.Name, name) {
			return true
		}
	}
	return false
}
