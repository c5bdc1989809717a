package ksqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Engine executes statements on a Kafka. Its methods are safe for concurrent
// use; Exec and Query share one session, so a SET of one goroutine is seen by
// all. [Engine.NewSession] makes further ones.
type Engine struct {
	exec    *exec.Engine
	using   sync.Mutex // of session
	session *Session

	connection Connection
	memory     *state.Memory // of all stores; nil for memory without a bound

	closing sync.Once
	ended   atomic.Bool
	closed  error // what closing it has brought
}

// Open starts an engine: on an embedded broker, unless options name a Kafka. The
// context is for opening only.
func Open(ctx context.Context, opts ...Option) (*Engine, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	e := &Engine{connection: Connection{explainer: o.explainer()}}
	defer e.connection.explainer.Watch(ctx)()
	if err := e.open(ctx, o); err != nil {
		return nil, errors.Join(e.connection.Explain(ctx, err), e.Close())
	}
	return e, nil
}

func (e *Engine) open(ctx context.Context, o *options) error {
	if err := e.connection.open(ctx, o); err != nil {
		return err
	}
	properties, err := sessionProperties(o)
	if err != nil {
		return err
	}
	if err := e.openMemory(o, properties); err != nil {
		return err
	}
	e.exec, err = exec.Open(ctx, exec.Options{
		Elsewhere: clientProperty,
		Cluster:   e.connection.cluster, Clock: o.clock, Log: e.log(o, properties), Registry: e.connection.schemas, Properties: properties, Private: o.private(),
		Serve: (o.serve || o.embedded()) && !o.readOnly, ReadOnly: o.readOnly, Ephemeral: o.ephemeral && !o.embedded(), Headless: o.queries != "",
		Events: events(o.report), ReadScript: o.readScript, Logger: o.logger, StateDir: o.stateFolder(), Memory: e.memory,
	})
	if err != nil {
		return err
	}
	o.tellIdle(o.logger)
	e.session = e.NewSession()
	return e.runQueries(ctx, o)
}

// log returns where the statements are kept: in the command topic, which an embedded
// broker has in its data folder, or nowhere.
func (e *Engine) log(o *options, p config.Properties) exec.Log {
	if o.ephemeral || o.queries != "" || o.private() && o.dataDir == "" {
		return &exec.MemoryLog{}
	}
	return exec.NewTopicLog(e.connection.cluster, p, o.clock)
}

// stateFolder is the folder for what queries remember; "" for none.
func (o *options) stateFolder() string {
	if o.stateDir != "" || o.dataDir == "" {
		return o.stateDir
	}
	return filepath.Join(o.dataDir, "state")
}

// openMemory bounds the memory for state, if it is to be bounded.
func (e *Engine) openMemory(o *options, p config.Properties) (err error) {
	if o.disk == nil {
		return nil
	}
	e.memory, err = state.OpenMemory(o.memory, o.disk, cmp.Or(p.String(config.StateDir), o.stateFolder()))
	return err
}

// runQueries executes the file of queries of headless mode.
func (e *Engine) runQueries(ctx context.Context, o *options) error {
	if o.queries == "" {
		return nil
	}
	text, err := o.readScript(o.queries)
	if err != nil {
		return fmt.Errorf("reading the file of queries: %w", err)
	}
	if err := e.exec.NewSession().Queries(ctx, string(text)); err != nil {
		return &exec.ScriptError{Path: o.queries, Err: err}
	}
	return nil
}

// events returns the log that calls report.
func events(report func(RecordError)) proclog.Log {
	if report == nil {
		return proclog.Discard
	}
	return proclog.Func(report)
}

// Location says in a few words which Kafka the statements work on.
func (e *Engine) Location(ctx context.Context) (string, error) { return e.connection.Location(ctx) }

// Exec is [Session.Exec] in the engine's own session, one call after the other.
func (e *Engine) Exec(ctx context.Context, sql string) ([]*Result, error) {
	e.using.Lock()
	defer e.using.Unlock()
	return e.session.Exec(ctx, sql)
}

// Query is [Session.Query] in the engine's own session. Queries run side by side
// once they have started.
func (e *Engine) Query(ctx context.Context, sql string) (*Rows, error) {
	e.using.Lock()
	defer e.using.Unlock()
	return e.session.Query(ctx, sql)
}

// NewSession returns a session with properties and variables of its own. It need
// not be closed.
func (e *Engine) NewSession() *Session {
	return &Session{session: e.exec.NewSession(), ended: &e.ended, explain: e.connection.Explain}
}

// Failed delivers the error that keeps an engine opened with [WithServe] from serving
// any longer: the topic with its statements is gone. The engine is then to be closed.
func (e *Engine) Failed() <-chan error { return e.exec.Failed() }

// RestoreProgress is how far the restore of what persistent queries remember has come.
type RestoreProgress = query.Progress

// Restoring tells how far the restore is of what persistent queries remember. What they
// make goes on when it is done.
func (e *Engine) Restoring() RestoreProgress { return e.exec.Restoring() }

// Close ends all queries, waits until nothing of the engine is left running, and
// stops its broker. Further calls return the same error.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.ended.Store(true)
		var errs []error
		if e.exec != nil {
			errs = append(errs, e.exec.Close())
		}
		e.closed = errors.Join(append(errs, e.memory.Close(), e.connection.Close())...)
	})
	return e.closed
}
