package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

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
	// Version is that of the program, Location says which Kafka it works on.
	Version, Location string
	// Restoring tells how far the restore is of what queries remember. Nil is none.
	Restoring func() query.Progress
	// Notice is what the user should know of that from the beginning, "" for nothing.
	Notice string
}

// Shell is a session of a human at a terminal. It belongs to one goroutine.
type Shell struct {
	options Options
	*printer
	spool   *spool
	runner  *Runner
	editor  editor
	history *history
	pending pending
	queries interrupts
}

// errExit ends the shell without an error.
var errExit = errors.New("exit")

// NewShell returns a shell that runs statements on backend.
func NewShell(backend Backend, options Options) *Shell {
	terminal := options.Console
	bar := &statusBar{terminal: terminal.Out}
	spool := &spool{terminal: bar.beside(terminal.Out)}
	display := options.Display
	display.Console.Out, display.Console.Err = spool, bar.beside(terminal.Err)
	runner := NewRunner(backend, display)
	runner.printer.bar = bar
	return &Shell{options: options, printer: &runner.printer, spool: spool, runner: runner}
}

// Run reads and runs statements until the user leaves or ctx is done; then it
// returns ctx's cause. Whatever happens, the terminal is left as it was found.
func (s *Shell) Run(ctx context.Context) (err error) {
	history, historyErr := openHistory(s.options.History)
	s.history = history
	editor, err := newLineEditor(s.options.Stdin, s.options.Console.Out, s.options.Console.Err)
	if err != nil {
		return err
	}
	s.editor = editor
	defer func() {
		if p := recover(); p != nil {
			err = internalError(p)
		}
		err = errors.Join(err, s.spool.stop(), editor.Close())
	}()
	stop := context.AfterFunc(ctx, func() { _ = editor.Close() }) // closed again, and its error told, above
	defer stop()
	defer s.queries.listen()()
	s.greet()
	s.complain(historyErr)
	s.awaitRestore(ctx)
	return s.loop(ctx)
}

// loop is the shell: a line, what it means, the next line.
func (s *Shell) loop(ctx context.Context) error {
	for {
		line, err := s.readLine()
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
		if err := s.take(ctx, line); errors.Is(err, errExit) {
			return nil
		} else if lost, ok := errors.AsType[*OutputError](err); ok {
			return lost
		}
	}
}

func (s *Shell) readLine() (string, error) {
	s.editor.Remember(s.history.entries)
	if s.pending.empty() {
		return s.editor.ReadLine(prompt)
	}
	return s.editor.ReadLine(continuationPrompt)
}

// take runs the command on a line, or the statements it completes. What goes
// wrong has been shown when it returns.
func (s *Shell) take(ctx context.Context, line string) error {
	s.spool.record(prompt + s.pending.withoutSecrets(line) + "\n")
	if s.pending.empty() {
		if c, args, ok := s.findCommand(line); ok {
			s.complain(s.history.add(line))
			return s.runCommand(ctx, c, args)
		}
		if leaves(line) {
			s.say("To leave, type exit or CTRL-D.")
			return nil
		}
	}
	text, complete := s.pending.add(line)
	if !complete {
		return nil
	}
	s.complain(s.history.add(text))
	return s.statements(ctx, text)
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

// complain shows an error that does not keep anything from going on; nil is none.
func (s *Shell) complain(err error) {
	if err != nil {
		s.showError(err)
	}
}
