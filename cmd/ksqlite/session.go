package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/repl"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/show"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// runRoot is the command without a subcommand: scripts, or the shell.
func runRoot(c *cobra.Command, f *flags) (err error) {
	interactive := len(f.inputs) == 0 && isTerminal(os.Stdin)
	if interactive && (f.tolerant || f.minRows > 0) {
		return usage(c, errors.New("--continue-on-error and --min-rows are for scripts, and there is none"))
	}
	if len(f.inputs) == 0 && !interactive {
		f.inputs = []input{{file: true, text: "-"}}
	}
	signals := []os.Signal{syscall.SIGTERM, syscall.SIGHUP}
	if !interactive {
		signals = append(signals, os.Interrupt) // in the shell, Ctrl-C ends a query only
	}
	ctx, stop := untilSignal(c.Context(), signals...)
	defer stop()
	texts, err := f.texts()
	if err != nil {
		return err
	}
	faults := proclog.NewSummary(time.Now)
	aside := terminal.NewAside(c.ErrOrStderr())
	engine, err := f.open(ctx, faults, aside)
	if err != nil {
		return stoppedOr(ctx, err)
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	session := engine.NewSession()
	for _, d := range f.defines {
		session.Define(d.name, d.value)
	}
	session.LimitSummaries(f.timeout)
	session.LeaveWithExit()
	display := f.display(c.ErrOrStderr())
	display.Faults, display.Aside, display.Restoring = faults, aside, engine.Restoring
	if interactive {
		return f.shell(ctx, engine, session, repl.Options{Display: display, Pages: pages(c.Root())})
	}
	runner := show.NewRunner(session, display)
	if f.tolerant {
		session.ContinueOnError()
		runner.ContinueOnError()
	}
	return f.scripts(ctx, runner, texts)
}

// texts reads all inputs but files before anything is run.
func (f *flags) texts() ([]string, error) {
	texts := make([]string, len(f.inputs))
	for i, in := range f.inputs {
		text, err := in.read(os.Stdin)
		if err != nil {
			return nil, err
		}
		texts[i] = text
	}
	return texts, nil
}

// open opens the engine, which writes to messages what happens beside all statements.
func (f *flags) open(ctx context.Context, faults *proclog.Summary, messages io.Writer) (*ksqlite.Engine, error) {
	f.existing = f.readOnly
	where, err := f.kafkaFlags.options(messages)
	if err != nil {
		return nil, err
	}
	options := slices.Concat(where, f.state.options(), []ksqlite.Option{ksqlite.WithRecordErrors(faults.Report)})
	if f.readOnly {
		options = append(options, ksqlite.WithReadOnly())
	}
	if f.fromBeginning {
		options = append(options, ksqlite.WithProperties(map[string]string{"auto.offset.reset": "earliest"}))
	}
	if !f.ephemeral {
		engine, err := ksqlite.Open(ctx, options...)
		if !errors.Is(err, ksqlite.ErrAuthorization) {
			return engine, err
		}
		// Who may not see what others have declared can query topics all the same.
		f.ephemeral = true
		fmt.Fprintln(messages, display.Warning(unshared(err)))
	}
	return ksqlite.Open(ctx, append(options, ksqlite.WithEphemeral())...)
}

// unshared says that nothing is shared with other sessions, since the topic with what they have declared is not for this user.
func unshared(err error) string {
	reason := err.Error()
	if denied, ok := errors.AsType[*broker.DeniedError](err); ok {
		reason = denied.Lack()
	}
	return "Streams, tables and queries are this session's own and gone at its end: " + reason +
		". Have that allowed to share them, or say --ephemeral."
}

// scripts runs the inputs until one of them fails, or all, and returns the first error.
func (f *flags) scripts(ctx context.Context, runner *show.Runner, texts []string) error {
	var first error
	for i, in := range f.inputs {
		err := in.run(ctx, runner, texts[i])
		if err == nil {
			continue
		}
		if first == nil {
			first = &show.ShownError{Err: stoppedOr(ctx, err)}
		}
		_, lost := errors.AsType[*terminal.OutputError](err)
		if !f.tolerant || lost || ctx.Err() != nil {
			break
		}
	}
	return first
}

// shell runs the shell.
func (f *flags) shell(ctx context.Context, engine *ksqlite.Engine, session *ksqlite.Session, options repl.Options) error {
	location, err := engine.Location(ctx)
	if err != nil {
		return err
	}
	options.Stdin, options.History, options.Startup = os.Stdin, inHome(".ksqlite_history"), f.startup()
	options.Pager, options.HelpPager = pagers()
	options.Version, options.Location, options.Notice = version(), location, f.notice()
	return repl.NewShell(session, options).Run(ctx)
}

// pagers returns the user's pager, "" for none, and the one for help: where no other is named, less or
// more. An empty PAGER is none for both.
func pagers() (results, help string) {
	named, set := os.LookupEnv("PAGER")
	named = strings.TrimSpace(named)
	if set {
		return named, named
	}
	for _, program := range []string{"less", "more"} {
		if _, err := exec.LookPath(program); err == nil {
			return "", program
		}
	}
	return "", ""
}

// notice tells who works on a Kafka what becomes of his declarations.
func (f *flags) notice() string {
	switch {
	case !f.foreign():
		return ""
	case f.ephemeral:
		return "Declared streams and tables are forgotten at the end."
	}
	return "Declared streams, tables and queries are kept on the Kafka; --ephemeral forgets them."
}

// display says how results are shown, which the terminal decides, and messages.
func (f *flags) display(messages io.Writer) show.Display {
	onTerminal := isTerminal(os.Stdout)
	settings := render.DefaultSettings()
	settings.Format, settings.Header = f.format, !f.noHeader
	d := show.Display{
		Console: terminal.Console{
			Out: os.Stdout, Err: messages, Terminal: onTerminal, ErrTerminal: isTerminal(os.Stderr),
			Color: colours() && isTerminal(os.Stderr),
		},
		Settings: settings,
		Limits:   f.limits(),
	}
	if onTerminal {
		d.Console.Width = terminalWidth
		if os.Getenv("TERM") != "dumb" {
			d.Console.Height = terminalHeight
		}
	} else {
		d.Console.Gone = readerGone(os.Stdout)
	}
	return d
}

// colours reports whether a terminal may show colours.
func colours() bool { return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" }

// terminalWidth returns the present width of the terminal, 0 if it is not known.
func terminalWidth() int { return widthOf(os.Stdout) }

// widthOf is terminalWidth for any terminal.
func widthOf(terminal *os.File) int {
	width, _, err := term.GetSize(int(terminal.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// terminalHeight returns the present height of the terminal, 0 if it is not known.
func terminalHeight() int {
	_, height, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0
	}
	return height
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// startup is the path of the lines that each shell begins with, "" for none.
func (f *flags) startup() string {
	if f.noStartup {
		return ""
	}
	return inHome(".ksqliterc")
}

// inHome returns the path of a file in the user's home; "" if there is no home.
func inHome(name string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, name)
}

// stoppedOr returns the signal that has ended ctx, or else err.
func stoppedOr(ctx context.Context, err error) error {
	if stopped, ok := errors.AsType[*stoppedError](context.Cause(ctx)); ok {
		return stopped
	}
	return err
}
