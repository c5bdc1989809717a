package report

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/repl/cells"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// Report shows what comes of tests: a line for each, what is wrong with those that
// fail, and how many there were. It belongs to one goroutine.
type Report struct {
	console terminal.Console

	passed, failed int
	silent         int // passed, and asserted nothing
}

// New returns a report that is written to the console's Out.
func New(console terminal.Console) *Report { return &Report{console: console} }

// Failed reports whether a test has failed.
func (t *Report) Failed() bool { return t.failed > 0 }

// Show shows the result of one test. The error is one of writing.
func (t *Report) Show(r *sqltest.Result) error {
	var b bytes.Buffer
	name := fmt.Sprintf("%s: %s", cells.Escaped(r.Test.Path), cells.Escaped(r.Test.Name))
	switch {
	case !r.Passed():
		t.failed++
		fmt.Fprintf(&b, "%s  %s (%s)\n", t.console.Red("FAIL"), name, elapsed(r.Elapsed))
		for _, line := range t.failure(r) {
			fmt.Fprintf(&b, "      %s\n", line)
		}
	case r.Assertions == 0:
		t.passed++
		t.silent++
		fmt.Fprintf(&b, "%s  %s (%s), asserts nothing\n", t.console.Green("pass"), name, elapsed(r.Elapsed))
	default:
		t.passed++
		fmt.Fprintf(&b, "%s  %s (%s)\n", t.console.Green("pass"), name, elapsed(r.Elapsed))
	}
	return t.write(b.Bytes())
}

// Summary ends the report. Scripts is how many files were passed over because no test is
// in them.
func (t *Report) Summary(took time.Duration, scripts int) error {
	failed := fmt.Sprintf("%d failed", t.failed)
	if t.Failed() {
		failed = t.console.Red(failed)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "\n%d passed, %s (%s)\n", t.passed, failed, elapsed(took))
	if t.silent > 0 {
		fmt.Fprintf(&b, "%s passed without asserting anything.\n", count(t.silent, "test"))
	}
	if scripts > 0 {
		fmt.Fprintf(&b, "%s without --@test and ASSERT passed over.\n", count(scripts, "file"))
	}
	return t.write(b.Bytes())
}

func (t *Report) write(text []byte) error {
	if _, err := t.console.Out.Write(text); err != nil {
		return &terminal.OutputError{Err: err}
	}
	return nil
}

// count writes a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// elapsed writes how long something took.
func elapsed(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

// mostFaults is how many bad records of a failed test are told.
const mostFaults = 5

// failure returns the lines that say what is wrong with a test.
func (t *Report) failure(r *sqltest.Result) []string {
	lines := strings.Split(failureText(r), "\n")
	if diff, ok := sqltest.DiffOf(r.Err); ok {
		lines = append(lines, t.diff(diff)...)
	}
	for i, fault := range r.Faults {
		if i == mostFaults {
			return append(lines, count(len(r.Faults)-i, "more bad record"))
		}
		lines = append(lines, "bad record: "+cells.Escaped(fault.String()))
	}
	return lines
}

// failureText says where a test has failed and why, without the comparison.
func failureText(r *sqltest.Result) string {
	expectation, ok := errors.AsType[*sqltest.ExpectationError](r.Err)
	switch {
	case !ok:
		return stepText(r.Err)
	case expectation.Err == nil:
		return fmt.Sprintf("%s:%d: %s", cells.Escaped(r.Test.Path), r.Test.Line, cells.Escaped(expectation.Error()))
	}
	return cells.Escaped(expectation.Error()) + "\n" + stepText(expectation.Err)
}

// stepText says which statement has failed: by its first line, or by the line of its fault.
func stepText(err error) string {
	step, ok := errors.AsType[*sqltest.StepError](err)
	if !ok {
		return cells.EscapedBut(err.Error(), "\n")
	}
	place := fmt.Sprintf("%s:%d: ", cells.Escaped(step.Path), step.Line())
	if fault, ok := errors.AsType[*source.Error](step.Err); ok && fault.Text != "" {
		return place + strings.TrimPrefix(source.Render(step.Err), "line "+fault.Position().String()+": ")
	}
	first, _, more := strings.Cut(source.WithoutSecrets(step.Statement()), "\n")
	if more {
		first += " ..."
	}
	return place + cells.Escaped(first) + "\n" + cells.EscapedBut(step.Err.Error(), "\n")
}
