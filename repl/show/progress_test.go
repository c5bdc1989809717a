package show

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/repltest"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// manyRows shows so many rows on a terminal and returns what it has then.
func manyRows(t *testing.T, n int, endless, spooled bool) string {
	t.Helper()
	rows := &repltest.Rows{Cols: []types.Column{{Name: "ID", Type: types.Int}}, Ending: query.Completed}
	for i := range n {
		rows.All = append(rows.All, query.Row{Values: data.Row{data.Int(int32(i % 10))}})
	}
	var screen bytes.Buffer
	console := terminal.Console{Out: &screen, Err: &screen, Terminal: true, Width: func() int { return 80 }, Height: func() int { return 24 }}
	s := NewSpool(&screen)
	p := &Printer{Display: Display{Console: console, Settings: render.DefaultSettings()}, Bar: terminal.NewBar(console), Spool: s}
	if spooled {
		if err := s.Start(t.TempDir() + "/spool"); err != nil {
			t.Fatal(err)
		}
		defer s.Stop() //nolint:errcheck // nobody reads it
	}
	if err := p.show(t.Context(), &exec.Result{Rows: rows, Push: true, Endless: endless}); err != nil {
		t.Fatal(err)
	}
	return screen.String()
}

// TestRowsBeyondATerminal holds that of a query without end no more rows are shown than
// anybody can read, that the others are counted, and that all are shown where the query
// ends or a file gets them.
func TestRowsBeyondATerminal(t *testing.T) {
	t.Parallel()
	const total = 20_000
	for _, c := range []struct{ endless, spooled bool }{{true, false}, {false, false}, {true, true}} {
		screen := manyRows(t, total, c.endless, c.spooled)
		shown := len(regexp.MustCompile(`(?m)^\|\d+ *\|$`).FindAllString(screen, -1))
		missing := 0
		for _, told := range regexp.MustCompile(`… ([\d,]+) rows not displayed\n`).FindAllStringSubmatch(screen, -1) {
			n, _ := strconv.Atoi(strings.ReplaceAll(told[1], ",", ""))
			missing += n
		}
		if all := !c.endless || c.spooled; shown+missing != total || all != (missing == 0) {
			t.Errorf("%+v: %d rows are shown, %d are not", c, shown, missing)
		}
	}
}

// TestStatus holds what the status bar says, and that it says less where there is no room.
func TestStatus(t *testing.T) {
	t.Parallel()
	width, lag := 100, int64(7)
	p := &progress{
		printer: &Printer{Display: Display{Console: terminal.Console{Width: func() int { return width }}}},
		lag:     func() int64 { return lag },
	}
	begun := time.Unix(100, 0)
	for i := range 21 {
		p.rows = int64(50 * i)
		p.rate.note(begun.Add(time.Duration(i)*100*time.Millisecond), p.rows)
	}
	if got, want := p.status(), "1,000 rows, 476 rows/s, lag 7, Press CTRL-C to interrupt"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.hidden, p.rows = 12, 1
	if got, want := p.status(), "1 row, 476 rows/s, lag 7, 12 not displayed, Press CTRL-C to interrupt"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	lag = -1
	if got, want := p.status(), "1 row, 476 rows/s, lag unknown: no broker answers, 12 not displayed, Press CTRL-C to interrupt"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	lag, p.read = 0, func() int64 { return 1234 }
	if got, want := p.status(), "1 row, 476 rows/s, 1,234 read, lag 0, 12 not displayed, Press CTRL-C to interrupt"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if width = 30; p.status() != interruptHint {
		t.Errorf("%q", p.status())
	}
}

