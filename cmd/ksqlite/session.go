package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/repl"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// runRoot is the command without a subcommand: scripts, or the shell.
func runRoot(ctx context.Context, f *flags) (err error) {
	interactive := len(f.inputs) == 0 && isTerminal(os.Stdin)
	if len(f.inputs) == 0 && !interactive {
		f.inputs = []input{{file: true, text: "-"}}
	}
	signals := []os.Signal{syscall.SIGTERM, syscall.SIGHUP}
	if !interactive {
		signals = append(signals, os.Interrupt) // in the shell, Ctrl-C ends a query only
	}
	ctx, stop := untilSignal(ctx, signals...)
	defer stop()
	texts, err := f.texts()
	if err != nil {
		return err
	}
	faults := proclog.NewSummary(time.Now)
	engine, err := f.open(ctx, faults)
	if err != nil {
		return stoppedOr(ctx, err)
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	session := engine.NewSession()
	for _, d := range f.defines {
		session.Define(d.name, d.value)
	}
	display := f.display()
	display.Faults = faults
	if interactive {
		return f.shell(ctx, engine, session, display)
	}
	return f.scripts(ctx, repl.NewRunner(session, display), texts)
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

// open opens the engine.
func (f *flags) open(ctx context.Context, faults *proclog.Summary) (*ksqlite.Engine, error) {
	options := append(f.state.options(), ksqlite.WithRecordErrors(faults.Report), ksqlite.WithDataDir(f.dataDir))
	if f.ephemeral {
		options = append(options, ksqlite.WithEphemeral())
	}
	if f.configFile != "" {
		properties, err := ksqlite.LoadKafkaProperties(f.configFile)
		if err != nil {
			return nil, err
		}
		options = append(options, ksqlite.WithKafkaProperties(properties))
	}
	if f.servers != "" {
		options = append(options, ksqlite.WithBootstrapServers(strings.Split(f.servers, ",")...))
	}
	if f.servers != "" || f.configFile != "" { // of the own Kafka, errors tell all
		options = append(options, ksqlite.WithLogger(slog.New(notices{os.Stderr})))
	}
	return ksqlite.Open(ctx, options...)
}

// scripts runs the inputs until one of them fails.
func (f *flags) scripts(ctx context.Context, runner *repl.Runner, texts []string) error {
	for i, in := range f.inputs {
		if err := in.run(ctx, runner, texts[i]); err != nil {
			return &shownError{stoppedOr(ctx, err)}
		}
	}
	return nil
}

// shell runs the shell.
func (f *flags) shell(ctx context.Context, engine *ksqlite.Engine, session *ksqlite.Session, display repl.Display) error {
	location, err := engine.Location(ctx)
	if err != nil {
		return err
	}
	return repl.NewShell(session, repl.Options{
		Display:   display,
		Stdin:     os.Stdin,
		History:   historyFile(),
		Version:   version(),
		Location:  location,
		Restoring: engine.Restoring,
		Notice:    f.notice(),
	}).Run(ctx)
}

// notice tells who works on a Kafka what becomes of his declarations.
func (f *flags) notice() string {
	switch {
	case f.servers == "" && f.configFile == "":
		return ""
	case f.ephemeral:
		return "Declared streams and tables are forgotten at the end."
	}
	return "Declared streams, tables and queries are kept on the Kafka; --ephemeral forgets them."
}

// display says how results are shown, which the terminal decides.
func (f *flags) display() repl.Display {
	terminal := isTerminal(os.Stdout)
	settings := repl.DefaultSettings()
	settings.Format = f.format
	d := repl.Display{
		Console: repl.Console{
			Out: os.Stdout, Err: os.Stderr, Terminal: terminal,
			Color: colours() && isTerminal(os.Stderr),
		},
		Settings: settings,
		Limits:   f.limits(),
	}
	if terminal {
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
func terminalWidth() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
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

// historyFile is where the shell's history is kept; nowhere if there is no home.
func historyFile() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".ksqlite_history")
}

// stoppedOr returns the signal that has ended ctx, or else err.
func stoppedOr(ctx context.Context, err error) error {
	if stopped, ok := errors.AsType[*stoppedError](context.Cause(ctx)); ok {
		return stopped
	}
	return err
}
