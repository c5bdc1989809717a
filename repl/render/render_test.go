package render

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/repl/repltest"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// TestRender runs testdata/*.ddt: rows or blocks in, text out.
//
//	rows [format=JSON] [no-header] [width=40] [wrap=off] [column-width=8] [idle|pause=2] [barred] [pipe]
//	blocks [width=40] [format=CSV]
func TestRender(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
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
			on := Paper{Width: width, Terminal: terminal, Barred: d.HasArg("barred"), Push: d.HasArg("push")}
			switch d.Cmd {
			case "rows":
				pause := -1
				if d.MaybeScanArgs(t, "pause", &pause); d.HasArg("idle") {
					pause = 0
				}
				showRows(t, NewRows(settings, on), out, pause, repltest.ParseRows(t, d.Input))
			case "blocks":
				w := bufio.NewWriter(out)
				beside, err := WriteEntity(w, parseBlocks(d.Input), settings, on)
				if err := errors.Join(err, w.Flush()); err != nil {
					t.Fatal(err)
				}
				if beside != nil {
					out.WriteString("beside:\n")
					WriteBlocks(out, beside, on)
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
func showRows(t *testing.T, printer Rows, to io.Writer, pause int, rows *repltest.Rows) {
	t.Helper()
	out := bufio.NewWriter(to)
	printer.Begin(out, rows.ID(), rows.Columns())
	for i, r := range rows.All {
		if i == pause {
			printer.Idle()
		}
		printer.Row(r)
	}
	printer.End()
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
}

// parseBlocks reads blocks separated by lines of ====. Of a block, a first line
// "# x" is the title, lines "a: b" are labels, lines with | a table's; the rest is text.
func parseBlocks(text string) *repltest.Entity {
	e := &repltest.Entity{Head: exec.Head{Type: "fake"}}
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
		e.Layout = append(e.Layout, b)
	}
	return e
}

// TestFielder holds that a program reads one table, in which NULL is no empty text, and gets all else beside.
func TestFielder(t *testing.T) {
	t.Parallel()
	empty, one := "", "1"
	summary := &exec.Summary{Name: "o", Complete: true, Topic: &exec.TopicSummary{Keys: []exec.ValueCount{{Value: "text", Count: 1, AtMost: 1}}}, Columns: []exec.ColumnSummary{
		{Name: "S", Type: "STRUCT", Count: 2},
		{Name: "T", Type: "STRING", Count: 2, Nulls: 1, Distinct: new(int64(1)), Estimated: true, Min: &empty, Max: &one, Top: []exec.ValueCount{{Value: "1", Count: 3}}},
	}}
	properties := &exec.Properties{Properties: []exec.Property{{Name: "a", Scope: "KSQL"}, {Name: "b", Scope: "KSQL", Level: "SESSION", Value: &empty}}}
	variables := &exec.Variables{Variables: []exec.Variable{{Name: "v"}}}
	for _, test := range []struct {
		entity exec.Entity
		want   string
		beside int
	}{
		{summary, "Column,Type,Count,NULLs,Distinct,Estimated,Min,Max,Most frequent,Times\nS,STRUCT,2,0,,,,,,\nT,STRING,2,1,1,true,\"\",1,1,3\n", 3},
		{properties, "Property,Scope,Default override,Effective Value\na,KSQL,,\nb,KSQL,SESSION,\"\"\n", 0},
		{variables, "Variable Name,Value\nv,\"\"\n", 0},
	} {
		var out strings.Builder
		w := bufio.NewWriter(&out)
		settings := DefaultSettings()
		settings.Format = CSV
		beside, err := WriteEntity(w, test.entity, settings, Paper{})
		if err := errors.Join(err, w.Flush()); err != nil || out.String() != test.want || len(beside) != test.beside {
			t.Errorf("%v, %d beside:\n%s", err, len(beside), out.String())
		}
	}
}

// TestFieldsReadBack holds that any reader of CSV or TSV finds what was written.
func TestFieldsReadBack(t *testing.T) {
	t.Parallel()
	texts := []string{"", "plain", " blank ", `say "hi"`, "a,b", "two\nlines", "\t", "\r\n", `\N`, `C:\new\\tab`, "ÄÖ", "日本"}
	rows := &repltest.Rows{Cols: []types.Column{{Name: "A", Type: types.String}, {Name: "B", Type: types.String}}}
	for _, text := range texts {
		rows.All = append(rows.All, query.Row{Values: data.Row{data.String(text), data.Null}})
	}
	for format, read := range map[Format]func(string) [][]string{CSV: readCSV, TSV: readTSV} {
		var out bytes.Buffer
		showRows(t, NewRows(Settings{Format: format}, Paper{}), &out, -1, rows)
		records := read(out.String())
		for i, text := range texts {
			want := []string{strings.ReplaceAll(text, "\r\n", "\n"), "<null>"}
			if format == TSV {
				want[0] = text
			} else {
				want[1] = "" // Go's reader does not tell
			}
			if i >= len(records) || !slices.Equal(records[i], want) {
				t.Errorf("%s: %q is not in %q", format, want, out.String())
			}
		}
	}
}

func readCSV(text string) [][]string {
	records, _ := csv.NewReader(strings.NewReader(text)).ReadAll()
	return records
}

// readTSV reads as PostgreSQL and MySQL do.
func readTSV(text string) (records [][]string) {
	for line := range strings.Lines(text) {
		var record []string
		for field := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), "\t") {
			if field == `\N` {
				record = append(record, "<null>")
				continue
			}
			record = append(record, strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r").Replace(field))
		}
		records = append(records, record)
	}
	return records
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
