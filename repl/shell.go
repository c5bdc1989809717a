package repl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/query"
)

const (
	prompt             = "ksql> "
	continuationPrompt = ">"
)

// Options are what a shell is made with.
type Options struct {
	// Display is how results are shown until the user changes it.
	Display
	// Stdin is the terminal's input.
	Stdin io.ReadCloser
	// History is the path of the history file, "" for none.
	History string
	// Pager is the command that shows long results page by page, "" for none.
	Pager string
	// Startup is the path of a script whose lines are run first, as if they were typed;
	// "" for none. It may be missing.
	Startup string
	// Version is that of the program, Location says which Kafka it works on.
	Version, Location string
	// Restoring tells how far the restore is of what queries remember. Nil is none.
	Restoring func() query.Progress
	// Notice is what the user should know of Location from the beginning, "" for nothing.
	Notice string
}

// Shell is a session of a human at a terminal. It belongs to one goroutine.
type Shell struct {
	options Options
	*printer
	backend Backend
	spool   *spool
	runner  *Runner
	editor  editor
	history *history
	pending pending
	spared  string // the statement that was being typed, for the editor
	queries interrupts
	jobs    *jobs
	topics  topicNames
}

// errExit ends the shell without an error.
var errExit = errors.New("exit")

// NewShell returns a shell that runs statements on backend.
func NewShell(backend Backend, options Options) *Shell {
	terminal := options.Console
	bar := newStatusBar(terminal)
	spool := &spool{terminal: bar.beside(terminal.Out)}
	display := options.Display
	display.Console.Out, display.Console.Err = spool, bar.beside(terminal.Err)
	runner := &Runner{backend: backend, printer: printer{Display: display}}
	jobs := &jobs{}
	runner.printer.bar, runner.printer.jobs = bar, jobs
	runner.printer.spool, runner.printer.pagerCommand = spool, options.Pager
	return &Shell{options: options, printer: &runner.printer, backend: backend, spool: spool, runner: runner, jobs: jobs}
}

// Run reads and runs statements until the user leaves or ctx is done; then it
// returns ctx's cause. Whatever happens, the terminal is left as it was found.
func (s *Shell) Run(ctx context.Context) (err error) {
	history, historyErr := openHistory(s.options.History)
	s.history = history
	editor, err := s.newEditor()
	if err != nil {
		return err
	}
	s.editor = editor
	defer s.topics.close()
	defer func() {
		if p := recover(); p != nil {
			err = InternalError(p)
		}
		err = errors.Join(err, s.spool.stop(), editor.Close())
	}()
	defer s.queries.listen()()
	defer s.jobs.listen()()
	defer s.Aside.lend(s.jobs.tell)()
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
		case errors.Is(err, errInterrupted):
			s.pending.reset()
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
	_, lost := errors.AsType[*OutputError](err)
	return lost || errors.Is(err, errExit)
}

// farewell returns how the shell ends by an error of a line.
func (s *Shell) farewell(ctx context.Context, err error) error {
	if errors.Is(err, errExit) {
		return nil
	}
	return cmp.Or(context.Cause(ctx), err)
}

// newEditor returns an editor for the terminal: without one that can be drawn on, the
// terminal's own.
func (s *Shell) newEditor() (editor, error) {
	if s.Console.Height == nil {
		return newPlainEditor(s.options.Stdin, s.options.Console.Out, &s.queries), nil
	}
	console := s.Console
	console.Out, console.Err = s.options.Console.Out, s.options.Console.Err
	editor, err := newLineEditor(s.options.Stdin, console, s)
	if err != nil {
		return nil, err
	}
	return editor, nil
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
	err = s.lines(ctx, string(text), func(string) {})
	if !s.pending.empty() {
		s.pending.reset()
		s.complain(fmt.Errorf("the last statement of %s has no semicolon", s.options.Startup))
	}
	return err
}

