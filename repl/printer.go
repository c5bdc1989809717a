package repl

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
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// printer shows the results of statements on a console.
type printer struct {
	Display
	// bar is shown while a query waits for rows; nil for none.
	bar *statusBar
	// jobs is told what is on the terminal while a query runs; nil where nothing is.
	jobs *jobs
	// spool keeps what is written in a file; nil outside of a shell.
	spool *spool
	// pagerCommand is the user's pager, "" for none.
	pagerCommand string
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

// OutputError says that results could not be written: nothing more can be shown.
type OutputError struct{ err error }

func (e *OutputError) Error() string { return "writing results: " + e.err.Error() }
func (e *OutputError) Unwrap() error { return e.err }

// show shows a result to its end: of a query, all rows until it ends or ctx is done.
func (p *printer) show(ctx context.Context, r *exec.Result) error {
	switch {
	case r.Rows != nil: // which may come late, or never
		p.warn(r.Warnings)
		rows := func(ctx context.Context) error { return p.rows(ctx, r) }
		if r.Push {
			return rows(ctx)
		}
		return p.paged(ctx, rows)
	case r.Entity != nil:
		return p.paged(ctx, func(context.Context) error {
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

func (p *printer) warn(warnings []string) {
	for _, warning := range warnings {
		p.note("WARNING: " + escapedBut(warning, "\n"))
	}
}

// entity shows the answer of a statement that is not a query.
func (p *printer) entity(e exec.Entity) error {
	stream := p.entityStream(e)
	w := bufio.NewWriter(stream)
	var err error
	switch p.Settings.Format {
	case JSON:
		err = writeJSON(w, e, "  ")
	case JSONL:
		err = writeJSON(w, e, "")
	case CSV, TSV:
		separated := p.separatedRows()
		separated.out, separated.terminal = w, stream.terminal
		separated.blocks(e.Blocks())
	case Tabular, Vertical:
		fmt.Fprintln(w)
		writeBlocks(w, e.Blocks(), paper{width: p.Console.width(), terminal: stream.terminal})
	}
	if err := w.Flush(); err != nil {
		return &OutputError{err}
	}
	return err
}

// entityStream returns where an entity goes: lists and descriptions are
// results, but that a stream was created is none.
func (p *printer) entityStream(e exec.Entity) stream {
	switch e.(type) {
	case *exec.Status, *exec.Notice, *exec.Confirmation, *exec.Terminations, *exec.TopicAssertion, *exec.SchemaAssertion:
		return p.Console.noted(p.Settings.Format)
	}
	return p.Console.results()
}

// rows shows the rows of a query and how it ended.
func (p *printer) rows(ctx context.Context, r *exec.Result) error {
	rows := r.Rows
	if p.lively(rows) {
		return p.live(ctx, rows)
	}
	defer rows.Close()
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	rowPrinter, going := p.rowPrinter(), p.progress(r)
	going.lag = rows.Lag
	defer p.seat()()
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	pace := newPace(p.Console.Out, rowPrinter.idle, going.tick, lose)
	defer pace.end() //nolint:errcheck // that of the first call is told; this one is for a panic
	told := p.tellFaultsBeside(pace)
	err := pace.write(func(out *bufio.Writer) {
		going.out = out
		rowPrinter.begin(out, rows.ID(), rows.Columns())
	})
	showRow := func(*bufio.Writer) {
		if going.admit() {
			rowPrinter.row(rows.Row())
		}
	}
	n := 0
	for ; err == nil && p.Limits.allow(n) && rows.Next(ctx); n++ {
		err = pace.write(showRow)
	}
	rows.Close()
	_ = pace.write(func(*bufio.Writer) { // end returns the same error
		rowPrinter.end()
		going.tellSkipped()
	})
	told()
	return p.finish(ctx, rows, n, pace.end())
}

// progress returns what is told about a query while it runs.
func (p *printer) progress(r *exec.Result) *progress {
	return &progress{printer: p, endless: r.Endless && p.Limits.Rows == 0, hint: r.Hint}
}

// barred reports whether there is a bar that tells how a query goes.
func (p *printer) barred() bool {
	return p.bar != nil && !p.bar.off && p.Settings.Format.readable()
}

// keepsAll reports whether all rows are to be written, as fast as they may come.
func (p *printer) keepsAll() bool { return p.spool != nil && p.spool.file != nil }

// seat makes the bar what has to leave the terminal when the process is stopped.
func (p *printer) seat() (leave func()) {
	if p.jobs == nil || p.bar == nil {
		return func() {}
	}
	return p.jobs.seat(p.bar)
}

// finish tells how a query has ended of which so many rows were shown. It is given the
// first error of writing.
func (p *printer) finish(ctx context.Context, rows query.Rows, shown int, written error) error {
	if err := cmp.Or(written, lost(ctx)); err != nil {
		return &OutputError{err}
	}
	if err := rows.Err(); err != nil {
		p.showError(err)
		p.note("Query terminated")
		return &shownError{err}
	}
	p.ended(rows.End())
	return p.enough(ctx, shown)
}

// enough returns an error if a query that nobody has stopped has shown too few rows.
// ctx is that of bounded: only the end of its time is an end of the query.
func (p *printer) enough(ctx context.Context, shown int) error {
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return nil
	}
	return p.Limits.enough(shown)
}

// ended tells why a query has ended, in ksqlDB's words.
func (p *printer) ended(end query.End) {
	switch end {
	case query.LimitReached:
		p.note("Limit Reached")
	case query.Completed:
		p.note("Query Completed")
	}
	p.note("Query terminated")
}

// rowPrinter returns a printer for the rows of one query in the present format.
func (p *printer) rowPrinter() rowPrinter {
	switch p.Settings.Format {
	case JSON:
		return &jsonRows{}
	case JSONL:
		return &jsonLines{}
	case CSV, TSV:
		return p.separatedRows()
	case Vertical:
		return &verticalRows{settings: p.Settings, terminal: p.Console.width()}
	case Tabular:
	}
	return &table{settings: p.Settings, terminal: p.Console.width()}
}

func (p *printer) separatedRows() *separatedRows {
	return &separatedRows{separator: p.Settings.Format.separator(), header: p.Settings.Header, terminal: p.Console.Terminal}
}

// lines shows the lines of a PRINT.
func (p *printer) lines(ctx context.Context, r *exec.Result) error {
	lines := r.Lines
	defer lines.Close()
	ctx, cancel := p.bounded(ctx)
	defer cancel()
	going := p.progress(r)
	defer p.seat()()
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	pace := newPace(p.Console.Out, func() {}, going.tick, lose)
	defer pace.end() //nolint:errcheck // that of the first call is told; this one is for a panic
	told := p.tellFaultsBeside(pace)
	err := pace.write(func(out *bufio.Writer) { going.out = out })
	n := 0
	for err == nil && p.Limits.allow(n) && lines.Next(ctx) {
		line := lines.Line()
		row := strings.HasPrefix(line, "rowtime: ") // the others tell the formats
		err = pace.write(func(out *bufio.Writer) {
			if !row || going.admit() {
				out.WriteString(escaped(line) + "\n")
			}
		})
		if row {
			n++
		}
	}
	lines.Close()
	_ = pace.write(func(*bufio.Writer) { going.tellSkipped() }) // end returns the same error
	told()
	if err := cmp.Or(pace.end(), lost(ctx)); err != nil {
		return &OutputError{err}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	p.note("Topic printing ceased")
	return p.enough(ctx, n)
}

// note writes a message that is not part of a result.
func (p *printer) note(text string) { p.noteAsIs(folded(text, p.Console.width())) }

// noteAsIs is note for a text whose lines stay as they are.
func (p *printer) noteAsIs(text string) {
	fmt.Fprintln(p.Console.notes(p.Settings.Format), text)
}

// shownError is an error that the user has already seen.
type shownError struct{ err error }

func (e *shownError) Error() string { return e.err.Error() }
func (e *shownError) Unwrap() error { return e.err }

// showError shows an error with the line of SQL it is about, unless it was shown before.
func (p *printer) showError(err error) {
	if _, shown := errors.AsType[*shownError](err); shown {
		return
	}
	message := strings.TrimRight(source.Render(err), "\n")
	shown := ""
	if plain := strings.TrimRight(err.Error(), "\n"); len(plain) < len(message) && strings.HasPrefix(message, plain) {
		message, shown = plain, message[len(plain):]
	}
	message = folded(Escaped(message), p.Console.width())
	p.noteAsIs(p.Console.red(message + Escaped(shown)))
}

// bounded returns the context of a query: it ends by the limits, and when nobody
// reads the results any more.
func (p *printer) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := p.Console.whileRead(ctx)
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
