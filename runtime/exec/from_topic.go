package exec

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file is about queries over topics that nobody has declared: FROM TOPIC 'orders'.
// Each such topic becomes a stream that only the query's own planner knows, as a CREATE
// STREAM without columns would make it.

// planQuery plans a push or pull query, and what it reads without a declaration.
func (s *Session) planQuery(ctx context.Context, n *ast.Query) (*plan.Query, error) {
	u := &undeclared{session: s, planner: s.planner()}
	from, err := u.relation(ctx, n.From)
	if err != nil {
		return nil, err
	}
	declared := *n
	declared.From = from
	return u.planner.Query(&declared)
}

// undeclared declares the topics of a query.
type undeclared struct {
	session *Session
	planner *planner.Planner // knows those that are declared so far
}

// relation returns what stands in FROM, with a name for each topic.
func (u *undeclared) relation(ctx context.Context, r ast.Relation) (ast.Relation, error) {
	switch r := r.(type) {
	case *ast.Source:
		return u.source(ctx, r)
	case *ast.Join:
		left, err := u.relation(ctx, r.Left)
		if err != nil {
			return nil, err
		}
		right, err := u.source(ctx, r.Right)
		if err != nil {
			return nil, err
		}
		declared := *r
		declared.Left, declared.Right = left, right
		return &declared, nil
	}
	panic("exec: a relation of no known kind")
}

// source returns a topic under the name of a stream. Without an alias its columns can be named by
// the topic.
func (u *undeclared) source(ctx context.Context, n *ast.Source) (*ast.Source, error) {
	if n.Topic == nil {
		return n, nil
	}
	alias := streamName(n.Topic.Text)
	name := alias
	for i := 1; ; i++ {
		if _, taken := u.planner.Catalog.Source(name); !taken {
			break
		}
		name = alias + "_" + strconv.Itoa(i)
	}
	stream, err := u.stream(ctx, ast.Name{Span: n.Topic.Span, Text: name}, n.Topic)
	if err != nil {
		return nil, err
	}
	u.planner.Catalog = u.planner.Catalog.WithSource(stream)
	named := *n
	named.Name = ast.Name{Span: n.Topic.Span, Text: name, Quoted: true}
	if n.Alias.IsZero() {
		named.Alias = ast.Name{Span: n.Topic.Span, Text: alias, Quoted: true}
	}
	return &named, nil
}

// streamName is the name that a topic has as a stream: in capitals, so that it can be written
// without quotes, and without what no stream may have in its name.
func streamName(topic string) string {
	return strings.ReplaceAll(strings.ToUpper(topic), ".", "_")
}

// stream returns a topic as a stream: in the formats of its schemas if a registry has some.
func (u *undeclared) stream(ctx context.Context, name ast.Name, topic *ast.Topic) (*catalog.Source, error) {
	e := u.session.engine
	samples := &topicSamples{engine: e}
	n, err := u.statementFor(ctx, name, topic, samples)
	if reason, ok := errors.AsType[catalog.NoColumnsError](err); ok {
		return nil, source.Errorf(topic.Span, "%s", reason)
	}
	if err != nil {
		return nil, err
	}
	if n, err = u.planner.Complete(ctx, e.formats, samples, n); err != nil {
		return nil, err
	}
	creation, err := u.planner.Create(n)
	if err != nil {
		return nil, err
	}
	return creation.Source, nil
}

// statementFor returns the CREATE STREAM for a topic, without the columns that it need not list.
func (u *undeclared) statementFor(ctx context.Context, name ast.Name, topic *ast.Topic, samples catalog.Samples) (*ast.CreateSource, error) {
	e := u.session.engine
	if _, err := e.options.Cluster.Topics(ctx, topic.Text); errors.Is(err, broker.ErrUnknownTopic) {
		return nil, source.Errorf(topic.Span, "%s", e.unknownTopic(ctx, topic.Text))
	} else if err != nil {
		return nil, err
	}
	value, err := e.formats.Registered(ctx, catalog.ValueSide, topic.Text)
	if err != nil {
		return nil, source.Errorf(topic.Span, "%s", err)
	}
	key, err := e.formats.Registered(ctx, catalog.KeySide, topic.Text)
	if err != nil {
		return nil, source.Errorf(topic.Span, "%s", err)
	}
	property := func(key, value string) ast.Property {
		return ast.Property{Span: topic.Span, Name: ast.Name{Span: topic.Span, Text: key}, Value: &ast.String{Span: topic.Span, Value: value}}
	}
	standard := u.session.properties.String(config.DefaultKeyFormat)
	n := &ast.CreateSource{Span: topic.Span, Kind: ast.Stream, Name: name, With: &ast.Properties{Span: topic.Span, List: []ast.Property{
		property("KAFKA_TOPIC", topic.Text),
		property("KEY_FORMAT", cmp.Or(key, standard, "KAFKA")),
		property("VALUE_FORMAT", cmp.Or(value, "JSON")),
	}}}
	if value == "" { // why there are no columns is told better here than about a CREATE
		_, err := samples.Sample(ctx, catalog.Format{Name: "JSON"}, catalog.ValueSide, topic.Text)
		return n, err
	}
	if key != "" || standard != "" && standard != "KAFKA" {
		return n, nil
	}
	keys, err := samples.Sample(ctx, catalog.Format{Name: "KAFKA"}, catalog.KeySide, topic.Text)
	for _, c := range keys {
		typ := &ast.Type{Span: topic.Span, Form: ast.NamedType, Name: ast.Name{Span: topic.Span, Text: c.Type.Kind().String()}}
		n.Columns = append(n.Columns, ast.ColumnDef{Span: topic.Span, Name: ast.Name{Span: topic.Span, Text: c.Name}, Type: typ, Role: ast.KeyColumn})
	}
	return n, err
}
