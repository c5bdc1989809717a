package eval_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/eval"
	"github.com/ksqlite/ksqlite/runtime/functions"
)

// FuzzEval tries any text as an expression: whatever compiles has to give a
// value of its type, or an error, for a full record and for an empty one.
func FuzzEval(f *testing.F) {
	for _, text := range append(goldenLines(f), hot...) {
		f.Add(text)
	}
	full := hotBench(f)
	records := []*data.Record{&full.record, {Value: make(data.Row, len(full.schema.Value))}, {}}
	f.Fuzz(func(t *testing.T, text string) {
		e, p, err := full.compile(text)
		if err != nil {
			return
		}
		if e.String() == "" {
			t.Errorf("%q has no text", text)
		}
		for _, record := range records {
			v, err := p(&eval.Frame{Env: functions.Env{Arena: &data.Arena{}, Record: record, Now: time.Now}})
			if err != nil {
				continue
			}
			if !v.IsNull() && v.Kind() != e.Type().Kind() && e.Type().Kind() != types.KindNull {
				t.Errorf("%s of type %s gave a %s", e, e.Type(), v.Kind())
			}
			data.AppendText(nil, v, e.Type())
		}
	})
}

// goldenLines returns the expressions of the golden files here and in planner/expr.
func goldenLines(f *testing.F) []string {
	var lines []string
	for _, pattern := range []string{"testdata/*.ddt", "../../planner/expr/testdata/*.ddt"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			for line := range strings.Lines(string(content)) {
				text, _, found := strings.Cut(line, "  ->  ")
				if found || strings.HasPrefix(path, "..") {
					lines = append(lines, strings.TrimSpace(text))
				}
			}
		}
	}
	return lines
}
