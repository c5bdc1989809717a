package show

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// Runnable is what a runner needs of an engine's session.
type Runnable interface {
	// Run checks the whole text, runs its statements one after the other and
	// yields their results as they come; whoever gets them closes their Rows
	// and Lines. An error is yielded last, unless the session is to continue on
	// errors; if it is one of the text, its place
	// counts in the whole text.
	Run(ctx context.Context, text string) iter.Seq2[*exec.Result, error]
	// RunFile is Run for the text of a file, beside which it seeks the scripts
	// that the text runs.
	RunFile(ctx context.Context, path string) iter.Seq2[*exec.Result, error]
	// TakeCommands has statements that find knows done by what it returns, in their place
	// among the others; find returns nil for all others.
	TakeCommands(find func(statement string) func() error)
}

// Runner runs statements and shows their results until one of them fails. It
// belongs to one goroutine.
type Runner struct {
	backend Runnable
	printer *Printer
	// tolerant goes on after a statement that failed.
	tolerant bool
	// echo shows the text of a statement above its answer, as ksqlDB does for
	// scripts. A statement that has none, such as an INSERT, is not shown.
	echo bool
	// alone says that there is no shell, which would attend.
	alone   bool
	adviser adviser
}

// Display says where and how results are shown.
type Display struct {
	Console  terminal.Console
	Settings render.Settings
	Limits   Limits
	// Faults, if not nil, tells of records that went wrong while a query runs.
	Faults *proclog.Summary
	// Restoring, if not nil, tells how far the restore is of what queries remember: a query that waits for
	// its first row may wait for that.
	Restoring func() query.Progress
	// Aside, if not nil, takes what others write meanwhile.
	Aside *terminal.Aside
}

// NewRunner returns a runner without a shell, which shows results as d says.
func NewRunner(backend Runnable, d Display) *Runner {
	r := (&Printer{Display: d}).Runner(backend)
	r.alone = true
	if bar := terminal.NewBar(d.Console); bar.Drawable() {
		r.printer.Bar, r.printer.Jobs = bar, &terminal.Jobs{}
		r.printer.Console.Out, r.printer.Console.Err = bar.Beside(d.Console.Out), bar.Beside(d.Console.Err)
	}
	return r
}

// Runner returns a runner that shows results with p, of a shell that has the terminal.
func (p *Printer) Runner(backend Runnable) *Runner {
	backend.TakeCommands(p.command)
	return &Runner{backend: backend, printer: p}
}

// ContinueOnError lets the runner go on after a statement that failed, as far as the
// backend does: it yields errors in their place then.
func (r *Runner) ContinueOnError() { r.tolerant = true }

// Run runs the statements of a text. It shows the error of the one that failed
// and returns it; to continue on errors, it shows each and returns the first. Two
// errors are returned without a word: the cause of a done
// ctx, which ends a running query at once, and EPIPE, when whoever read the
// results went away. If statements were left out since ctx was done, the cause is in an
// [exec.LeftOutError], of which a shell tells by itself.
func (r *Runner) Run(ctx context.Context, text string) error {
	return r.all(ctx, r.backend.Run(ctx, text))
}

// Script is Run for the text of a script: each statement is shown above its answer,
// unless it is a query.
func (r *Runner) Script(ctx context.Context, text string) error {
	return r.echoing().Run(ctx, text)
}

// File is Script for the script in a file, beside which the scripts that it runs
// are sought.
func (r *Runner) File(ctx context.Context, path string) error {
	return r.echoing().all(ctx, r.backend.RunFile(ctx, path))
}

// echoing returns the runner for scripts.
func (r *Runner) echoing() *Runner {
	script := *r
	script.echo = true
	return &script
}

// attend has Ctrl-Z and the messages of others respect what is on the terminal, until the
// function it returns is called. Beside a shell that does it there is nothing to do.
func (r *Runner) attend() (leave func()) {
	jobs := r.printer.Jobs
	if !r.alone || jobs == nil {
		return func() {}
	}
	deaf, back := jobs.Listen(), r.printer.Aside.Lend(jobs.Tell)
	return func() {
		back()
		deaf()
	}
}

// all shows all results, and the error that ends them.
func (r *Runner) all(ctx context.Context, results iter.Seq2[*exec.Result, error]) error {
	defer r.attend()()
	var first error
	err := r.show(ctx, results, func(err error) bool {
		if first == nil {
			first = err
		}
		return r.complain(ctx, err)
	})
	if err != nil { // a panic
		r.complain(ctx, err)
	}
	return stoppage(ctx, cmp.Or(first, err))
}

// stoppage returns how statements ended that were run under ctx: if that has stopped them its cause, or
// which statements were left out.
func stoppage(ctx context.Context, err error) error {
	_, leftOut := errors.AsType[*exec.LeftOutError](err)
	if ctx.Err() == nil || leftOut || err != nil && !stoppedBy(ctx, err) {
		return err
	}
	return context.Cause(ctx)
}

// complain shows what went wrong, unless nobody is to be told, and reports whether
// to go on.
func (r *Runner) complain(ctx context.Context, err error) bool {
	left, leftOut := errors.AsType[*exec.LeftOutError](err)
	switch {
	case errors.Is(err, syscall.EPIPE):
		return false
	case !stoppedBy(ctx, err):
		if leftOut {
			err = left.Err
		}
		r.printer.ShowError(r.adviser.advised(err))
	}
	if leftOut && r.alone {
		r.printer.Warn(left.Told())
	}
	if ctx.Err() != nil {
		return false
	}
	_, lost := errors.AsType[*terminal.OutputError](err)
	return r.tolerant && !lost
}

// stoppedBy reports whether an error is no more than that ctx is done.
func stoppedBy(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.Cause(ctx)))
}

// show shows all results. What goes wrong is given to failed, which says whether to
// go on. The error is that of a panic.
func (r *Runner) show(ctx context.Context, results iter.Seq2[*exec.Result, error], failed func(error) bool) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = InternalError(p)
		}
	}()
	for result, err := range results {
		if err == nil {
			err = r.one(ctx, result)
		}
		if err != nil && !failed(err) {
			return nil
		}
	}
	return nil
}

// one shows one result.
func (r *Runner) one(ctx context.Context, result *exec.Result) error {
	if r.echo && result.Entity != nil && r.printer.Settings.Format.Readable() {
		r.printer.noteAsIs("\n" + cells.EscapedLines(strings.TrimSpace(result.Statement)) + ";")
	}
	return r.printer.show(ctx, result)
}

// InternalError makes an error of a panic, to be called while recovering. It
// says in which of our own lines that was, which is what a report needs.
func InternalError(panicked any) error {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	panicking, place := false, ""
	for more := true; more && place == ""; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if panicking && strings.Contains(frame.Function, "ksqlite/") {
			place = fmt.Sprintf(" (%s:%d)", filepath.Base(frame.File), frame.Line)
		}
		panicking = panicking || frame.Function == "runtime.gopanic"
	}
	return fmt.Errorf("internal error: %v%s: please report it", panicked, place)
}

// FindScript returns an error if there is no script at path.
func FindScript(path string) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("No such script file: %s", path)
	}
	return nil
}