func TestRestoreLine(t *testing.T) {
	t.Parallel()
	const want = "Restoring state (Ctrl-C: go on meanwhile) [=========>          ]  45%  45,000 of 100,000  5,000/s  11s left"
	if got := RestoreLine(query.Progress{Done: 45_000, Total: 100_000, Took: 9 * time.Second}, "(Ctrl-C: go on meanwhile)"); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestRunnerRestoring holds that without a shell, too, a query that has no row yet tells at a terminal how far
// the restore is that it may wait for, and that rows take the place of that.
func TestRunnerRestoring(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]string{
		"WAIT;": "Restoring state (" + interruptHint + ") [=========>          ]  45%  45,000 of 100,000  5,000/s  11s left",
		"HANG;": "1 row, ",
	} {
		screen := &cueing{cue: want, met: make(chan struct{})}
		console := terminal.Console{Out: screen, Err: screen, Terminal: true, Height: func() int { return 24 }}
		runner := NewRunner(&repltest.Backend{}, Display{
			Console: console, Settings: render.DefaultSettings(),
			Restoring: func() query.Progress {
				return query.Progress{Starting: true, Done: 45_000, Total: 100_000, Took: 9 * time.Second}
			},
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- runner.Run(ctx, statement) }()
		<-screen.met
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// TestPreface holds that a query that begins with old rows says so, once a session, and to people alone.
func TestPreface(t *testing.T) {
	t.Parallel()
	for _, format := range []render.Format{render.Tabular, render.CSV} {
		var screen bytes.Buffer
		console := terminal.Console{Out: &screen, Err: &screen, Terminal: true, Height: func() int { return 24 }}
		p := &Printer{Display: Display{Console: console, Settings: render.Settings{Format: format}}, Bar: terminal.NewBar(console)}
		for range 2 {
			rows := repltest.ParseRows(t, "ID INTEGER KEY\n1")
			if err := p.show(t.Context(), &exec.Result{Rows: rows, Push: true, Preface: "These are old."}); err != nil {
				t.Fatal(err)
			}
		}
		want := 1
		if format == render.CSV {
			want = 0
		}
		if got := strings.Count(screen.String(), "These are old."); got != want {
			t.Errorf("%s: told %d times:\n%s", format, got, screen.String())
		}
	}
}

// TestRateOfBursts holds that the rate of what comes in bursts does not jump with each of them, and
// falls to nothing when nothing comes any more.
func TestRateOfBursts(t *testing.T) {
	t.Parallel()
	const often, between = 100 * time.Millisecond, 2 * time.Second
	var r rate
	now, count := time.Unix(100, 0), int64(0)
	for n := range 400 {
		now = now.Add(often)
		if n%int(between/often) == 0 {
			count += 1000
		}
		r.note(now, count)
		if got := r.perSecond(); n > 200 && (got < 400 || got > 600) {
			t.Fatalf("%v rows a second after %d bursts", got, n/20)
		}
	}
	r.note(now.Add(rateSpan), count)
	r.note(now.Add(2*rateSpan), count)
	if got := r.perSecond(); got != 0 {
		t.Errorf("%v rows a second at the end", got)
	}
}

// TestAside holds that what others write is shown beside whatever is on the terminal.
func TestAside(t *testing.T) {
	t.Parallel()
	var screen, messages bytes.Buffer
	aside := terminal.NewAside(&messages)
	bar := terminal.NewBar(terminal.Console{Out: &screen, Terminal: true, Height: func() int { return 24 }})
	j := &terminal.Jobs{}
	stop := aside.Lend(j.Tell)
	write := func(line string) {
		t.Helper()
		if _, err := fmt.Fprintln(aside, line); err != nil {
			t.Fatal(err)
		}
	}
	write("at the prompt")
	leave := j.Seat(bar)
	bar.Show("3 rows")
	write("with a bar")
	if got, want := screen.String(), "\x1b[7m3 rows\x1b[0m\r\x1b[K"; got != want {
		t.Errorf("the bar: %q, want %q", got, want)
	}
	screen.Reset()
	back := bar.Lend()
	bar.Show("4 rows")
	write("over\x1b a pager")
	if screen.Len() > 0 {
		t.Errorf("another program's terminal: %q", screen.String())
	}
	back()
	if got, want := screen.String(), "over\\x1b a pager\n"; got != want {
		t.Errorf("behind another program: %q, want %q", got, want)
	}
	leave()

	w := newLiveWorld()
	live := &liveScreen{terminal: &w.screen, size: func() (int, int) { return w.width, w.height }, table: render.NewLiveTable(repltest.ParseRows(t, liveRows), w.Settings)}
	leave = j.Seat(live)
	live.tick(time.Unix(0, 0))
	write("below\x1ba table")
	live.tick(time.Unix(1, 0))
	if got := w.screen.String(); !strings.Contains(got, terminal.LeaveScreen+terminal.EnterScreen) || strings.Count(got, `below\x1ba table`) != 2 {
		t.Errorf("the live table: %q", got)
	}
	leave()
	stop()
	write("at the end")
	if got, want := messages.String(), "at the prompt\nwith a bar\nbelow\\x1ba table\nat the end\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestRunnerAside holds that without a shell, too, what others write comes beside the bar.
func TestRunnerAside(t *testing.T) {
	t.Parallel()
	screen := &cueing{cue: interruptHint, met: make(chan struct{})}
	console := terminal.Console{Out: screen, Err: screen, Terminal: true, Height: func() int { return 24 }}
	aside := terminal.NewAside(screen)
	runner := NewRunner(&repltest.Backend{}, Display{Console: console, Settings: render.DefaultSettings(), Aside: aside})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx, "HANG;") }()
	<-screen.met
	if _, err := aside.Write([]byte("WARNING: slow\n")); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if got := screen.String(); !strings.Contains(got, interruptHint+"\x1b[0m\r"+terminal.RestOfLine+"WARNING: slow\n") {
		t.Errorf("%q", got)
	}
}

// cueing is a screen that tells when a text was first written to it.
type cueing struct {
	mu  sync.Mutex
	all strings.Builder
	cue string
	met chan struct{} // closed then
}

func (c *cueing) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := strings.Contains(c.all.String(), c.cue)
	c.all.Write(p)
	if !before && strings.Contains(c.all.String(), c.cue) {
		close(c.met)
	}
	return len(p), nil
}

func (c *cueing) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all.String()
}
