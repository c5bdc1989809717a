package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/show"
)

// Exit codes besides 128 + the number of a signal.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitTooFew = 3
)

const rootHelp = `ksqlite runs ksqlDB's SQL over Kafka topics.

Without --bootstrap-server it works on a Kafka of its own inside the process,
which is gone at the end unless --data-dir keeps it. On a Kafka, streams, tables
and queries are kept there, in the command topic of the service id, unless
--ephemeral says no; ksqlite server runs the queries. Without a script it is a
shell; if standard input is no terminal, the script is read from there.

Results go to standard output, everything else to standard error. In CSV NULL is
an empty field and an empty text is ""; in TSV NULL is \N, and \t, \n, \r and \\
stand for what would end a field. SUMMARIZE is the table of its columns there, and
what it says of the topic goes to standard error; JSONL has all of it. In
all forms for programs PRINT is a row for each record: partition, offset, time, key,
value and headers; key and value are the texts that it shows to people.

The exit code is 0 when all is done, 1 when a statement failed, which ends the
script, 2 when the command line is wrong, 3 when a query had fewer rows than
--min-rows, 130 or 143 after SIGINT or SIGTERM, and 141 when nobody reads the
results any more.`

const rootExamples = `  ksqlite                                      the shell, on a Kafka of its own
  ksqlite --bootstrap-server localhost:9092    the shell, on your Kafka
  ksqlite help create stream                   a statement, with an example
  ksqlite properties                           what c.properties says of a Kafka with TLS or passwords
  ksqlite --config-file c.properties           the shell, on that Kafka
  ksqlite doctor --config-file c.properties    what is in the way to it
  ksqlite -f setup.sql -e 'SHOW STREAMS;'      a script, then a statement
  ksqlite -e 'SELECT * FROM s;' --output JSONL | jq .ID`

// flags is what the command line says.
type flags struct {
	inputs   []input
	defines  []define
	format   render.Format
	rowLimit int
	timeout  time.Duration
	minRows  int
	noHeader bool
	tolerant bool
	readOnly bool
	kafkaFlags
	state         stateFlags
	ephemeral     bool
	noStartup     bool
	fromBeginning bool
	version       bool
}

// run runs the command and returns its exit code.
func run(args []string) (code int) {
	defer func() {
		if p := recover(); p != nil {
			code = exitCode(show.InternalError(p))
		}
	}()
	// A closed pipe is then an error of writing, which is met where there is
	// something to be cleaned up, instead of the end of the process.
	signal.Ignore(syscall.SIGPIPE)
	root := newRoot()
	if len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		plainDescriptions(root)
	}
	root.SetArgs(args)
	results := &watched{out: os.Stdout, what: "results", heard: true}
	messages := &watched{out: os.Stderr, what: "messages"}
	root.SetOut(results)
	root.SetErr(messages)
	err := root.ExecuteContext(context.Background())
	return exitCode(cmp.Or(results.named(err), results.fault(), messages.fault()))
}

// exitCode tells the user what went wrong, if he does not know yet.
func exitCode(err error) int {
	if stopped, ok := errors.AsType[*stoppedError](err); ok {
		return stopped.exitCode()
	}
	if wrong, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(os.Stderr, "ksqlite: %s\n%s --help tells what there is.\n", cells.EscapedLines(err.Error()), wrong.command)
		return exitUsage
	}
	_, tooFew := errors.AsType[*show.TooFewRowsError](err)
	switch _, shown := errors.AsType[*show.ShownError](err); {
	case err == nil:
		return exitDone
	case errors.Is(err, syscall.EPIPE):
		return (&stoppedError{syscall.SIGPIPE}).exitCode()
	case tooFew:
		return exitTooFew
	case !shown:
		fmt.Fprintf(os.Stderr, "ksqlite: %s\n", cells.EscapedLines(err.Error()))
	}
	return exitFailed
}

func newRoot() *cobra.Command {
	f := &flags{format: render.Tabular}
	root := &cobra.Command{
		Use:           "ksqlite",
		Short:         "ksqlDB's SQL over Kafka topics",
		Long:          rootHelp,
		Example:       rootExamples,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.version {
				return printVersion(c.OutOrStdout())
			}
			if err := f.check(); err != nil {
				return usage(c, err)
			}
			return runRoot(c, f)
		},
	}
	root.SetFlagErrorFunc(flagError)
	f.declare(root)
	root.SetHelpCommand(newHelp(f))
	root.AddCommand(newTest(), newServer(), newBroker(), newProduce(), newDatagen(), newDoctor(), newProperties(), newVersion(), newMan())
	return root
}

// declare declares the flags.
func (f *flags) declare(root *cobra.Command) {
	set := root.Flags()
	set.SortFlags = false
	set.VarP(&inputFlag{list: &f.inputs, file: true}, "file", "f", "run the statements in a `file`; - is standard input; repeatable")
	set.VarP(&inputFlag{list: &f.inputs}, "execute", "e", "run `SQL`; a missing last semicolon is added; repeatable, in order with --file")
	set.VarP(&defineFlag{&f.defines}, "define", "d", "define a variable, `NAME=VALUE`, that statements use as ${NAME}; repeatable")
	set.Var(&formatFlag{&f.format}, "output", "`format` of results: "+strings.Join(render.FormatNames(), ", "))
	set.IntVar(&f.rowLimit, "query-row-limit", 0, "end each query after `N` rows")
	set.Var(&timeoutFlag{&f.timeout}, "query-timeout", "end each query, and the reading of SUMMARIZE, after `MS` milliseconds, or a time such as 5s")
	set.BoolVar(&f.fromBeginning, "from-beginning", false, "begin each query with the oldest records, as auto.offset.reset = earliest does")
	set.IntVar(&f.minRows, "min-rows", 0, "exit with code 3 when a query ends with fewer than `N` rows, at its timeout say")
	set.BoolVar(&f.noHeader, "no-header", false, "leave out the names of the columns in CSV and TSV")
	set.BoolVar(&f.tolerant, "continue-on-error", false, "go on after a statement that failed; the exit code is that of the first")
	set.BoolVar(&f.readOnly, "read-only", false, "refuse statements that write records, topics, schemas or declarations that are kept")
	f.kafkaFlags.declare(root)
	f.state.declare(root)
	set.BoolVar(&f.ephemeral, "ephemeral", false, "on a Kafka: begin with no streams, tables and queries, and keep none")
	set.BoolVar(&f.noStartup, "no-rc", false, "in the shell: do not run ~/.ksqliterc first")
	set.BoolVar(&f.version, "version", false, "print the version")
	completeWords(root, "output", render.FormatNames())
	completeFiles(root, "file", "sql")
	completeNothing(root, "execute", "define", "query-row-limit", "query-timeout", "min-rows")
}

// limits returns the bounds of each query.
func (f *flags) limits() show.Limits {
	return show.Limits{Rows: f.rowLimit, Time: f.timeout, Least: f.minRows}
}
