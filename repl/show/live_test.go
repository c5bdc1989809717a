package show

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/repl/render"
	"github.com/ksqlite/ksqlite/repl/repltest"
	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// TestLivePictures runs testdata/live.ddt: rows in, the screen at last.
//
//	live height=9 [width=40] [by=N [desc]] [column-width=8] [told=message] [limit=4]
func TestLivePictures(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/live.ddt", livePicture)
}

func livePicture(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	settings, width, height := render.DefaultSettings(), 80, 0
	d.MaybeScanArgs(t, "width", &width)
	d.MaybeScanArgs(t, "column-width", &settings.ColumnWidth)
	d.ScanArgs(t, "height", &height)
	d.MaybeScanArgs(t, "by", &settings.Live.By)
	settings.Live.Descending = d.HasArg("desc")
	rows := repltest.ParseRows(t, d.Input)
	table := render.NewLiveTable(rows, settings)
	d.MaybeScanArgs(t, "limit", &table.Limit)
	for _, r := range rows.All {
		table.Change(r)
	}
	screen := &liveScreen{table: table}
	d.MaybeScanArgs(t, "told", &screen.told)
	screen.rate.note(time.Unix(0, 0), table.Changes)
	var b strings.Builder
	for _, line := range screen.picture(width, height) {
		fmt.Fprintln(&b, line)
	}
	return b.String()
}

// liveWorld is a printer with a screen, whose size a test may change.
type liveWorld struct {
	Printer
	screen        bytes.Buffer
	width, height int
}

func newLiveWorld() *liveWorld {
	w := &liveWorld{width: 60, height: 20}
	w.Settings = render.DefaultSettings()
	w.Settings.Live.On = true
	w.Console = terminal.Console{
		Out: &w.screen, Err: &w.screen, Terminal: true,
		Width: func() int { return w.width }, Height: func() int { return w.height },
	}
	w.Bar = terminal.NewBar(w.Console)
	return w
}

const liveRows = "ID INTEGER KEY, N INTEGER\n1|1\n2|2\n1|3\n- 2|∅"

// TestLiveOnlyOnScreens holds that rows are appended wherever they cannot, or shall
// not, be shown in place.
func TestLiveOnlyOnScreens(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*liveWorld, *repltest.Rows){
		"off":                      func(w *liveWorld, _ *repltest.Rows) { w.Settings.Live.On = false },
		"CSV":                      func(w *liveWorld, _ *repltest.Rows) { w.Settings.Format = render.CSV },
		"in a pipe":                func(w *liveWorld, _ *repltest.Rows) { w.Console.Terminal = false },
		"TERM=dumb":                func(w *liveWorld, _ *repltest.Rows) { w.Console.Height = nil },
		"a low screen":             func(w *liveWorld, _ *repltest.Rows) { w.height = liveHeight - 1 },
		"a screen of unknown size": func(w *liveWorld, _ *repltest.Rows) { w.width = 0 },
		"a stream":                 func(_ *liveWorld, rows *repltest.Rows) { rows.Keys = nil },
	} {
		w, rows := newLiveWorld(), repltest.ParseRows(t, liveRows)
		change(w, rows)
		if err := w.show(t.Context(), &exec.Result{Rows: rows}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(w.screen.String(), "<TOMBSTONE>") {
			t.Errorf("%s: not every change is shown:\n%s", name, w.screen.String())
		}
	}
}

// TestLiveEnds holds that the last state stays as ordinary text, and that a query that
// ends at once needs no screen for that.
func TestLiveEnds(t *testing.T) {
	t.Parallel()
	w, rows := newLiveWorld(), repltest.ParseRows(t, liveRows)
	rows.Ending = query.LimitReached
	w.Settings.Live.By = "M"
	if err := w.show(t.Context(), &exec.Result{Rows: rows}); err != nil {
		t.Fatal(err)
	}
	const want = `WARNING: The query has no column M, so the rows are sorted
by their key. There are ID, N
+--+-+
|ID|N|
+--+-+
|1 |3|
Limit Reached
Query terminated
`
	if got := w.screen.String(); got != want {
		t.Errorf("got:\n%s", got)
	}
}

// TestLiveTellsMissingColumn holds that the screen says why the rows are sorted by their key.
func TestLiveTellsMissingColumn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, rows := newLiveWorld(), repltest.ParseRows(t, liveRows)
		rows.Ending = query.Running
		w.Limits.Time, w.Settings.Live.By = 2*liveInterval, "NOPE"
		if err := w.show(t.Context(), &exec.Result{Rows: rows}); err != nil {
			t.Fatal(err)
		}
		_, drawn, _ := strings.Cut(w.screen.String(), terminal.EnterScreen)
		if !strings.Contains(drawn, "The query has no column NOPE") {
			t.Errorf("got: %q", drawn)
		}
	})
}

