package show

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// Printer shows the results of statements on a console.
type Printer struct {
	Display
	// Bar is shown while a query waits for rows; nil for none.
	Bar *terminal.Bar
	// Jobs is told what is on the terminal while a query runs; nil where nothing is.
	Jobs *terminal.Jobs
	// Spool keeps what is written in a file; nil outside of a shell.
	Spool *Spool
	// PagerCommand is the user's pager, "" for none.
	PagerCommand string

	// Origin is the script that is run now if its errors are to say so, else "".
	Origin string

	prefaced bool // the preface of a query was told
	faults   source.Renderer
}

// Limits say when a query of a session ends early, and when too early.
type Limits struct {
	// Rows is how many rows a query shows at most; 0 is no limit.
	Rows int
	// Time is how long a query runs at most; 0 is no limit.
	Time time.Duration
	// Least is how many rows a query shows at least; fewer are a [TooFewRowsError].
	Least int
}

// TooFewRowsError says that a query has ended before it had shown as many rows as it
// has to.
type TooFewRowsError struct{ Rows, Least int }

func (e *TooFewRowsError) Error() string {
	return fmt.Sprintf("%s, and there have to be %d at least", display.Counted(e.Rows, "row"), e.Least)
}

// enough returns an error if rows are too few.
func (l Limits) enough(rows int) error {
	if rows < l.Least {
		return &TooFewRowsError{rows, l.Least}
	}
	return nil
}

// show shows a result to its end: of a query, all rows until it ends or ctx is done.
func (p *Printer) show(ctx context.Context, r *exec.Result) error {
	switch {
	case r.Rows != nil: // which may come late, or never
		p.warn(r.Warnings)
		rows := func(ctx context.Context) error { return p.rows(ctx, r) }
		if r.Push {
			return rows(ctx)
		}
		return p.Paged(ctx, rows)
	case r.Entity != nil:
		return p.Paged(ctx, func(context.Context) error {
			err := p.entity(r.Entity)
			p.warn(r.Warnings)
			return err
		})
	}
	var err error
	if r.Lines != nil {
		err = p.lines(ctx, r)
	}
	p.warn(r.Warnings)
	return err
}

func (p *Printer) warn(warnings []string) {
	for _, warning := range warnings {
		p.Warn(warning)
	}
}

// Warn writes a warning.
func (p *Printer) Warn(warning string) { p.Note(display.Warning(cells.EscapedBut(warning, "\n"))) }

// entity shows the answer of a statement that is not a query.
func (p *Printer) entity(e exec.Entity) error {
	stream := p.entityStream(e)
	w := bufio.NewWriter(stream)
	paper := render.Paper{Width: p.Console.LineWidth(), Terminal: stream.Terminal}
	beside, err := render.WriteEntity(w, e, p.Settings, paper)
	if err := w.Flush(); err != nil {
		return &terminal.OutputError{Err: err}
	}
	notes := p.Console.Notes(p.Settings.Format.Readable())
	render.WriteBlocks(notes, beside, render.Paper{Width: paper.Width, Terminal: notes.Terminal})
	return err
}

// entityStream returns where an entity goes: lists and descriptions are
// results, but that a stream was created is none.
func (p *Printer) entityStream(e exec.Entity) terminal.Stream {
	switch e.(type) {
	case *exec.Status, *exec.Notice, *exec.Confirmation, *exec.Terminations, *exec.TopicAssertion, *exec.SchemaAssertion:
		return p.Console.Notes(p.Settings.Format.Readable())
	}
	return p.Console.Results()
}

// rows shows the rows of a query and how it ended.
func (p *Printer) rows(ctx context.Context, r *exec.Result) error {
	rows := r.Rows
	if p.lively(rows) {
		return p.live(ctx, rows)
	}
	defer rows.Close()
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	paper := render.Paper{Width: p.Console.LineWidth(), Terminal: p.Console.Terminal, Barred: p.barred(), Push: r.Push}
	rowPrinter, going := render.NewRows(p.Settings, paper), p.progress(r)
	going.lag, going.read, going.vain = rows.Lag, rows.Read, r.Vain
	p.preface(r)
	defer p.Seat()()
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	pace := newPace(p.Console.Out, rowPrinter.Idle, going.tick, lose)
	defer pace.end() //nolint:errcheck // that of the first call is told; this one is for a panic
	told := p.tellFaultsBeside(pace)
	err := pace.write(func(out *bufio.Writer) {
		going.out = out
		rowPrinter.Begin(out, rows.ID(), rows.Columns())
	})
	showRow := func(*bufio.Writer) {
		if going.admit() {
			rowPrinter.Row(rows.Row())
		}
	}
	n := 0
	for ; err == nil && p.Limits.allow(n) && rows.Next(ctx); n++ {
		err = pace.write(showRow)
	}
	rows.Close()
	_ = pace.write(func(*bufio.Writer) { // end returns the same error
		rowPrinter.End()
		going.tellSkipped()
	})
	told()
	return p.finish(ctx, rows, n, pace.end())
}

// preface tells, once a session, that a query begins with old rows.
func (p *Printer) preface(r *exec.Result) {
	if r.Preface != "" && !p.prefaced && p.barred() {
		p.prefaced = true
		p.Note(r.Preface)
	}
}

// progress returns what is told about a query while it runs.
func (p *Printer) progress(r *exec.Result) *progress {
	return &progress{printer: p, endless: r.Endless && p.Limits.Rows == 0, hint: r.Hint}
}

