package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// This file makes what has to be there before the statements of a case: properties
// and topics.

// The partitions of topics where neither the case nor a statement says how many:
// of those that the case lists, and of those that only a statement or record names.
const (
	listedPartitions  = 1
	defaultPartitions = 4
)

// harnessOnly reports whether a property is about the machinery of ksqlDB's own
// tests, or about one that ksqlDB has left behind.
func harnessOnly(name string) bool {
	return name == exactComparison || name == "ksql.new.query.planner.enabled" ||
		strings.HasPrefix(name, "ksql.streams.__emit.interval.ms")
}

// exactComparison is the property that, set to false, has fractions in JSON
// compared as doubles.
const exactComparison = "use.exact.numeric.comparison"

// exact reports whether fractions in JSON are compared as decimals.
func (c *Case) exact() bool {
	v, set := c.Properties[exactComparison]
	return !set || fmt.Sprint(v) != "false"
}

// setProperties sets the session properties of a case. As in ksqlDB's tests, nobody
// minds a name that means nothing.
func setProperties(e *sqltest.Engine, c *Case) error {
	for name, value := range c.Properties {
		if harnessOnly(name) {
			continue
		}
		err := e.Session().SetProperty(name, fmt.Sprint(value))
		if _, unknown := errors.AsType[*config.UnknownError](err); err != nil && !unknown {
			return err
		}
	}
	return nil
}

// topics returns the topics that exist before the statements: those that the case
// lists, and those of its CREATE statements over a topic. Statements that do not
// parse have none.
func (c *Case) topics() []broker.NewTopic {
	var all []broker.NewTopic
	known := map[string]bool{}
	add := func(t broker.NewTopic) {
		if !known[t.Name] {
			known[t.Name] = true
			all = append(all, t)
		}
	}
	for _, t := range c.Topics {
		add(broker.NewTopic{Name: t.Name, Partitions: c.partitions(t), Replicas: t.Replicas})
	}
	for _, s := range c.Statements {
		for _, t := range declared(s) {
			if t.Partitions == 0 {
				t.Partitions = defaultPartitions
			}
			add(t)
		}
	}
	return all
}

// partitions returns how many a listed topic has. Where the list does not say, a
// statement may: ksqlDB's tests do not compare the two, but the engine does.
func (c *Case) partitions(listed TopicSpec) int32 {
	if listed.Partitions != 0 {
		return listed.Partitions
	}
	for _, s := range c.Statements {
		for _, t := range declared(s) {
			if t.Name == listed.Name && t.Partitions != 0 {
				return t.Partitions
			}
		}
	}
	return listedPartitions
}

// declared returns the topics of the CREATE statements in a text, with 0 partitions
// where they do not say how many.
func declared(text string) (all []broker.NewTopic) {
	statements, err := parser.Parse(text)
	if err != nil {
		return nil
	}
	for _, s := range statements {
		create, ok := s.Statement.(*ast.CreateSource)
		if !ok {
			continue
		}
		with, err := config.Read(create.With, config.Create, create.Span)
		if err != nil || with.KafkaTopic.Value == "" {
			continue
		}
		all = append(all, broker.NewTopic{
			Name: with.KafkaTopic.Value, Partitions: with.Partitions.Value, Replicas: max(with.Replicas.Value, 0),
		})
	}
	return all
}

// prepare sets the properties of a case, makes its topics and registers its schemas.
func prepare(ctx context.Context, e *sqltest.Engine, c *Case) error {
	if err := setProperties(e, c); err != nil {
		return err
	}
	for _, t := range c.topics() {
		if err := e.Cluster().CreateTopic(ctx, t); err != nil {
			return err
		}
	}
	return registerSchemas(ctx, e, c)
}

// createNamed makes the topics that only records name, unless a statement has.
func createNamed(ctx context.Context, e *sqltest.Engine, records ...[]Record) error {
	for _, some := range records {
		for _, r := range some {
			err := e.Cluster().CreateTopic(ctx, broker.NewTopic{Name: r.Topic, Partitions: defaultPartitions})
			if err != nil && !errors.Is(err, broker.ErrTopicExists) {
				return err
			}
		}
	}
	return nil
}
