package functions_test

import (
	"path/filepath"
	"strings"
	"testing"
	_ "time/tzdata" // the machine that runs the tests may have none

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// TestExamples runs every example of every function.
func TestExamples(t *testing.T) {
	t.Parallel()
	registry := functions.New()
	for _, name := range registry.Names() {
		f := registry.Lookup(name)
		if len(f.Examples)+len(f.Over) == 0 {
			t.Errorf("%s has no example", name)
		}
		for _, e := range f.Over {
			value, typ, err := newEvaluator().overGroup(e.Call, e.Over)
			checkResult(t, e.Call+" over "+e.Over, e.Result, value, typ, err)
		}
		for _, example := range f.Examples {
			value, typ, err := newEvaluator().eval(example.Call)
			checkResult(t, example.Call, example.Result, value, typ, err)
		}
	}
}

// checkResult holds what an example's call gave against the result that it names.
func checkResult(t *testing.T, call, want string, value data.Value, typ *types.Type, err error) {
	t.Helper()
	if want == functions.Fails {
		if err == nil {
			t.Errorf("%s is %s, want an error", call, display.Text(value, typ))
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", call, err)
		return
	}
	got := display.Text(value, typ)
	if got == want {
		return // what has no literal, such as NaN
	}
	value, typ, err = newEvaluator().eval(want)
	if err != nil {
		t.Errorf("%s: %v", want, err)
		return
	}
	if want = display.Text(value, typ); got != want {
		t.Errorf("%s is %s, want %s", call, got, want)
	}
}

// TestEverythingIsExplained checks that each function and argument has a doc
// and that the docs name no argument that is not there.
func TestEverythingIsExplained(t *testing.T) {
	t.Parallel()
	registry := functions.New()
	for _, name := range registry.Names() {
		f := registry.Lookup(name)
		if f.Doc == "" || !strings.HasSuffix(f.Doc, ".") || f.Category == "" {
			t.Errorf("%s has no doc, or one that does not end in a full stop, or no category", name)
		}
		params := map[string]bool{}
		for _, o := range registry.Function(name).Overloads {
			for _, p := range o.Params {
				params[p.Name] = true
			}
		}
		for p := range params {
			if f.Arg(p) == "" {
				t.Errorf("%s: argument %s is not explained", name, p)
			}
		}
	}
}

// TestLookupIgnoresCase checks names in any case, and one that does not exist.
func TestLookupIgnoresCase(t *testing.T) {
	t.Parallel()
	registry := functions.New()
	if f := registry.Lookup("lCase"); f == nil || f.Name != "LCASE" {
		t.Errorf("lCase is %v", f)
	}
	if registry.Lookup("NO_SUCH") != nil || registry.Function("NO_SUCH") != nil {
		t.Error("a function that does not exist was found")
	}
}

// TestGolden runs the goldens, one a family. The command eval evaluates each
// line of its input and prints the value and its type; runAggregate tells what
// aggregate does.
func TestGolden(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		if filepath.Ext(path) != ".ddt" {
			return // a corpus of a fuzz test
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "eval":
				var out strings.Builder
				for line := range strings.Lines(d.Input) {
					out.WriteString(evalLine(strings.TrimSpace(line)) + "\n")
				}
				return out.String()
			case "aggregate":
				return runAggregate(t, d)
			}
			d.Fatalf(t, "unknown command %s", d.Cmd)
			return ""
		})
	})
}

func evalLine(line string) string {
	value, typ, err := newEvaluator().eval(line)
	if err != nil {
		return "error: " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	return string(display.AppendJSON(nil, value, typ)) + "  " + typ.String()
}

// TestReference checks that the reference has all of the shortest function, and every function.
func TestReference(t *testing.T) {
	t.Parallel()
	registry := functions.New()
	reference := string(registry.AppendReference(nil))
	want := "### PI\n\nReturns π.\n\n```\nPI() DOUBLE\n```\n\n| call | result |\n|---|---|\n| `ROUND(PI(), 4)` | `3.1416e0` |\n"
	if !strings.Contains(reference, want) {
		t.Errorf("the reference has no\n%s", want)
	}
	for _, name := range registry.Names() {
		if !strings.Contains(reference, "\n### "+name+"\n") {
			t.Errorf("the reference leaves %s out", name)
		}
	}
}
