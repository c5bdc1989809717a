package repl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/terminal"
)

// command is something the shell itself understands. It needs no semicolon.
type command struct {
	// name is its first words, in lower case.
	name string
	// parameters is how they are written in the help, "" for none.
	parameters string
	// least and most is how many of them there may be.
	least, most int
	// help says what it does, in paragraphs.
	help []string
	// values are what may follow, as completion offers it; nil for nothing.
	values func() []string
	// files says that a path follows.
	files bool
	run   func(*Shell, context.Context, []string) error
}

// manyWords is more than anybody types.
const manyWords = 100

// commands returns all commands in the order of the help.
func commands() []command { return slices.Concat(generalCommands(), sessionCommands()) }

// generalCommands and sessionCommands are the one place where a command is described.
func generalCommands() []command {
	return []command{
		{
			name: "help", parameters: "[<statement>|<command>|<function>|<property>]", most: manyWords,
			help:   []string{"Show this message, the syntax of a statement and an example, or what a function or property does."},
			values: statementWords,
			run:    (*Shell).help,
		},
		{
			name: "clear",
			help: []string{"Clear the terminal."},
			run:  (*Shell).clear,
		},
		{
			name: "output", parameters: "[" + strings.Join(render.FormatNames(), "|") + "]", most: 1,
			help:   []string{"View the current output format, or change it."},
			values: render.FormatNames,
			run:    (*Shell).output,
		},
		{
			name: "history",
			help: []string{"Show the statements and commands of this and earlier sessions."},
			run:  (*Shell).showHistory,
		},
		{
			name: "edit", parameters: "[<path to file>]", most: 1, files: true,
			help: []string{
				`Edit the statement that was executed last, or a file, with $VISUAL or $EDITOR; \e does the same, ` +
					`also for a statement that is being typed. What is saved can be entered then.`,
			},
			run: (*Shell).edit,
		},
		{
			name: "version",
			help: []string{"Show the version of ksqlite."},
			run:  (*Shell).version,
		},
		{
			name: "exit",
			help: []string{"Leave. CTRL-D does the same."},
			run:  (*Shell).exit,
		},
	}
}

// sessionCommands are those about where a session works and how it looks.
func sessionCommands() []command {
	return []command{
		{
			name: "run script", parameters: "<path to script>", least: 1, most: 1, files: true,
			help: []string{"Run the statements in a file, queries among them, up to the first that fails."},
			run:  (*Shell).runScript,
		},
		{
			name: "server", most: 1,
			help: []string{"Show the Kafka that statements work on. The engine itself runs in this process."},
			run:  (*Shell).server,
		},
		{
			name: "request-pipelining", parameters: "[ON|OFF]", most: 1,
			help: []string{
				"View or change the setting that ksqlDB's shell has. It has no effect here: " +
					"a statement always waits for those before it.",
			},
			run: (*Shell).pipelining,
		},
		{
			name: "spool", parameters: "<path to file>|OFF", least: 1, most: 1, files: true,
			help: []string{"Copy the session to a file from now on, or end that."},
			run:  (*Shell).setSpool,
		},
		{
			name: "set cli", parameters: "WRAP ON|OFF, COLUMN-WIDTH <n>, HEADER ON|OFF, LIVE ON [BY <column>]|OFF, HIGHLIGHT ON|OFF", least: 1, most: 5,
			values: cliSettings,
			help: []string{
				"WRAP: continue long values on the next line (ON, the default) or cut them (OFF).",
				"COLUMN-WIDTH: the width of every column of a query's rows; 0, the default, " +
					"lets the widths follow the data and the terminal.",
				"HEADER: begin CSV and TSV with the names of the columns (ON, the default) or not (OFF).",
				"LIVE: show the rows of a table, or of a query with GROUP BY, in place while they change (ON) " +
					"or a line for each change (OFF, the default). LIVE ON BY <column> [ASC|DESC] sorts " +
					"them by a column instead of their key. Arrows, PgUp, PgDn, Home and End scroll, q or CTRL-C ends it and leaves " +
					"the rows as text. It needs a terminal that can be drawn on.",
				"HIGHLIGHT: colour SQL while it is typed (ON, the default) or not (OFF). NO_COLOR in the environment " +
					"switches all colours off.",
			},
			run: (*Shell).setCLI,
		},
	}
}

