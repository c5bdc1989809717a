package sqltest

import (
	"context"
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/expr"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/memory"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Options say in what surroundings a test runs.
type Options struct {
	// Clock tells the wall time.
	Clock func() time.Time
	// Properties are those that the process sets for all sessions.
	Properties map[string]string
	// Spread sends records to partitions by their keys; else all go to the first one,
	// which keeps them in one order.
	Spread bool
	// Events is told what goes wrong with single records. Nil forgets it.
	Events proclog.Log
	// ReadFile reads the files that a test names. Nil reads the process's own files.
	ReadFile func(path string) ([]byte, error)
}

// Engine is the production engine on a cluster in memory, whose persistent queries
// move only when they are fed. Its methods belong to one goroutine.
type Engine struct {
	cluster  *memory.Cluster
	driver   *driver
	registry *registry.Memory
	exec     *exec.Engine
	session  *exec.Session
	formats  *serde.Formats
	clock    func() time.Time
}

// Open returns an engine without topics and sources.
func Open(ctx context.Context, o Options) (*Engine, error) {
	properties, err := config.New(o.Properties)
	if err != nil {
		return nil, err
	}
	e := &Engine{cluster: memory.New(!o.Spread), registry: &registry.Memory{}, clock: o.Clock}
	e.driver = &driver{cluster: e.cluster}
	e.formats = serde.New(serde.WithRegistry(e.registry))
	e.exec, err = exec.Open(ctx, exec.Options{
		Cluster: e.cluster, Clock: o.Clock, Properties: properties, Serve: true, Start: e.driver.start,
		Registry: e.registry, Events: o.Events,
	})
	if err != nil {
		return nil, err
	}
	e.session = e.exec.NewSession()
	return e, nil
}

// Close ends everything.
func (e *Engine) Close() error { return e.exec.Close() }

// Session is the one in which statements are executed. Persistent queries that they
// start are there from then on, but do nothing before they are fed.
func (e *Engine) Session() *exec.Session { return e.session }

// Cluster is where the topics are. What is appended there no query sees by that.
func (e *Engine) Cluster() *memory.Cluster { return e.cluster }

// Registry is the schema registry.
func (e *Engine) Registry() *registry.Memory { return e.registry }

// Formats are the record formats, with the registry.
func (e *Engine) Formats() *serde.Formats { return e.formats }

// Sources returns the streams and tables there are.
func (e *Engine) Sources() []*catalog.Source { return e.exec.Catalog().Sources() }

// SourceOn returns a source on a topic, if possible one with or without windows as
// asked for.
func (e *Engine) SourceOn(topic string, windowed bool) (*catalog.Source, error) {
	var found *catalog.Source
	for _, s := range e.Sources() {
		if s.Topic == topic && (found == nil || s.Windowed() == windowed && found.Windowed() != windowed) {
			found = s
		}
	}
	if found == nil {
		return nil, fmt.Errorf("no stream or table is on the topic %s", topic)
	}
	return found, nil
}

// Queries returns the persistent queries in the order of their creation; one that
// was replaced keeps its place.
func (e *Engine) Queries() []*Query { return e.driver.running() }

// Planner returns a planner for the catalog of this moment and the session.
func (e *Engine) Planner() *planner.Planner {
	return &planner.Planner{
		Catalog: e.exec.Catalog(), Functions: e.exec.Functions(), Formats: e.formats, Properties: e.session.Properties(),
	}
}

// Parse parses a whole script, so that nothing is executed of one with a syntax error.
func (e *Engine) Parse(script string) ([]exec.Statement, error) {
	if _, err := parser.Parse(script); err != nil {
		return nil, err
	}
	var statements []exec.Statement
	for _, part := range parser.Split(script).Parts {
		st, err := e.session.Prepare(script, part)
		if err != nil {
			return nil, err
		}
		statements = append(statements, st)
	}
	return statements, nil
}

// Append writes a message to a topic and returns it with its partition and offset.
func (e *Engine) Append(ctx context.Context, topic string, m broker.Message) (broker.Message, error) {
	one := []broker.Message{m}
	err := e.cluster.Produce(ctx, topic, one)
	return one[0], err
}

// evaluate computes a constant as a value of the type, as INSERT INTO … VALUES does.
func (e *Engine) evaluate(n ast.Expr, typ *types.Type) (data.Value, error) {
	built, err := expr.Build(n, expr.Env{Functions: e.exec.Functions(), Named: e.exec.Catalog().Type, Clause: "VALUES"})
	if err != nil {
		return data.Null, err
	}
	if built, err = expr.Coerce(built, typ, expr.Lax); err != nil {
		return data.Null, err
	}
	program, err := eval.Compile(built, eval.Options{Functions: e.exec.Functions()})
	if err != nil {
		return data.Null, err
	}
	return program(&eval.Frame{Env: functions.Env{Arena: &data.Arena{}, Now: e.clock}})
}

// decode reads a message as a record of the source, all columns of it. The record is
// the caller's.
func (e *Engine) decode(s *catalog.Source, m broker.Message) (*data.Record, error) {
	decoder, err := hub.NewPrivate(hub.Request{Source: s, Wanted: hub.WantAll(s.Schema)}, e.formats)
	if err != nil {
		return nil, err
	}
	batch := decoder.Decode([]broker.Message{m}, func(f hub.Fault) { err = f.Err })
	if err != nil {
		return nil, err
	}
	return &batch.Records[0], nil
}
