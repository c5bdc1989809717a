package exec

import (
	"context"
	"errors"
	"slices"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/config"
)

// This file is about a log that several processes share.

// standing is what this process may run of the queries in the state.
type standing struct {
	// holding says that a process that serves holds the service id.
	holding bool
	// own are the ids of queries that the sessions of a process that does not
	// serve have created while nobody held the service id.
	own map[string]bool
	// handedOver says that somebody holds it since.
	handedOver bool
	// watched says that somebody looks whether it is handed over.
	watched bool
}

// shared returns the log if other processes append to it too.
func (e *Engine) shared() (*TopicLog, bool) {
	log, ok := e.options.Log.(*TopicLog)
	return log, ok && !e.options.Private
}

// refresh takes over what other processes have executed.
func (e *Engine) refresh(ctx context.Context) error {
	if _, shared := e.shared(); !shared {
		return nil
	}
	e.ddl.Lock()
	defer e.ddl.Unlock()
	if e.closed {
		return ErrClosed
	}
	before := e.now()
	err := e.replay(ctx)
	e.enforce(ctx, before)
	return err
}

// overtakings is how often a statement is tried again after others came first.
const overtakings = 20

// attempt executes a statement on the state as all processes know it, and again if
// another one has changed it meanwhile.
func (s *Session) attempt(ctx context.Context, st Statement) (result *Result, err error) {
	for range overtakings {
		if looks(st.Statement) {
			if err := s.engine.refresh(ctx); err != nil {
				return nil, err
			}
		}
		if result, err = s.dispatch(ctx, st); !errors.Is(err, ErrOvertaken) {
			break
		}
	}
	return result, err
}

// looks reports whether a statement looks at the state. Those that do not work
// without a cluster too.
func looks(n ast.Statement) bool {
	switch n.(type) {
	case *ast.Set, *ast.Unset, *ast.Define, *ast.Undefine, *ast.RunScript, *ast.Print, *ast.ListVariables,
		*ast.ListFunctions, *ast.ListProperties, *ast.DescribeFunction, *ast.AssertTopic, *ast.AssertSchema:
		return false
	default:
		return true
	}
}

// adopt makes the query of that id, which is about to be created, one that this
// process runs, if it does not serve and nobody does. The caller holds ddl.
func (e *Engine) adopt(ctx context.Context, id string) error {
	if e.options.Serve {
		return nil
	}
	if log, shared := e.shared(); shared {
		holder, err := e.holder(ctx)
		if err != nil {
			return err
		}
		if e.handedOver = holder != ""; e.handedOver {
			return nil
		}
		e.watchHolder(log)
	}
	if e.own == nil {
		e.own = map[string]bool{}
	}
	e.own[id] = true
	return nil
}

// alone says that a query runs in this process only.
func (e *Engine) alone(id string) string {
	text := "Query " + id + " runs in this process alone and stops when it ends"
	if _, shared := e.shared(); !shared {
		return text + ": its statement is forgotten then."
	}
	return text + ": no process serves the service id " + e.options.Properties.String(config.ServiceID) +
		". `ksqlite server` keeps queries running."
}

// unattended says how queries are run that nobody runs, nothing if there are none.
func (e *Engine) unattended(ctx context.Context, infos []QueryInfo) []string {
	idle := slices.ContainsFunc(infos, func(i QueryInfo) bool { return i.State == unresponsive })
	_, shared := e.shared()
	switch {
	case !idle:
		return nil
	case !shared && e.options.ReadOnly:
		return []string{"Queries that are " + unresponsive + " do not run: they write, and the session is read-only."}
	case !shared:
		return nil
	}
	if holder, err := e.holder(ctx); err != nil || holder != "" {
		return nil
	}
	return []string{"Queries that are " + unresponsive + " do not run: no process serves the service id " +
		e.options.Properties.String(config.ServiceID) + ". `ksqlite server` runs them."}
}