// readLine reads a line. The end of ctx closes the editor here alone: elsewhere another
// program may have the terminal.
func (s *Shell) readLine(ctx context.Context) (string, error) {
	stop := context.AfterFunc(ctx, func() { _ = s.editor.Close() }) // Run closes it again and tells its error
	defer stop()
	s.editor.Remember(s.history.entries)
	prompt := prompt
	if !s.pending.empty() {
		prompt = continuationPrompt
	}
	if g, ok := s.editor.(guest); ok {
		defer s.jobs.seat(g)()
	}
	return s.editor.ReadLine(prompt, s.pending.text.String())
}

// suspend implements assistant.
func (s *Shell) suspend() { s.jobs.stop() }

// take runs the command on a line, or the statements it completes. What goes
// wrong has been shown when it returns.
func (s *Shell) take(ctx context.Context, line string) error {
	shown := s.pending.withoutSecrets(line)
	if s.pending.empty() {
		s.spool.record(prompt + shown + "\n")
	} else {
		s.spool.record(continuationPrompt + shown + "\n")
	}
	if strings.Contains(line, "\n") {
		return s.lines(ctx, line, s.remember)
	}
	if s.pending.empty() {
		if run := s.findOrder(line); run != nil {
			s.complain(s.history.add(line))
			return run(ctx)
		}
	} else if strings.TrimSpace(line) == `\e` {
		s.spared = s.pending.text.String()
		s.pending.reset()
		return s.take(ctx, "edit")
	}
	text, complete := s.pending.add(line)
	if !complete {
		return nil
	}
	s.remember(text)
	return s.statements(ctx, text)
}

// lines takes a text of several lines: the statements between two orders run as one text,
// so that nothing of it is executed if one of them has a fault. What is not executed for
// an error is forgotten. What is executed is given to remember.
func (s *Shell) lines(ctx context.Context, text string, remember func(text string)) error {
	var whole strings.Builder
	run := func() error {
		statements := whole.String()
		whole.Reset()
		if statements == "" {
			return nil
		}
		remember(statements)
		ctx, done := s.queries.begin(ctx)
		defer done()
		if strings.Contains(strings.TrimSpace(statements), "\n") {
			return cmp.Or(s.runner.Script(ctx, statements), ctx.Err())
		}
		return cmp.Or(s.runner.Run(ctx, statements), ctx.Err())
	}
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if s.pending.empty() {
			if order := s.findOrder(line); order != nil {
				if err := run(); err != nil {
					return err
				}
				remember(line)
				if err := order(ctx); err != nil {
					return err
				}
				continue
			}
		}
		if statements, complete := s.pending.add(line); complete {
			whole.WriteString(statements + "\n")
		}
	}
	return run()
}

// remember adds the statements of a text to the history.
func (s *Shell) remember(text string) {
	for _, statement := range statementsOf(text) {
		s.complain(s.history.add(statement))
	}
}

// statements runs SQL. Ctrl-C ends what is running, not the shell.
func (s *Shell) statements(ctx context.Context, text string) error {
	ctx, done := s.queries.begin(ctx)
	defer done()
	return s.runner.Run(ctx, text)
}

// script runs a file as the shell would run its text.
func (s *Shell) script(ctx context.Context, path string) error {
	if err := FindScript(path); err != nil {
		return err
	}
	ctx, done := s.queries.begin(ctx)
	defer done()
	if err := s.runner.File(ctx, path); err != nil {
		return &shownError{err}
	}
	return nil
}

// FindScript returns an error if there is no script at path.
func FindScript(path string) error {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("No such script file: %s", path)
	}
	return nil
}

// say writes a message to the user.
func (s *Shell) say(text string) { fmt.Fprintln(s.Console.Out, folded(text, s.Console.width())) }

// sayPaged is say for what may be longer than the screen.
func (s *Shell) sayPaged(ctx context.Context, text string) error {
	return s.paged(ctx, func(context.Context) error {
		s.say(text)
		return nil
	})
}

// complain shows an error that does not keep anything from going on; nil is none.
func (s *Shell) complain(err error) {
	if err != nil {
		s.showError(err)
	}
}
