package conformance

import (
	"context"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Engine is what a case needs of a ksqlDB. Its methods belong to one goroutine.
type Engine interface {
	// Set sets a session property.
	Set(name, value string) error
	// Parse parses a whole script before any of it is executed.
	Parse(script string) ([]Statement, error)
	// Execute executes one statement. Persistent queries that it starts are there
	// from then on, but do nothing before they are fed.
	Execute(ctx context.Context, s Statement) (Answer, error)
	// Plan returns a planner for the catalog of this moment and the session.
	Plan() *planner.Planner
	// Register gives the registry the schema that records of the spec are written with,
	// unless it has one of the subject.
	Register(ctx context.Context, spec serde.Spec) error
	// Evaluate computes a constant as a value of the type, as INSERT INTO … VALUES does.
	Evaluate(n ast.Expr, typ *types.Type) (data.Value, error)
	// Decode reads a message as a record of the source. The record is valid until the
	// next call.
	Decode(s *catalog.Source, m broker.Message) (*data.Record, error)
	// Sources returns the streams and tables there are.
	Sources() []*catalog.Source
	// Queries returns the persistent queries in the order of their creation; one that
	// was replaced keeps its place.
	Queries() []Query

	// Registry is the schema registry.
	Registry() *registry.Memory
	// CreateTopic makes a topic.
	CreateTopic(ctx context.Context, topic broker.NewTopic) error
	// Append writes a message to a topic, which no query sees by that, and returns
	// it with its partition and offset.
	Append(ctx context.Context, topic string, m broker.Message) (broker.Message, error)
	// Log returns all messages of a topic in the order in which they were written;
	// ok is false if there is no such topic.
	Log(topic string) (messages []broker.Message, ok bool)
	// TopicNames returns the names of all topics, sorted, those of queries' inner
	// steps included.
	TopicNames() []string

	// Close ends everything.
	Close() error
}

// Statement is one statement of a script.
type Statement struct {
	// Text is the statement with its semicolon.
	Text string
	run  any // what the engine has made of it
}

// Answer is what a statement gives back; both are nil where it has nothing to say.
type Answer struct {
	// Entity is the JSON of ksqlDB's REST API.
	Entity []byte
	// Rows are those of a query that runs until they are closed.
	Rows query.Rows
}

// close ends the rows, if there are any.
func (a Answer) close() {
	if a.Rows != nil {
		a.Rows.Close()
	}
}

// Query is a persistent query.
type Query interface {
	// Topics are the topics that it reads, without those of its inner steps.
	Topics() []string
	// Sink is the topic that it writes, empty for none.
	Sink() string
	// Feed processes records of one partition to their end, inner steps included. What
	// that writes is appended to the log of its sink. An error is one that ends the query.
	Feed(ctx context.Context, topic string, messages ...broker.Message) error
}
