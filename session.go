package ksqlite

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/runtime/exec"
)

// Session is what one user has set: properties by SET, variables by DEFINE. It
// belongs to one goroutine at a time; the rows of its queries may be read by others.
type Session struct {
	session *exec.Session
	ended   *atomic.Bool // the engine is closed
	explain func(context.Context, error) error
}

// Run executes the statements of a text one after the other and yields what each
// gives back, as a shell needs it. Before the first is executed all are parsed, so
// a text with a syntax error does nothing. After an error, which is yielded last,
// nothing more is executed, unless [Session.ContinueOnError] says otherwise; when ctx is done the error is a
// [LeftOutError] if statements were left out. Whoever ranges over it closes the Rows and Lines of
// the results.
func (s *Session) Run(ctx context.Context, sql string) iter.Seq2[*Result, error] {
	return s.unlessEnded(ctx, s.session.Script(ctx, sql))
}

// RunFile is Run for the text of a file. Scripts that it runs by relative paths are
// sought beside it, and its errors say its path.
func (s *Session) RunFile(ctx context.Context, path string) iter.Seq2[*Result, error] {
	return s.unlessEnded(ctx, s.session.File(ctx, path))
}

// unlessEnded returns results, with errors that say what is wrong with the connection, or
// [ErrClosed] alone if the engine is closed.
func (s *Session) unlessEnded(ctx context.Context, results iter.Seq2[*Result, error]) iter.Seq2[*Result, error] {
	return func(yield func(*Result, error) bool) {
		if s.ended.Load() {
			yield(nil, fmt.Errorf("the engine is %w", ErrClosed))
			return
		}
		results(func(r *Result, err error) bool { return yield(r, s.explain(ctx, err)) })
	}
}

// ContinueOnError lets Run and RunFile go on after a statement that failed: its error
// is yielded in its place, and what can be parsed of the rest is executed.
func (s *Session) ContinueOnError() { s.session.ContinueOnError() }

// LeaveWithExit lets EXIT and QUIT, alone on a line, end the texts that the session runs from now on, as in a shell.
// Without it they are an error where other statements stand behind them, and nothing is executed.
func (s *Session) LeaveWithExit() { s.session.LeaveWithExit() }

// TakeCommands has statements of Run and RunFile that find knows done by what it returns, in their place among the
// others, and not executed: for programs with words of their own, such as a shell's. find returns nil for all others.
func (s *Session) TakeCommands(find func(statement string) func() error) {
	s.session.TakeCommands(find)
}

// LimitSummaries bounds how long each SUMMARIZE reads from now on, after which it answers what is known
// by then. By default it reads all that is there, or until its context is done.
func (s *Session) LimitSummaries(longest time.Duration) { s.session.LimitSummaries(longest) }

// Exec executes all statements of a text and returns what they gave back. It stops
// at the first that fails, or that is a query ([ErrQuery]), and returns the
// results of those before it with the error.
func (s *Session) Exec(ctx context.Context, sql string) ([]*Result, error) {
	var results []*Result
	for result, err := range s.Run(ctx, sql) {
		if err != nil {
			return results, err
		}
		if closeResult(result) {
			return results, fmt.Errorf("%w: %s", ErrQuery, result.Statement)
		}
		results = append(results, result)
	}
	return results, nil
}

// Query starts the query that is the last statement of a text, after executing
// those before it, and returns its rows. The context is for starting only: the
// query goes on until its rows are closed. A query with EMIT CHANGES waits for
// records for ever; one without ends when it has read what is there.
func (s *Session) Query(ctx context.Context, sql string) (*Rows, error) {
	var last *Result
	for result, err := range s.Run(ctx, sql) {
		if last != nil && closeResult(last) {
			return nil, fmt.Errorf("%w: %s", ErrQuery, last.Statement)
		}
		if err != nil {
			return nil, err
		}
		last = result
	}
	switch {
	case last == nil:
		return nil, fmt.Errorf("%w: there is no statement", ErrNotQuery)
	case last.Rows == nil:
		closeResult(last)
		return nil, fmt.Errorf("%w: %s", ErrNotQuery, last.Statement)
	}
	return newRows(last.Rows), nil
}

// closeResult ends what a result holds open and reports whether there was anything.
func closeResult(r *Result) bool {
	switch {
	case r.Rows != nil:
		r.Rows.Close()
	case r.Lines != nil:
		r.Lines.Close()
	default:
		return false
	}
	return true
}

// Set sets a property of the session, as SET does.
func (s *Session) Set(name, value string) error { return s.session.SetProperty(name, value) }

// Names returns what statements can speak of now: sources with their columns, functions,
// types, queries and variables. It does not ask Kafka; the result's Topics does.
func (s *Session) Names() *Names { return s.session.Names() }

// Define sets a variable, as DEFINE does: ${name} stands for it in statements.
func (s *Session) Define(name, value string) { s.session.Define(name, value) }
