package report

import (
	"bytes"
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/repl/terminal"
	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

// TestReports runs testdata/tests.ddt: scripts of tests in, what is told of them out.
// Time stands still.
//
//	report [width=40] [color]
//	junit
func TestReports(t *testing.T) {
	t.Parallel()
	datadriven.RunTest(t, "testdata/tests.ddt", func(t *testing.T, d *datadriven.TestData) string {
		t.Helper()
		width, out := 0, new(bytes.Buffer)
		d.MaybeScanArgs(t, "width", &width)
		report := New(terminal.Console{Out: out, Color: d.HasArg("color"), Width: func() int { return width }})
		results := runTests(t, d.Input)
		if d.Cmd == "junit" {
			if err := WriteJUnit(out, results, time.Second); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		for _, r := range results {
			if err := report.Show(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := report.Summary(1500*time.Millisecond, 1); err != nil {
			t.Fatal(err)
		}
		return out.String()
	})
}

func runTests(t *testing.T, text string) []*sqltest.Result {
	t.Helper()
	suite := sqltest.Suite{Tests: sqltest.Parse("tests/a.sql", text)}
	var results []*sqltest.Result
	err := suite.Run(t.Context(), sqltest.Options{Clock: func() time.Time { return time.UnixMilli(0) }},
		func(r *sqltest.Result) error { results = append(results, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// TestReportIsNotRead: whoever reads a report may go away.
func TestReportIsNotRead(t *testing.T) {
	t.Parallel()
	report := New(terminal.Console{Out: gone{}})
	for _, r := range runTests(t, "--@test: a\nSHOW STREAMS;") {
		if err := report.Show(r); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("got %v", err)
		}
	}
}

type gone struct{}

func (gone) Write([]byte) (int, error) { return 0, syscall.EPIPE }
