package exec

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Options are what an engine is made of.
type Options struct {
	// Cluster is the Kafka that is read and written. It stays the caller's, who
	// closes it after the engine.
	Cluster broker.Cluster
	// Clock tells the wall time.
	Clock func() time.Time
	// Log keeps the statements that make the catalog. The engine closes it.
	// Nil is a log that ends with the engine.
	Log Log
	// Registry is the schema registry. Nil is none: formats that need one are refused.
	Registry serde.Registry
	// Properties are those that the process sets for all sessions.
	Properties config.Properties
	// Events is told what goes wrong with single records. Nil forgets it.
	Events proclog.Log
	// ReadScript reads the file that RUN SCRIPT names. Nil reads the process's
	// own files.
	ReadScript func(path string) ([]byte, error)
}

// Engine is what all sessions share: a cluster, the catalog, and the queries
// that run. Its methods are safe for concurrent use.
type Engine struct {
	options   Options
	functions *functions.Registry
	formats   *serde.Formats
	hub       *hub.Hub
	counters  proclog.Counters
	events    proclog.Log
	queries   queries

	// ddl is held by a statement that changes the catalog, from the moment it
	// looks at it until the change is published.
	ddl      sync.Mutex
	sequence int64 // statements in the log; guarded by ddl
	catalog  atomic.Pointer[catalog.Catalog]
}

// Open returns an engine whose catalog is what the statements of its log make.
// They change nothing on the cluster. If it fails, the log is closed.
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.Log == nil {
		o.Log = &MemoryLog{}
	}
	if o.Events == nil {
		o.Events = proclog.Discard
	}
	if o.ReadScript == nil {
		o.ReadScript = os.ReadFile
	}
	e := &Engine{options: o, functions: functions.New(), formats: serde.New(serde.WithRegistry(o.Registry))}
	e.hub = hub.New(o.Cluster, e.formats)
	e.events = proclog.Tee(&e.counters, o.Events)
	e.catalog.Store(&catalog.Catalog{})
	if err := e.replay(ctx); err != nil {
		_ = o.Log.Close() // the first error counts
		return nil, err
	}
	return e, nil
}

// replay builds the catalog from the log.
func (e *Engine) replay(ctx context.Context) error {
	entries, err := e.options.Log.Entries(ctx)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if err := e.fold(entry); err != nil {
			return fmt.Errorf("executing statement %d of the catalog's log again: %w", i+1, err)
		}
	}
	e.sequence = int64(len(entries))
	return nil
}

// fold adds one entry of the log to the catalog.
func (e *Engine) fold(entry Entry) error {
	parsed, err := parser.Parse(entry.Statement)
	if err != nil {
		return err
	}
	for _, p := range parsed {
		next, err := e.after(e.planner(e.options.Properties.WithOverrides(entry.Properties)), p)
		if err != nil {
			return err
		}
		e.catalog.Store(next)
	}
	return nil
}

// Catalog returns the sources and types of this moment.
func (e *Engine) Catalog() *catalog.Catalog { return e.catalog.Load() }

// Functions returns the functions of the language.
func (e *Engine) Functions() *functions.Registry { return e.functions }

// Cluster returns the Kafka that the engine works on.
func (e *Engine) Cluster() broker.Cluster { return e.options.Cluster }

// NewSession returns a session without properties and variables of its own.
func (e *Engine) NewSession() *Session {
	return &Session{engine: e, properties: e.options.Properties, variables: map[string]string{}, events: proclog.Discard}
}

// Close ends all queries, waits for them, and closes the log. The engine must
// not be used any more.
func (e *Engine) Close() error {
	e.queries.close()
	e.ddl.Lock()
	defer e.ddl.Unlock()
	return e.options.Log.Close()
}

// planner returns a planner for the catalog of this moment.
func (e *Engine) planner(p config.Properties) *planner.Planner {
	return &planner.Planner{Catalog: e.Catalog(), Functions: e.functions, Formats: e.formats, Properties: p}
}

// after returns the catalog as it is after a statement. It is what makes the
// catalog, now and when the log is read again, so it looks at nothing but the
// statement and the planner it is given.
func (e *Engine) after(p *planner.Planner, st parser.Parsed) (*catalog.Catalog, error) {
	switch n := st.Statement.(type) {
	case *ast.CreateSource:
		creation, err := p.Create(n)
		if err != nil {
			return nil, err
		}
		return p.Catalog.WithSource(named(creation.Source, st)), nil
	case *ast.AlterSource:
		altered, err := p.Alter(n)
		if err != nil {
			return nil, err
		}
		return p.Catalog.WithSource(named(altered, st)), nil
	case *ast.DropSource:
		return p.Catalog.WithoutSource(n.Name.Text), nil
	case *ast.CreateType:
		typ, err := p.Type(n)
		if err != nil {
			return nil, err
		}
		return p.Catalog.WithType(n.Name.Text, typ), nil
	case *ast.DropType:
		return p.Catalog.WithoutType(n.Name.Text), nil
	default:
		return p.Catalog, nil
	}
}

// named returns the source with the statement that has made it. An ALTER is
// added to the text that stands there.
func named(s *catalog.Source, st parser.Parsed) *catalog.Source {
	made := *s
	if made.Statement != "" {
		made.Statement += "\n"
	}
	made.Statement += st.Text
	return &made
}

// publish makes a statement's change of the catalog durable and then visible.
// The caller holds ddl, and p is a planner for the catalog of this moment.
func (e *Engine) publish(ctx context.Context, p *planner.Planner, st Statement) error {
	next, err := e.after(p, st.Parsed)
	if err != nil {
		return err
	}
	if err := e.options.Log.Append(ctx, Entry{Statement: st.Text, Properties: p.Properties.Explicit()}); err != nil {
		return err
	}
	e.sequence++
	e.catalog.Store(next)
	return nil
}
