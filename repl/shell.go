package repl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/complete"
	"github.com/ksqlite/ksqlite/repl/prompt"
	"github.com/ksqlite/ksqlite/repl/show"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

// Options are what a shell is made with.
type Options struct {
	// Display is how results are shown until the user changes it.
	show.Display
	// Stdin is the terminal's input.
	Stdin io.ReadCloser
	// History is the path of the history file, "" for none.
	History string
	// Pager is the command that shows long results page by page, "" for none; HelpPager shows help
	// that is longer than the screen.
	Pager, HelpPager string
	// Startup is the path of a script whose lines are run first, as if they were typed;
	// "" for none. It may be missing.
	Startup string
	// Version is that of the program, Location says which Kafka it works on.
	Version, Location string
	// Notice is what the user should know of Location from the beginning, "" for nothing.
	Notice string
	// Pages are help on what is around the shell: the commands of the program that it is a part of.
	Pages []Page
}

// Page is help on something that the shell itself does not know.
type Page struct {
	// Name is what is asked for, in lower case; About says in a line what that does.
	Name, About string
	// Text returns the page, in lines that are broken already. It is called when the page is shown.
	Text func() string
}

// Shell is a session of a human at a terminal. It belongs to one goroutine.
type Shell struct {
	options Options
	printer *show.Printer
	backend Backend
	spool   *show.Spool
	runner  *show.Runner
	editor  prompt.Editor
	history *prompt.History
	pending prompt.Pending
	spared  string // the statement that was being typed, for the editor
	queries terminal.Interrupts
	jobs    *terminal.Jobs
	topics  complete.Topics
}

// errExit ends the shell without an error.
var errExit = errors.New("exit")

// NewShell returns a shell that runs statements on backend.
func NewShell(backend Backend, options Options) *Shell {
	console := options.Console
	bar, jobs := terminal.NewBar(console), &terminal.Jobs{}
	spool := show.NewSpool(bar.Beside(console.Out))
	printer := &show.Printer{Display: options.Display, Bar: bar, Jobs: jobs, Spool: spool, PagerCommand: options.Pager}
	printer.Console.Out, printer.Console.Err = spool, bar.Beside(console.Err)
	return &Shell{options: options, printer: printer, backend: backend, spool: spool, runner: printer.Runner(backend), jobs: jobs}
}

// Run reads and runs statements until the user leaves or ctx is done; then it
// returns ctx's cause. Whatever happens, the terminal is left as it was found.
func (s *Shell) Run(ctx context.Context) (err error) {
	history, historyErr := prompt.OpenHistory(s.options.History)
	s.history = history
	console := s.printer.Console
	console.Out, console.Err = s.options.Console.Out, s.options.Console.Err
	editor, err := prompt.NewEditor(s.options.Stdin, console, &s.queries, (*assistant)(s))
	if err != nil {
		return err
	}
	s.editor = editor
	defer s.topics.Close()
	defer func() {
		if p := recover(); p != nil {
			err = show.InternalError(p)
		}
		err = errors.Join(err, s.spool.Stop(), editor.Close())
	}()
	defer s.queries.Listen()()
	defer s.jobs.Listen()()
	defer s.printer.Aside.Lend(s.jobs.Tell)()
	s.greet()
	s.complain(historyErr)
	s.awaitRestore(ctx)
	if err := s.startup(ctx); ends(err) {
		return s.farewell(ctx, err)
	}
	return s.loop(ctx)
}

// loop is the shell: a line, what it means, the next line.
func (s *Shell) loop(ctx context.Context) error {
	for ctx.Err() == nil {
		line, err := s.readLine(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, prompt.ErrInterrupted):
			s.pending.Reset()
			continue
		case errors.Is(err, io.EOF):
			s.say("Exiting ksqlite.")
			return nil
		case err != nil:
			return fmt.Errorf("reading the terminal: %w", err)
		}
		if err := s.take(ctx, line); ends(err) {
			return s.farewell(ctx, err)
		}
	}
	return context.Cause(ctx)
}

// ends reports whether an error of a line ends the shell.
func ends(err error) bool {
	_, lost := errors.AsType[*terminal.OutputError](err)
	return lost || errors.Is(err, errExit)
}

// farewell returns how the shell ends by an error of a line.
func (s *Shell) farewell(ctx context.Context, err error) error {
	if errors.Is(err, errExit) {
		s.say("Exiting ksqlite.")
		return nil
	}
	return cmp.Or(context.Cause(ctx), err)
}