// TestLiveDraws holds when the screen is drawn: at changes, at another size, once a
// second for the rate; and that the terminal is given back.
func TestLiveDraws(t *testing.T) {
	t.Parallel()
	w, rows := newLiveWorld(), repltest.ParseRows(t, liveRows)
	screen := &liveScreen{
		terminal: &w.screen, table: render.NewLiveTable(rows, w.Settings), color: true, done: make(chan struct{}),
		size: func() (int, int) { return w.width, w.height },
	}
	now := time.Unix(0, 0)
	drawn := func() string {
		w.screen.Reset()
		now = now.Add(liveInterval)
		screen.tick(now)
		return w.screen.String()
	}
	if got := drawn(); !strings.HasPrefix(got, terminal.EnterScreen+terminal.ToTop+"\x1b[K\x1b[7m0 rows") || !strings.HasSuffix(got, terminal.RestOfAll+"+--+-+") {
		t.Errorf("at first: %q", got)
	}
	if got := drawn(); got != "" {
		t.Errorf("without a change: %q", got)
	}
	screen.table.Change(rows.All[0])
	if got := drawn(); !strings.HasPrefix(got, terminal.ToTop+"\x1b[K\x1b[7m1 row, 3 changes/s") || !strings.Contains(got, terminal.RestOfAll+"|1 |1|") {
		t.Errorf("after a change: %q", got)
	}
	w.width = 4
	if got := drawn(); !strings.Contains(got, terminal.RestOfAll+"|1|1") {
		t.Errorf("after a resize: %q", got)
	}
	silent := 0
	for drawn() == "" {
		silent++
	}
	if silent != redraws {
		t.Errorf("drawn anew after %d intervals", silent)
	}
	w.screen.Reset()
	screen.Tell("a fault", func() { w.screen.WriteString("told") })
	if got := w.screen.String(); !strings.HasPrefix(got, terminal.LeaveScreen+"told"+terminal.EnterScreen) || !strings.Contains(got, terminal.RestOfAll+"a fa") {
		t.Errorf("a fault: %q", got)
	}
	w.screen.Reset()
	for range 2 {
		if err := screen.end(); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.screen.String(); got != terminal.LeaveScreen {
		t.Errorf("at the end: %q", got)
	}
}

// TestLivePace holds that a fast query is drawn ten times a second at most, and that
// nothing is drawn any more when it has ended.
func TestLivePace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, rows := newLiveWorld(), repltest.ParseRows(t, liveRows)
		rows.Ending = query.Running
		w.Limits.Time = 5*liveInterval + liveInterval/2
		slow := &slowRows{Rows: rows, wait: 2 * liveInterval}
		if err := w.show(t.Context(), &exec.Result{Rows: slow}); err != nil {
			t.Fatal(err)
		}
		got := w.screen.String()
		if n := strings.Count(got, terminal.ToTop); n < 2 || n > 5 {
			t.Errorf("drawn %d times: %q", n, got)
		}
		if strings.Count(got, terminal.EnterScreen) != 1 || strings.Count(got, terminal.LeaveScreen) != 1 || !strings.HasSuffix(got, "\nQuery terminated\n") {
			t.Errorf("the terminal is not as it was: %q", got)
		}
	})
}

// slowRows waits before each row.
type slowRows struct {
	*repltest.Rows
	wait time.Duration
}

func (s *slowRows) Next(ctx context.Context) bool {
	select {
	case <-ctx.Done():
	case <-time.After(s.wait):
	}
	return s.Rows.Next(ctx)
}

// TestLiveLastState holds that the last rows are shown in whole as any rows are, but no more than somebody would
// wait for; a file gets all.
func TestLiveLastState(t *testing.T) {
	t.Parallel()
	for _, spooled := range []bool{false, true} {
		var input strings.Builder
		input.WriteString("ID INTEGER KEY, NAME STRING")
		for i := range shownAtOnce + 234 {
			fmt.Fprintf(&input, "\n%d|%s", i, strings.Repeat("long ", 20))
		}
		w, rows := newLiveWorld(), repltest.ParseRows(t, input.String())
		w.Spool = NewSpool(&w.screen)
		if spooled {
			if err := w.Spool.Start(t.TempDir() + "/spool"); err != nil {
				t.Fatal(err)
			}
			defer w.Spool.Stop() //nolint:errcheck // nobody reads it
		}
		if err := w.show(t.Context(), &exec.Result{Rows: rows}); err != nil {
			t.Fatal(err)
		}
		last := w.screen.String()
		last = last[strings.LastIndex(last, terminal.LeaveScreen)+1:]
		want := shownAtOnce
		if spooled {
			want = len(rows.All)
		}
		first := regexp.MustCompile(`(?m)^\|\d`).FindAllString(last, -1) // lines of rows
		if told := strings.Contains(last, "\n… 234 rows not displayed\n"); told == spooled || len(first) != want || !regexp.MustCompile(`(?m)^\| +\|`).MatchString(last) {
			t.Errorf("spooled %v: told %v, %d rows", spooled, told, len(first))
		}
	}
}
