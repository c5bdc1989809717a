package show

import (
	"bytes"
	"context"
	"io"
	"os/exec"

	"github.com/ksqlite/ksqlite/repl/terminal"
)

// pager passes a result on to the terminal, or, once it is longer than the screen, to a
// program that shows it page by page. It is written to by one goroutine at a time.
type pager struct {
	command  string
	out, err io.Writer // of the terminal
	height   int
	copy     func(text string) // to the spool
	bar      *terminal.Bar
	jobs     *terminal.Jobs
	stop     context.CancelFunc // ends what is being shown
	complain func(error)

	held    bytes.Buffer // until it is known
	lines   int
	program *exec.Cmd
	back    func()         // gives the terminal back; set if the program runs
	pages   io.WriteCloser // of the program; nil if it does not run
	gone    bool           // the program has ended before the result
	direct  bool           // there is no program after all
}

// Paged shows a result that ends by itself with the pager, if the user has one. Ctrl-C ends
// what is shown, not the pager.
func (p *Printer) Paged(ctx context.Context, show func(context.Context) error) error {
	return p.PagedBy(ctx, p.PagerCommand, show)
}

// PagedBy is Paged with another pager, "" for none.
func (p *Printer) PagedBy(ctx context.Context, command string, show func(context.Context) error) error {
	if command == "" || p.Bar == nil || !p.Bar.Drawable() {
		return show(ctx)
	}
	program := terminal.Program(terminal.Uninterrupted(ctx), command)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	g := &pager{
		command: command, out: p.Bar.Beside(p.Bar.Screen()), err: p.Console.Err, height: p.Console.Height(),
		copy: p.Spool.Record, bar: p.Bar, jobs: p.Jobs, stop: cancel, complain: p.ShowError, program: program,
	}
	defer p.Seat()()
	whole := p.Console.Out
	p.Console.Out = g
	defer func() { p.Console.Out = whole }()
	defer g.close()
	return show(ctx)
}

// Write implements io.Writer. What comes after the program has ended is dropped.
func (g *pager) Write(p []byte) (int, error) {
	g.copy(string(p))
	switch {
	case g.gone:
	case g.direct:
		return g.out.Write(p)
	case g.pages != nil:
		g.pass(p)
	default:
		g.held.Write(p)
		if g.lines += bytes.Count(p, []byte("\n")); g.lines >= g.height-1 {
			g.start()
		}
	}
	return len(p), nil
}

// pass gives text to the program.
func (g *pager) pass(p []byte) {
	if _, err := g.pages.Write(p); err != nil {
		g.gone = true
		g.stop()
	}
}

// start starts the program with what is held.
func (g *pager) start() {
	g.program.Stdout, g.program.Stderr = g.bar.Screen(), g.err
	pages, err := g.program.StdinPipe()
	mute, take := g.jobs.Unmute(), g.bar.Lend()
	back := func() {
		take()
		mute()
	}
	if err == nil {
		err = g.program.Start()
	}
	if err != nil {
		back()
		g.direct = true
		_, _ = g.held.WriteTo(g.out) // a lost terminal is met with the next line
		g.complain(&pagerError{g.command, err})
		return
	}
	g.pages, g.back = pages, back
	g.pass(g.held.Bytes())
}

// close shows what is held, or waits until the user has left the program.
func (g *pager) close() {
	if g.pages == nil {
		_, _ = g.held.WriteTo(g.out) // as above
		return
	}
	_ = g.pages.Close()  // it may be gone
	_ = g.program.Wait() // how it has ended is its own matter
	g.back()
}

// pagerError says that a pager does not run.
type pagerError struct {
	command string
	err     error
}

func (e *pagerError) Error() string { return "the pager is " + e.command + ": " + e.err.Error() }
func (e *pagerError) Unwrap() error { return e.err }
