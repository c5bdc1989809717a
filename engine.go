package ksqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Engine executes statements on a Kafka. Its methods are safe for concurrent
// use; Exec and Query share one session, so a SET of one goroutine is seen by
// all. [Engine.NewSession] makes further ones.
type Engine struct {
	exec    *exec.Engine
	using   sync.Mutex // of session
	session *Session

	cluster broker.Cluster
	broker  *embedded.Broker // nil on a Kafka
	where   string           // the broker's data is
	lock    *flock.Flock     // of the data folder; nil if the broker holds it, or there is none
	release func() error     // what the schema registry holds; nil for nothing

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
	e := &Engine{}
	if err := e.open(ctx, o); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Engine) open(ctx context.Context, o *options) error {
	if err := e.connect(ctx, o); err != nil {
		return err
	}
	properties, err := sessionProperties(o)
	if err != nil {
		return err
	}
	var schemas serde.Registry
	if schemas, e.release, err = openRegistry(o); err != nil {
		return err
	}
	log, err := openLog(o.dataDir)
	if err != nil {
		return err
	}
	e.exec, err = exec.Open(ctx, exec.Options{
		Cluster: e.cluster, Clock: o.clock, Log: log, Registry: schemas, Properties: properties, Serve: o.embedded(),
		Events: events(o.report), ReadScript: o.readScript, StateDir: stateDir(o.dataDir),
	})
	if err != nil {
		return err
	}
	e.session = e.NewSession()
	return nil
}

// connect opens the way to the cluster, starting a broker if there is none.
func (e *Engine) connect(ctx context.Context, o *options) (err error) {
	if !o.embedded() {
		if e.lock, err = lockFolder(o.dataDir); err != nil {
			return err
		}
		e.cluster, err = openKafka(ctx, kafka.Config{Properties: o.properties, Logger: o.logger})
		return err
	}
	if e.broker, err = embedded.Open(embedded.Options{Dir: o.dataDir, Logger: o.logger}); err != nil {
		return err
	}
	e.where = "a Kafka of its own, gone at the end"
	if o.dataDir != "" {
		e.where = "a Kafka of its own, kept in " + o.dataDir
	}
	e.cluster, err = e.broker.Connect(ctx)
	return err
}

// openKafka keeps the interface nil when there is no cluster.
func openKafka(ctx context.Context, c kafka.Config) (broker.Cluster, error) {
	cluster, err := kafka.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	return cluster, nil
}

// lockFolder takes a data folder for this process alone, by the same file as the
// embedded broker does; nil without a folder.
func lockFolder(dir string) (*flock.Flock, error) {
	if dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating data folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, ".ksqlite.lock"))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking data folder %s: %w", dir, err)
	}
	if !locked {
		return nil, fmt.Errorf("data folder %s is %w", dir, ErrDataDirInUse)
	}
	return lock, nil
}

// stateDir is the folder for what queries remember in the data folder.
func stateDir(dir string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "state")
}

// openLog opens the log of statements in the data folder, or one in memory.
func openLog(dir string) (exec.Log, error) {
	if dir == "" {
		return &exec.MemoryLog{}, nil
	}
	return exec.OpenFileLog(filepath.Join(dir, "catalog.jsonl"))
}

// sessionProperties returns the properties that all sessions begin with, and shows
// where the schema registry is.
func sessionProperties(o *options) (config.Properties, error) {
	process := map[string]string{}
	if url := o.registry["schema.registry.url"]; url != "" {
		process["ksql.schema.registry.url"] = url
	}
	p, err := config.New(process)
	if err != nil {
		return p, err
	}
	for name, value := range o.session {
		next, err := p.With(name, value)
		if err != nil {
			return p, fmt.Errorf("property %s: %w", name, err)
		}
		p = next
	}
	return p, nil
}

// events returns the log that calls report.
func events(report func(RecordError)) proclog.Log {
	if report == nil {
		return proclog.Discard
	}
	return proclog.Func(report)
}

// Location says in a few words which Kafka the statements work on.
func (e *Engine) Location(ctx context.Context) (string, error) {
	if e.broker != nil {
		return e.where, nil
	}
	identity, err := e.cluster.Identify(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Kafka %s (cluster %s)", strings.Join(identity.Addresses, ", "), identity.ID), nil
}

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
	return &Session{session: e.exec.NewSession(), ended: &e.ended}
}

// Close ends all queries, waits until nothing of the engine is left running, and
// stops its broker. Further calls return the same error.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.ended.Store(true)
		var errs []error
		if e.exec != nil {
			errs = append(errs, e.exec.Close())
		}
		if e.cluster != nil {
			e.cluster.Close()
		}
		if e.broker != nil {
			errs = append(errs, e.broker.Close())
		}
		if e.release != nil {
			errs = append(errs, e.release())
		}
		if e.lock != nil {
			errs = append(errs, e.lock.Close())
		}
		e.closed = errors.Join(errs...)
	})
	return e.closed
}
