package repl

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// TestRender runs testdata/render_*.ddt: rows or blocks in, text out.
//
//	rows [format=JSON] [no-header] [width=40] [wrap=off] [column-width=8] [idle|pause=2] [pipe]
//	live height=9 [width=40] [by=N [desc]] [told=message] [limit=4]: the screen at last
//	blocks [width=40] [format=CSV]
func TestRender(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata/render", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			settings, out := DefaultSettings(), new(bytes.Buffer)
			width := 80
			d.MaybeScanArgs(t, "width", &width)
			d.MaybeScanArgs(t, "column-width", &settings.ColumnWidth)
			settings.Wrap, settings.Header = !d.HasArg("cut"), !d.HasArg("no-header")
			var format string
			if d.MaybeScanArgs(t, "format", &format); format != "" {
				settings.Format = Format(format)
			}
			terminal := !d.HasArg("pipe")
			if !terminal {
				width = 0
			}
			console := Console{Out: out, Err: out, Terminal: terminal, Width: func() int { return width }}
			p := &printer{Display: Display{Console: console, Settings: settings}}
			switch d.Cmd {
			case "live":
				return livePicture(t, d, settings, width)
			case "rows":
				pause := -1
				if d.MaybeScanArgs(t, "pause", &pause); d.HasArg("idle") {
					pause = 0
				}
				showRows(t, p, parseRows(t, d.Input), pause)
			case "blocks":
				if err := p.show(t.Context(), &exec.Result{Entity: parseBlocks(d.Input)}); err != nil {
					t.Fatal(err)
				}
			default:
				t.Fatalf("unknown command %s", d.Cmd)
			}
			return out.String()
		})
	})
}

// showRows shows rows without a clock: pause says after how many of them there was a
// pause; negative for none.
func showRows(t *testing.T, p *printer, rows *fakeRows, pause int) {
	t.Helper()
	out, rowPrinter := bufio.NewWriter(p.Console.Out), p.rowPrinter()
	rowPrinter.begin(out, rows.ID(), rows.Columns())
	for i, r := range rows.rows {
		if i == pause {
			rowPrinter.idle()
		}
		rowPrinter.row(r)
	}
	rowPrinter.end()
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
}

// parseBlocks reads blocks separated by lines of ====. Of a block, a first line
// "# x" is the title, lines "a: b" are labels, lines with | a table's; the rest is text.
func parseBlocks(text string) *entity {
	e := &entity{Head: exec.Head{Type: "fake"}}
	for part := range strings.SplitSeq(text, "====\n") {
		var b exec.Block
		for line := range strings.Lines(part) {
			line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), `\n`, "\n")
			name, value, label := strings.Cut(line, ": ")
			switch {
			case strings.HasPrefix(line, "# "):
				b.Title = line[2:]
			case strings.Contains(line, "|") && b.Table == nil:
				b.Table = &exec.Table{Header: strings.Split(strings.TrimSuffix(line, "|"), "|")}
			case strings.Contains(line, "|"):
				b.Table.Rows = append(b.Table.Rows, strings.Split(strings.TrimSuffix(line, "|"), "|"))
			case label:
				b.Labels, b.LabelWidth = append(b.Labels, exec.Label{Name: name, Value: value}), 20
			default:
				b.Text = append(b.Text, line)
			}
		}
		e.blocks = append(e.blocks, b)
	}
	return e
}

// TestCSVReadsBack holds that any CSV reader finds what was written.
func TestCSVReadsBack(t *testing.T) {
	t.Parallel()
	texts := []string{"", "plain", " blank ", `say "hi"`, "a,b", "two\nlines", "\t", "ÄÖ", "日本"}
	for _, format := range []Format{CSV, TSV} {
		rows := &fakeRows{columns: []types.Column{{Name: "A", Type: types.String}, {Name: "B", Type: types.String}}}
		for _, text := range texts {
			rows.rows = append(rows.rows, query.Row{Values: data.Row{data.String(text), data.Null}})
		}
		var out bytes.Buffer
		showRows(t, &printer{Display: Display{Console: Console{Out: &out}, Settings: Settings{Format: format}}}, rows, -1)
		reader := csv.NewReader(&out)
		reader.Comma = rune(format.separator())
		records, err := reader.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range texts {
			if got := records[i][0]; got != text {
				t.Errorf("%s: %q came back as %q", format, text, got)
			}
		}
	}
}

// TestWidthsFitTerminal tries many shapes of tables: none is wider than the
// terminal as long as a cell a column fits, and without rows none is narrower.
func TestWidthsFitTerminal(t *testing.T) {
	t.Parallel()
	for terminal := 3; terminal < 120; terminal++ {
		for columns := 1; 2*columns+1 <= terminal; columns += 3 {
			measures := make([]measure, columns)
			for i := range measures {
				measures[i] = measure{header: i % 13, widest: 7 * i % 91, typ: types.String}
			}
			for _, sampled := range []int{0, 5} {
				total := columns + 1
				for _, w := range widths(measures, terminal, sampled, false) {
					total += w
					if w < 1 {
						t.Fatalf("%d columns on %d cells: a column of %d", columns, terminal, w)
					}
				}
				if total > terminal || sampled == 0 && total < terminal {
					t.Fatalf("%d columns on %d cells take %d after %d rows", columns, terminal, total, sampled)
				}
			}
		}
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
	console := Console{Out: &out, Err: &messages, Gone: func(context.Context) bool {
		<-running
		return true
	}}
	backend := &fakeBackend{running: running}
	runner := NewRunner(backend, Display{Console: console, Settings: Settings{Format: CSV}})
	if err := runner.Run(t.Context(), "HANG; SELECT 1;"); !errors.Is(err, syscall.EPIPE) {
		t.Error(err)
	}
	if messages.Len() > 0 || len(backend.statements) != 1 {
		t.Errorf("told %q, ran %q", messages.String(), backend.statements)
	}
}

// TestOutputLost holds that a query ends when nobody reads its rows any more.
func TestOutputLost(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		settings := DefaultSettings()
		settings.Format = format
		var messages bytes.Buffer
		runner := NewRunner(&fakeBackend{}, Display{Console: Console{Out: brokenPipe{}, Err: &messages}, Settings: settings})
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
	for _, format := range Formats() {
		settings := DefaultSettings()
		settings.Format = format
		var messages bytes.Buffer
		runner := NewRunner(&fakeBackend{}, Display{Console: Console{Out: fullDisk{}, Err: &messages}, Settings: settings})
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
	result, message := &entity{blocks: statement}, &exec.Status{Inferred: &exec.Inference{Statement: "CREATE STREAM `\x1b[35m`;"}}
	for _, terminal := range []bool{false, true} {
		for _, format := range []Format{Tabular, CSV} {
			var out, messages bytes.Buffer
			console := Console{Out: &out, Err: &messages, Terminal: terminal, ErrTerminal: !terminal}
			p := &printer{Display: Display{Console: console, Settings: Settings{Format: format}}}
			for _, e := range []exec.Entity{result, message} {
				if err := p.show(t.Context(), &exec.Result{Entity: e}); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(out.String(), "\x1b") == terminal {
				t.Errorf("%s: results %q, terminal %t", format, out.String(), terminal)
			}
			if !terminal && strings.Contains(messages.String(), "\x1b") {
				t.Errorf("%s: messages %q", format, messages.String())
			}
		}
	}
}
