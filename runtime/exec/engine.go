package exec

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/serde"
	stores "github.com/ksqlite/ksqlite/runtime/state"
	"github.com/ksqlite/ksqlite/runtime/view"
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
	// Elsewhere says where a property belongs that SET does not know; "" for one that nobody knows. Nil knows none.
	Elsewhere func(name string) string
	// Events is told what goes wrong with single records. Nil forgets it.
	Events proclog.Log
	// Serve says that the engine runs the persistent queries of its log, if it is
	// a [TopicLog] while it holds the service id. Without it, it runs those alone that its
	// own sessions create, until a process that serves holds the service id.
	Serve bool
	// Private says that no other process reaches the cluster, so that there is nobody
	// to be followed and nothing to be held.
	Private bool
	// Ephemeral says that the log is forgotten with the engine, on a Kafka that is
	// not: its queries then read in groups of their own, which go with it.
	Ephemeral bool
	// Headless says that all statements come from a file each time the engine is
	// opened: queries go on where they stopped although their statements are executed anew.
	Headless bool
	// ReadOnly says that nothing may be written: statements that do are refused, no
	// persistent query runs, and no processing log is written. Cluster is then a
	// [broker.ReadOnly] one, so that the log cannot be written either.
	ReadOnly bool
	// Logger is told of what happens beside all statements. Nil forgets it.
	Logger *slog.Logger
	// StateDir is the folder in which persistent queries keep snapshots of their state,
	// unless the properties name another one. Empty is none: a restart reads the changelogs.
	StateDir string
	// Memory is what the stores of all queries share, which whoever opened it closes after
	// the engine; nil is memory without a bound.
	Memory *stores.Memory
	// Start starts persistent queries. Nil runs them in the process; whoever drives
	// their tasks by himself, as tests do, gives another.
	Start StartFunc
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
	tables    *view.Tables
	counters  proclog.Counters
	events    proclog.Log
	log       *processingLog // nil if there is none
	queries   queries        // push and pull queries
	runners   runners        // persistent queries
	background
	// name tells this engine from others.
	name string

	// ddl is held by a statement that changes the state, from the moment it looks
	// at it until the change is published and in force.
	ddl      sync.Mutex
	sequence int64 // statements in the log; guarded by ddl
	closed   bool  // guarded by ddl
	standing       // guarded by ddl
	state    atomic.Pointer[state]
}

// Open returns an engine whose catalog and persistent queries are what the
// statements of its log make. They change nothing on the cluster. If it fails, the
// log is closed.
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
	if o.Start == nil {
		o.Start = startPersistent
	}
	if o.ReadOnly && o.Registry != nil {
		o.Registry = readOnlyRegistry{o.Registry}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	e := &Engine{options: o, name: rand.Text(), functions: functions.New(), formats: serde.New(serde.WithRegistry(o.Registry))}
	e.hub = hub.New(o.Cluster, e.formats)
	e.tables = view.New(view.Options{Cluster: o.Cluster, Formats: e.formats, Memory: o.Memory, Now: o.Clock})
	e.events = proclog.Tee(&e.counters, o.Events)
	e.state.Store(&state{catalog: &catalog.Catalog{}})
	if err := e.resume(ctx); err != nil {
		e.log.close()
		_ = o.Log.Close() // the first error counts
		return nil, err
	}
	return e, nil
}

// resume brings back what the log has, and starts the queries if they are to run here.
func (e *Engine) resume(ctx context.Context) error {
	if err := e.replay(ctx); err != nil {
		return err
	}
	if e.options.ReadOnly {
		return nil
	}
	if err := e.openProcessingLog(ctx); err != nil {
		return err
	}
	if !e.options.Serve {
		return nil
	}
	log, shared := e.shared()
	if shared || len(e.now().queries) > 0 {
		if err := checkService(ctx, e.options.Cluster, e.options.Properties); err != nil {
			return err
		}
	}
	if shared {
		return e.serve(ctx, log)
	}
	e.enforce(ctx, &state{})
	return nil
}

// replay adds to the state what the log has and the engine does not know yet.
func (e *Engine) replay(ctx context.Context) error {
	entries, err := e.options.Log.Entries(ctx, e.sequence)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := e.fold(entry); err != nil {
			return fmt.Errorf("executing statement %d of the catalog's log again: %w", e.sequence+1, err)
		}
		e.sequence++
	}
	return nil
}

// fold adds one entry of the log to the state.
func (e *Engine) fold(entry Entry) error {
	parsed, err := parser.Parse(entry.Statement)
	if err != nil {
		return err
	}
	planner := e.planner(e.options.Properties.WithOverrides(entry.Properties))
	planner.Formats = withoutRegistry{e.formats}
	for _, p := range parsed {
		planner.Catalog = e.Catalog()
		next, err := e.now().after(planner, p, e.sequence)
		if err != nil {
			return err
		}
		e.state.Store(next)
	}
	return nil
}

// withoutRegistry are formats that hold columns although there is no registry here: the process that has
// executed the statement had one. Whoever reads or writes them in this one is told.
type withoutRegistry struct{ catalog.Formats }

// Check implements [catalog.Formats].
func (f withoutRegistry) Check(format catalog.Format, side catalog.Side, columns []types.Column) error {
	if err := f.Formats.Check(format, side, columns); !errors.Is(err, serde.ErrNoRegistry) {
		return err
	}
	return nil
}

// now is the state of this moment.
func (e *Engine) now() *state { return e.state.Load() }

// Catalog returns the sources and types of this moment.
func (e *Engine) Catalog() *catalog.Catalog { return e.now().catalog }

// Functions returns the functions of the language.
func (e *Engine) Functions() *functions.Registry { return e.functions }

// Cluster returns the Kafka that the engine works on.
func (e *Engine) Cluster() broker.Cluster { return e.options.Cluster }

// NewSession returns a session without properties and variables of its own.
func (e *Engine) NewSession() *Session {
	return &Session{engine: e, properties: e.options.Properties, variables: map[string]string{}, spellings: map[string]string{}, events: proclog.Discard}
}

// Close ends all queries, waits for them, and closes the log. Persistent queries
// commit what they have read; only then another process may hold the service id.
// The engine must not be used any more.
func (e *Engine) Close() error {
	e.queries.close()
	e.tables.Close()
	e.ddl.Lock()
	e.closed = true
	e.runners.close()
	e.forgetEphemeral()
	e.ddl.Unlock()
	e.background.end()
	e.log.close()
	return e.options.Log.Close()
}

// planner returns a planner for the catalog of this moment.
func (e *Engine) planner(p config.Properties) *planner.Planner {
	return &planner.Planner{Catalog: e.Catalog(), Functions: e.functions, Formats: e.formats, Properties: p, Now: e.options.Clock}
}

// publish makes a statement's change of the state durable, then visible, and has
// queries run as it says. The caller holds ddl, and p is a planner for the catalog of this
// moment.
func (e *Engine) publish(ctx context.Context, p *planner.Planner, st Statement) error {
	before := e.now()
	next, err := before.after(p, st.Parsed, e.sequence)
	if err != nil {
		return err
	}
	if err := e.options.Log.Append(ctx, e.sequence, Entry{Statement: st.Text, Properties: p.Properties.Explicit()}); err != nil {
		return err
	}
	e.sequence++
	e.state.Store(next)
	e.enforce(ctx, before)
	return nil
}
