package show

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/repltest"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// TestLimits holds that the row limit and the time limit end a query.
func TestLimits(t *testing.T) {
	t.Parallel()
	settings := render.DefaultSettings()
	settings.Format = render.CSV
	for _, c := range []struct {
		statement string
		limits    Limits
		rows      string
	}{
		{"SELECT 1;", Limits{Rows: 1}, "ID\n1\n"},
		{"SELECT 1;", Limits{Rows: 3}, "ID\n1\n2\n"},
		{"HANG;", Limits{Rows: 1}, "ID\n1\n"},
		{"HANG;", Limits{Time: time.Millisecond}, "ID\n1\n"},
	} {
		var out, messages bytes.Buffer
		runner := NewRunner(&repltest.Backend{}, Display{Console: terminal.Console{Out: &out, Err: &messages}, Settings: settings, Limits: c.limits})
		if err := runner.Run(t.Context(), c.statement); err != nil || out.String() != c.rows {
			t.Errorf("%s %v: %q, %v", c.statement, c.limits, out.String(), err)
		}
		if !strings.HasSuffix(messages.String(), "Query terminated\n") {
			t.Errorf("%s %v: told %q", c.statement, c.limits, messages.String())
		}
	}
}

// TestUnanswered holds that a query whose time is over while no broker answers is an error, for nobody knows what
// there is; one that somebody stops is none.
func TestUnanswered(t *testing.T) {
	t.Parallel()
	var messages bytes.Buffer
	display := Display{Console: terminal.Console{Out: &messages, Err: &messages}, Settings: render.DefaultSettings(), Limits: Limits{Time: time.Millisecond}}
	err := NewRunner(&repltest.Backend{}, display).Run(t.Context(), "LOST;")
	if !errors.Is(err, errUnanswered) || !strings.HasSuffix(messages.String(), "Query terminated\n"+errUnanswered.Error()+"\n") {
		t.Errorf("%v, told %q", err, messages.String())
	}
	display.Limits.Time = 0
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := NewRunner(&repltest.Backend{}, display).Run(ctx, "LOST;"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestCancelled holds that a done context ends a query, and is told by its cause and by what was left out alone.
func TestCancelled(t *testing.T) {
	t.Parallel()
	cause := errors.New("SIGTERM")
	ctx, cancel := context.WithCancelCause(t.Context())
	backend := &repltest.Backend{Running: make(chan struct{}, 1)}
	var out bytes.Buffer
	settings := render.Settings{Format: render.JSONL}
	runner := NewRunner(backend, Display{Console: terminal.Console{Out: &out, Err: &out}, Settings: settings})
	go func() {
		<-backend.Running
		cancel(cause)
	}()
	if err := runner.Run(ctx, "HANG; SELECT 1;"); !errors.Is(err, cause) {
		t.Errorf("returned %v", err)
	}
	if told := out.String(); len(backend.Statements) != 1 || !strings.HasSuffix(told, "WARNING: 1 statement was left out: SELECT 1;\n") {
		t.Errorf("went on: %q, told %q", backend.Statements, told)
	}
}

// brokenPipe is a reader that went away.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// TestReaderGone holds that a query without rows ends when nobody reads any more,
// and so does the script.
func TestReaderGone(t *testing.T) {
	t.Parallel()
	var out, messages bytes.Buffer
	running := make(chan struct{}, 1)
	console := terminal.Console{Out: &out, Err: &messages, Gone: func(context.Context) bool {
		<-running
		return true
	}}
	backend := &repltest.Backend{Running: running}
	runner := NewRunner(backend, Display{Console: console, Settings: render.Settings{Format: render.CSV}})
	if err := runner.Run(t.Context(), "HANG; SELECT 1;"); !errors.Is(err, syscall.EPIPE) {
		t.Error(err)
	}
	if messages.Len() > 0 || len(backend.Statements) != 1 {
		t.Errorf("told %q, ran %q", messages.String(), backend.Statements)
	}
}

// TestOutputLost holds that a query ends when nobody reads its rows any more.
func TestOutputLost(t *testing.T) {
	t.Parallel()
	for _, format := range render.Formats() {
		settings := render.DefaultSettings()
		settings.Format = format
		var messages bytes.Buffer
		runner := NewRunner(&repltest.Backend{}, Display{Console: terminal.Console{Out: brokenPipe{}, Err: &messages}, Settings: settings})
		if err := runner.Run(t.Context(), "SELECT 1; CREATE x;"); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("%s: %v", format, err)
		}
		if messages.Len() > 0 {
			t.Errorf("%s: told %q", format, messages.String())
		}
	}
}

// TestOutputLostIdle holds that a query that brings nothing more ends when what it has
// brought cannot be written.
func TestOutputLostIdle(t *testing.T) {
	t.Parallel()
	for _, format := range render.Formats() {
		settings := render.DefaultSettings()
		settings.Format = format
		var messages bytes.Buffer
		runner := NewRunner(&repltest.Backend{}, Display{Console: terminal.Console{Out: fullDisk{}, Err: &messages}, Settings: settings})
		if err := runner.Run(t.Context(), "HANG; SELECT 1;"); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// fullDisk is a disk without room.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestEscapedPerStream holds that what could drive a terminal is escaped for the stream
// that is one, whatever is known of its size, and stays as it is for the other.
func TestEscapedPerStream(t *testing.T) {
	t.Parallel()
	statement := []exec.Block{{Text: []string{"SELECT '\x1b[35m';"}, Verbatim: true}}
	result, message := &repltest.Entity{Layout: statement}, &exec.Status{Inferred: &exec.Inference{Statement: "CREATE STREAM `\x1b[35m`;"}}
	for _, onTerminal := range []bool{false, true} {
		for _, format := range []render.Format{render.Tabular, render.CSV} {
			var out, messages bytes.Buffer
			console := terminal.Console{Out: &out, Err: &messages, Terminal: onTerminal, ErrTerminal: !onTerminal}
			p := &Printer{Display: Display{Console: console, Settings: render.Settings{Format: format}}}
			for _, e := range []exec.Entity{result, message} {
				if err := p.show(t.Context(), &exec.Result{Entity: e}); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(out.String(), "\x1b") == onTerminal {
				t.Errorf("%s: results %q, terminal %t", format, out.String(), onTerminal)
			}
			if !onTerminal && strings.Contains(messages.String(), "\x1b") {
				t.Errorf("%s: messages %q", format, messages.String())
			}
		}
	}
}

// TestMessagesFold holds that messages are broken at blanks, and the line of SQL
// that an error shows is not, as its marker stands below.
func TestMessagesFold(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	console := terminal.Console{Out: &out, Err: &out, Terminal: true, Color: true, Width: func() int { return 20 }}
	p := &Printer{Display: Display{Console: console, Settings: render.DefaultSettings()}}
	sql := "SELECT one, two, three FROM s"
	p.ShowError(source.Errorf(source.Span{Start: 17, End: 22}, "Column THREE cannot be resolved").In(sql))
	p.ShowError(errors.New("the topic of this query is gone"))
	answer := &repltest.Entity{Layout: []exec.Block{{Text: []string{"Use the UNSET command to revert your change."}}}}
	if err := p.entity(answer); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[31mline 1:18: Column\nTHREE cannot be\nresolved\n" + sql + "\n" + strings.Repeat(" ", 17) + "^^^^^\x1b[0m\n" +
		"\x1b[31mthe topic of this\nquery is gone\x1b[0m\n" +
		"\nUse the UNSET\ncommand to revert\nyour change.\n"
	if out.String() != want {
		t.Errorf("%q, want\n%q", out.String(), want)
	}
}