// barred reports whether there is a bar that tells how a query goes.
func (p *Printer) barred() bool {
	return p.Bar != nil && p.Bar.Drawable() && p.Settings.Format.Readable()
}

// keepsAll reports whether all rows are to be written, as fast as they may come.
func (p *Printer) keepsAll() bool { return p.Spool != nil && p.Spool.On() }

// Seat makes the bar what has to leave the terminal when the process is stopped.
func (p *Printer) Seat() (leave func()) {
	if p.Jobs == nil || p.Bar == nil {
		return func() {}
	}
	return p.Jobs.Seat(p.Bar)
}

// finish tells how a query has ended of which so many rows were shown. It is given the
// first error of writing.
func (p *Printer) finish(ctx context.Context, rows query.Rows, shown int, written error) error {
	if err := cmp.Or(written, lost(ctx)); err != nil {
		return &terminal.OutputError{Err: err}
	}
	if err := rows.Err(); err != nil {
		p.ShowError(err)
		p.Note("Query terminated")
		return &ShownError{err}
	}
	p.ended(rows)
	return p.enough(ctx, shown, rows.Lag() >= 0)
}

// enough returns an error if a query that nobody has stopped has shown too few rows, or if nobody knows which
// there are, since no broker answered when its time was over. ctx is that of bounded: only the end of its time is
// an end of the query.
func (p *Printer) enough(ctx context.Context, shown int, answered bool) error {
	switch {
	case ctx.Err() == nil:
	case !errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return nil
	case !answered:
		return errUnanswered
	}
	return p.Limits.enough(shown)
}

// errUnanswered says that a query has ended while its brokers were away.
var errUnanswered = errors.New("no broker answered when the time of the query was over: rows may be missing")

// ended tells why a query has ended, in ksqlDB's words, which has none for that all rows of a table are told.
func (p *Printer) ended(rows query.Rows) {
	switch end := rows.End(); {
	case end == query.LimitReached:
		p.Note("Limit Reached")
	case end == query.Completed && rows.Key() == nil:
		p.Note("Query Completed")
	}
	p.Note("Query terminated")
}

// lines shows the lines of a PRINT.
func (p *Printer) lines(ctx context.Context, r *exec.Result) error {
	lines := r.Lines
	defer lines.Close()
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	going := p.progress(r)
	defer p.Seat()()
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	form := p.newLineForm()
	pace := newPace(p.Console.Out, form.idle, going.tick, lose)
	defer pace.end() //nolint:errcheck // that of the first call is told; this one is for a panic
	told := p.tellFaultsBeside(pace)
	err := pace.write(func(out *bufio.Writer) {
		going.out = out
		form.begin(out)
	})
	n := 0
	for err == nil && p.Limits.allow(n) && lines.Next(ctx) {
		record := lines.Record()
		err = pace.write(func(out *bufio.Writer) {
			if record == nil || going.admit() {
				form.write(out, lines)
			}
		})
		if record != nil {
			n++
		}
	}
	lines.Close()
	_ = pace.write(func(*bufio.Writer) { going.tellSkipped() }) // end returns the same error
	told()
	if err := cmp.Or(pace.end(), lost(ctx)); err != nil {
		return &terminal.OutputError{Err: err}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	p.Note("Topic printing ceased")
	return p.enough(ctx, n, lines.Answers())
}

// Note writes a message that is not part of a result.
func (p *Printer) Note(text string) { p.noteAsIs(cells.Folded(text, p.Console.LineWidth())) }

// noteAsIs is note for a text whose lines stay as they are.
func (p *Printer) noteAsIs(text string) {
	fmt.Fprintln(p.Console.Notes(p.Settings.Format.Readable()), text)
}

// ShownError is an error that the user has already seen.
type ShownError struct{ Err error }

func (e *ShownError) Error() string { return e.Err.Error() }
func (e *ShownError) Unwrap() error { return e.Err }

// ShowError shows an error with the line of SQL it is about, unless it was shown before.
func (p *Printer) ShowError(err error) {
	if _, shown := errors.AsType[*ShownError](err); shown {
		return
	}
	if p.Origin != "" {
		err = &exec.ScriptError{Path: p.Origin, Err: err}
	}
	message := strings.TrimRight(p.faults.Render(err), "\n")
	shown := ""
	if plain := strings.TrimRight(err.Error(), "\n"); len(plain) < len(message) && strings.HasPrefix(message, plain) {
		message, shown = plain, message[len(plain):]
	}
	message = cells.Folded(cells.EscapedLines(message), p.Console.LineWidth())
	p.noteAsIs(p.Console.Red(message + cells.EscapedLines(shown)))
}

// bounded returns the context of a query: it ends by the limits, and when nobody
// reads the results any more.
func (p *Printer) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := p.Console.WhileRead(ctx)
	ctx, cancel := p.Limits.context(ctx)
	return ctx, func() {
		cancel()
		stop()
	}
}

// lost returns EPIPE if a bounded context was ended by that.
func lost(ctx context.Context) error {
	if cause := context.Cause(ctx); errors.Is(cause, syscall.EPIPE) {
		return cause
	}
	return nil
}

// context bounds ctx by the time limit, if there is one.
func (l Limits) context(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.Time == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, l.Time)
}

// allow reports whether a query may show another row after n.
func (l Limits) allow(n int) bool { return l.Rows == 0 || n < l.Rows }
