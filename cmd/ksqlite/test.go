package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite/repl/report"
	"github.com/ksqlite/ksqlite/repl/show"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

const testHelp = `Run tests of SQL, without a Kafka: each in an engine of its own, with a schema
registry.

A test is a part of a file that a line --@test: NAME begins, or a whole file.
INSERT INTO ... VALUES feeds a record to all queries that run by then, and to
those behind them. Each ASSERT VALUES or ASSERT NULL VALUES takes the next record
of a topic; ASSERT STREAM and ASSERT TABLE compare declarations. RUN SCRIPT runs
a file beside the test's. A test with --@expected.error: CLASS or
--@expected.message: TEXT has to fail. Folders stand for the tests in all .sql
files below them.

With -s, -i and -o it takes the files of ksqlDB's older test runner: statements,
{"inputs": [record, ...]} and {"outputs": [record, ...]}.

The exit code is 0 when all tests have passed, 1 when one has failed or cannot
be read, and 2 when the command line is wrong.`

// testFlags is what the command line of test says.
type testFlags struct {
	run        string
	junit      string
	files      sqltest.Files
	extensions string
}

func newTest() *cobra.Command {
	f := &testFlags{}
	c := &cobra.Command{
		Use:     "test PATH... | test -s FILE [-i FILE] -o FILE",
		Short:   "Run tests of SQL",
		Long:    testHelp,
		Example: "  ksqlite test orders_test.sql\n  ksqlite test --run late --junit report.xml tests/",
		RunE: func(c *cobra.Command, paths []string) error {
			chosen, err := f.check(paths)
			if err != nil {
				return usage(c, err)
			}
			return f.test(c, paths, chosen)
		},
	}
	set := c.Flags()
	set.SortFlags = false
	set.StringVar(&f.run, "run", "", "run only the tests whose names match `REGEXP`")
	set.StringVar(&f.junit, "junit", "", "write the results as JUnit's XML to `FILE`")
	set.StringVarP(&f.files.Statements, "sql-file", "s", "", "the `FILE` of statements")
	set.StringVarP(&f.files.Inputs, "input-file", "i", "", "the `FILE` of records to feed")
	set.StringVarP(&f.files.Outputs, "output-file", "o", "", "the `FILE` of records to expect")
	set.StringVarP(&f.extensions, "extension-dir", "e", "", "a `DIR` of functions written in Java; accepted and not read, since they cannot be loaded")
	completeFiles(c, "junit", "xml")
	completeFiles(c, "sql-file", "sql")
	completeFiles(c, "input-file", "json")
	completeFiles(c, "output-file", "json")
	completeFolders(c, "extension-dir")
	completeNothing(c, "run")
	return c
}

// check reports nonsense in the flags, and returns which tests are to be run.
func (f *testFlags) check(paths []string) (chosen *regexp.Regexp, err error) {
	if chosen, err = regexp.Compile(f.run); err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	files := f.files != sqltest.Files{}
	switch {
	case files && len(paths) > 0:
		return nil, errors.New("-s, -i and -o are a test by themselves: there can be no other paths")
	case files && (f.files.Statements == "" || f.files.Outputs == ""):
		return nil, errors.New("the older form needs -s FILE and -o FILE")
	case files && f.run != "":
		return nil, errors.New("--run chooses among the tests of scripts")
	case !files && len(paths) == 0:
		return nil, errors.New("test needs a file or folder of tests")
	case f.extensions != "" && !files:
		return nil, errors.New("--extension-dir belongs to -s, -i and -o")
	}
	return chosen, nil
}

// test runs the tests and reports.
func (f *testFlags) test(c *cobra.Command, paths []string, chosen *regexp.Regexp) error {
	ctx, stop := untilSignal(c.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	suite, err := f.suite(paths, chosen)
	if err != nil {
		return err
	}
	begun := time.Now()
	if f.extensions != "" {
		c.PrintErrln(display.Warning(f.extensions + " is not read: functions written in Java cannot be loaded"))
	}
	report := report.New(testConsole(c))
	var results []*sqltest.Result
	err = f.runAll(ctx, suite, func(r *sqltest.Result) error {
		results = append(results, r)
		return report.Show(r)
	})
	if err != nil {
		return stoppedOr(ctx, err)
	}
	took := time.Since(begun)
	if err := errors.Join(report.Summary(took, len(suite.Scripts)), f.writeJUnit(results, took)); err != nil {
		return err
	}
	if report.Failed() {
		return &show.ShownError{Err: errors.New("tests have failed")}
	}
	return nil
}

// suite reads the tests that are to be run; none for the older form.
func (f *testFlags) suite(paths []string, chosen *regexp.Regexp) (sqltest.Suite, error) {
	suite, err := sqltest.Read(paths...)
	if err != nil || len(paths) == 0 {
		return suite, err
	}
	suite.Choose(func(t *sqltest.Test) bool { return chosen.MatchString(t.Name) })
	if len(suite.Tests) == 0 {
		return suite, fmt.Errorf("no test has a name that matches --run %s", f.run)
	}
	return suite, nil
}

// runAll runs the suite, or the one test of the older form.
func (f *testFlags) runAll(ctx context.Context, suite sqltest.Suite, show func(*sqltest.Result) error) error {
	options := sqltest.Options{Clock: time.Now}
	if f.files.Statements == "" {
		return suite.Run(ctx, options, show)
	}
	result := sqltest.RunFiles(ctx, f.files, options)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return show(result)
}

// writeJUnit writes the file for machines, if one is wanted.
func (f *testFlags) writeJUnit(results []*sqltest.Result, took time.Duration) error {
	if f.junit == "" {
		return nil
	}
	var b bytes.Buffer
	if err := report.WriteJUnit(&b, results, took); err != nil {
		return err
	}
	return os.WriteFile(f.junit, b.Bytes(), 0o644)
}

// testConsole is where tests are reported.
func testConsole(c *cobra.Command) terminal.Console {
	console := terminal.Console{Out: c.OutOrStdout(), Err: c.ErrOrStderr(), Terminal: isTerminal(os.Stdout), ErrTerminal: isTerminal(os.Stderr)}
	if console.Terminal {
		console.Width = terminalWidth
		console.Color = colours()
	}
	return console
}
