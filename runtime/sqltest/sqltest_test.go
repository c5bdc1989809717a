package sqltest_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/runtime/sqltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestTests runs testdata/*.ddt:
//
//	file name=NAME    keeps the input as a file that what follows may name
//	test              runs the tests of the input, which stands in a file a.sql
//	files in=NAME out=NAME
//	                  runs the input, an s.sql, with files of records
//
// The answer is what came of each test: how many assertions it made, or why it has
// failed, what was compared, and which records were bad.
func TestTests(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		kept := map[string]string{}
		options := sqltest.Options{
			Clock: func() time.Time { return time.UnixMilli(1_000_000) },
			ReadFile: func(path string) ([]byte, error) {
				text, ok := kept[filepath.ToSlash(path)]
				if !ok {
					return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
				}
				return []byte(text), nil
			},
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var out strings.Builder
			switch d.Cmd {
			case "file":
				kept[argument(d, "name")] = d.Input
			case "files":
				kept["s.sql"] = d.Input
				files := sqltest.Files{Statements: "s.sql", Inputs: argument(d, "in"), Outputs: argument(d, "out")}
				tell(&out, sqltest.RunFiles(t.Context(), files, options))
			default:
				for _, test := range sqltest.Parse("a.sql", d.Input) {
					tell(&out, sqltest.Run(t.Context(), test, options))
				}
			}
			return out.String()
		})
	})
}

func argument(d *datadriven.TestData, name string) string {
	for _, a := range d.CmdArgs {
		if a.Key == name {
			return a.Vals[0]
		}
	}
	return ""
}

func tell(out *strings.Builder, r *sqltest.Result) {
	fmt.Fprintf(out, "%s (line %d): ", r.Test.Name, r.Test.Line)
	if r.Passed() {
		fmt.Fprintf(out, "passed, %d assertions\n", r.Assertions)
	} else {
		fmt.Fprintf(out, "%s\n", r.Err)
	}
	if expectation, ok := errors.AsType[*sqltest.ExpectationError](r.Err); ok && expectation.Err != nil {
		fmt.Fprintf(out, "  instead: %s\n", expectation.Err)
	}
	if diff, ok := sqltest.DiffOf(r.Err); ok {
		fmt.Fprintf(out, "  %q\n  -%q\n  +%q\n", diff.Columns, diff.Expected, diff.Actual)
		for _, row := range diff.After {
			fmt.Fprintf(out, "   %q\n", row)
		}
	}
	for _, fault := range r.Faults {
		fmt.Fprintf(out, "  bad: %s\n", fault)
	}
}

// TestRead tells tests from the scripts that they run, and keeps the order.
func TestRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"b.sql": "--@test: b1\n--@test: b2\n", "deep/a.sql": "ASSERT TOPIC 't';", "setup.sql": "SHOW STREAMS;", "notes.txt": "--@test: no\n",
		"empty.sql": "-- nothing\n",
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	suite, err := sqltest.Read(folder, filepath.Join(folder, "setup.sql"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, test := range suite.Tests {
		names = append(names, test.Name)
	}
	if got := strings.Join(names, " "); got != "b1 b2 a setup" || len(suite.Scripts) != 2 {
		t.Errorf("tests %s, scripts %s", got, suite.Scripts)
	}
	for _, path := range []string{filepath.Join(folder, "empty.sql"), filepath.Join(folder, "none.sql"), t.TempDir()} {
		if suite, err := sqltest.Read(path); err == nil {
			t.Errorf("%s has tests: %v", path, suite.Tests)
		}
	}
}

// TestRunKeepsTheOrder and ends when the results cannot be shown.
func TestRunKeepsTheOrder(t *testing.T) {
	t.Parallel()
	suite := sqltest.Suite{Tests: sqltest.Parse("a.sql", strings.Repeat("--@test: t\nSHOW STREAMS;\n", 50))}
	options := sqltest.Options{Clock: time.Now}
	line := 1
	err := suite.Run(t.Context(), options, func(r *sqltest.Result) error {
		if r.Test.Line != line || !r.Passed() {
			t.Errorf("line %d, not %d: %v", r.Test.Line, line, r.Err)
		}
		line += 2
		return nil
	})
	if err != nil || line != 101 {
		t.Errorf("%v at line %d", err, line)
	}
	gone := errors.New("nobody reads")
	shown := 0
	err = suite.Run(t.Context(), options, func(*sqltest.Result) error { shown++; return gone })
	if !errors.Is(err, gone) || shown != 1 {
		t.Errorf("%v after %d", err, shown)
	}
}

// TestParse: line ends, byte order marks and indented directives change nothing.
func TestParse(t *testing.T) {
	t.Parallel()
	tests := sqltest.Parse("a.sql", "\ufeff-- first\r\n  --@test: one \r\nSHOW STREAMS;\r\n--@test: two\r\n--@expected.message: nothing\r\nDROP STREAM s;\r\n")
	var got []string
	for _, test := range tests {
		got = append(got, fmt.Sprintf("%s %d %v", test.Name, test.Line, test.Expected))
	}
	if want := "one 2 <nil>, two 4 nothing"; strings.Join(got, ", ") != want {
		t.Errorf("got %s", got)
	}
}