// findCommand returns the command that a line begins with, if any, and the
// words that follow it. Case does not matter, nor a semicolon at the end.
func (s *Shell) findCommand(line string) (command, []string, bool) {
	line = strings.TrimSpace(line)
	line = strings.TrimSpace(strings.TrimSuffix(line, ";"))
	words := terminal.Words(line)
	for _, c := range commands() {
		name := strings.Fields(c.name)
		if len(words) < len(name) || !strings.EqualFold(strings.Join(words[:len(name)], " "), c.name) {
			continue
		}
		return c, words[len(name):], true
	}
	return command{}, nil, false
}

// runCommand runs a command and shows what went wrong. It returns errExit if
// the user leaves, the cause of a done ctx, and what Ctrl-C has ended.
func (s *Shell) runCommand(ctx context.Context, c command, args []string) error {
	switch {
	case len(args) < c.least:
		s.complain(fmt.Errorf("Too few parameters\n%s", c.describe()))
		return nil
	case len(args) > c.most:
		s.complain(fmt.Errorf("Too many parameters\n%s", c.describe()))
		return nil
	}
	switch err := c.run(s, ctx, args); {
	case err == errExit: //nolint:errorlint // exit returns it bare
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, context.Canceled): // by Ctrl-C
		return err
	default:
		s.complain(err)
	}
	return nil
}

func (s *Shell) clear(context.Context, []string) error {
	if s.printer.Console.Height == nil { // it cannot be drawn on
		return nil
	}
	fmt.Fprint(s.options.Console.Out, "\x1b[H\x1b[2J\x1b[3J")
	return nil
}

func (s *Shell) output(_ context.Context, args []string) error {
	if len(args) == 0 {
		s.say("Current output format: " + string(s.printer.Settings.Format))
		return nil
	}
	if err := s.printer.SetFormat(args[0]); err != nil {
		return err
	}
	s.say("Output format set to " + string(s.printer.Settings.Format))
	return nil
}

func (s *Shell) showHistory(ctx context.Context, _ []string) error {
	return s.printer.Paged(ctx, func(context.Context) error {
		for i, entry := range s.history.Entries {
			lines := strings.ReplaceAll(cells.EscapedLines(entry), "\n", "\n      ") // below the first
			fmt.Fprintf(s.printer.Console.Out, "%4d: %s\n", i+1, lines)
		}
		return nil
	})
}

func (s *Shell) version(context.Context, []string) error {
	s.say("Version: " + s.options.Version)
	return nil
}

func (s *Shell) exit(context.Context, []string) error {
	return errExit
}

func (s *Shell) runScript(ctx context.Context, args []string) error {
	return s.script(ctx, args[0])
}

func (s *Shell) server(_ context.Context, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("the engine runs in this process: to work on another Kafka, leave and start ksqlite --bootstrap-server %s", args[0])
	}
	s.say(s.options.Location)
	return nil
}

func (s *Shell) pipelining(_ context.Context, args []string) error {
	if len(args) == 0 {
		s.say("Current request-pipelining configuration: OFF")
		return nil
	}
	if on := strings.ToUpper(args[0]); on != "ON" && on != "OFF" {
		return fmt.Errorf("Invalid request-pipelining setting: %s. Valid options are 'ON' and 'OFF'.", args[0])
	}
	s.say("request-pipelining has no effect here: a statement always waits for those before it")
	return nil
}

func (s *Shell) setSpool(_ context.Context, args []string) error {
	if strings.EqualFold(args[0], "OFF") {
		if !s.spool.On() {
			return errors.New("the session is not being spooled")
		}
		path := s.spool.Path
		if err := s.spool.Stop(); err != nil {
			return err
		}
		s.say("Spool written to " + path)
		return nil
	}
	if err := s.spool.Start(args[0]); err != nil {
		return err
	}
	s.say("Session will be spooled to " + s.spool.Path + "\nEnter SPOOL OFF to disable")
	return nil
}

// cliSettings are the settings with the values that they take.
func cliSettings() []string {
	return []string{
		"WRAP ON", "WRAP OFF", "COLUMN-WIDTH ", "HEADER ON", "HEADER OFF",
		"LIVE ON", "LIVE ON BY ", "LIVE OFF", "HIGHLIGHT ON", "HIGHLIGHT OFF",
	}
}

func (s *Shell) setCLI(_ context.Context, args []string) error { return s.printer.SetCLI(args) }