// startup runs the lines of the script that every shell begins with.
func (s *Shell) startup(ctx context.Context) error {
	if s.options.Startup == "" {
		return nil
	}
	text, err := os.ReadFile(s.options.Startup)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		s.complain(fmt.Errorf("reading the startup script: %w", err))
		return nil
	}
	s.printer.Origin = s.options.Startup
	defer func() { s.printer.Origin = "" }()
	how := taking{alone: true, pasted: true, remember: func(step) {}}
	err = s.perform(ctx, s.cut(&s.pending, string(text), how), how)
	if !s.pending.Empty() {
		s.pending.Reset()
		s.complain(errors.New("the last statement has no semicolon"))
	}
	return err
}

// readLine reads a line. The end of ctx closes the editor here alone: elsewhere another
// program may have the terminal.
func (s *Shell) readLine(ctx context.Context) (string, error) {
	stop := context.AfterFunc(ctx, func() { _ = s.editor.Close() }) // Run closes it again and tells its error
	defer stop()
	s.editor.Remember(s.history.Entries)
	shown := prompt.First
	if !s.pending.Empty() {
		shown = prompt.Continuation
	}
	if g, ok := s.editor.(terminal.Guest); ok {
		defer s.jobs.Seat(g)()
	}
	return s.editor.ReadLine(shown, s.pending.Typed())
}

// take runs what a line, or a pasted text, makes whole. What goes wrong has been shown when it
// returns.
func (s *Shell) take(ctx context.Context, line string) error {
	shown := s.pending.WithoutSecrets(line)
	if s.pending.Empty() {
		s.spool.Record(prompt.First + shown + "\n")
	} else {
		s.spool.Record(prompt.Continuation + shown + "\n")
	}
	if text, ok := s.pending.ToEdit(line); ok {
		s.spared = text
		s.pending.Reset()
		return s.findOrder("edit")(ctx)
	}
	how := taking{pasted: strings.Contains(line, "\n"), remember: s.remember}
	begun := !s.pending.Empty()
	steps := s.cut(&s.pending, line, how)
	if begun && len(steps) == 0 && meansToLeave(line) {
		s.say("(A statement is being typed: it ends with a semicolon, or is given up with CTRL-C.)")
	}
	return s.perform(ctx, steps, how)
}

// meansToLeave reports whether somebody who types a line in the midst of a statement may not know of that. It may
// be the name of a column, too.
func meansToLeave(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	return slices.Contains([]string{"exit", "quit", "bye", "help", `\q`, `\h`, `\?`, "?"}, line)
}

// begin returns the context of what runs now, which Ctrl-C ends until done is called. What is typed
// meanwhile is not shown before the next prompt.
func (s *Shell) begin(ctx context.Context) (_ context.Context, done func()) {
	ctx, end := s.queries.Begin(ctx)
	speak := func() {}
	if input, ok := s.options.Stdin.(*os.File); ok && s.printer.Bar.Drawable() {
		speak = s.jobs.Mute(input)
	}
	return ctx, func() {
		speak()
		end()
	}
}

// statements runs SQL. Ctrl-C ends what is running, not the shell.
func (s *Shell) statements(ctx context.Context, text string) error {
	ctx, done := s.begin(ctx)
	defer done()
	return cmp.Or(s.runner.Run(ctx, text), ctx.Err())
}

// script runs a file as the shell would run its text.
func (s *Shell) script(ctx context.Context, path string) error {
	if err := show.FindScript(path); err != nil {
		return err
	}
	ctx, done := s.begin(ctx)
	defer done()
	if err := s.runner.File(ctx, path); err != nil {
		return &show.ShownError{Err: err}
	}
	return ctx.Err()
}

// say writes a message to the user.
func (s *Shell) say(text string) {
	fmt.Fprintln(s.printer.Console.Out, cells.Folded(text, s.printer.Console.LineWidth()))
}

// sayPaged is say for help, which may be longer than the screen.
func (s *Shell) sayPaged(ctx context.Context, text string) error {
	return s.printer.PagedBy(ctx, s.options.HelpPager, func(context.Context) error {
		s.say(text)
		return nil
	})
}

// complain shows an error that does not keep anything from going on; nil is none.
func (s *Shell) complain(err error) {
	if err != nil {
		s.printer.ShowError(err)
	}
}
