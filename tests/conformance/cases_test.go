package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestCases runs cases of our own, which show what the runner asks of a case. A
// block is a case as a file of the corpus has it, or a script; the answer is what
// came of each concrete case.
func TestCases(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var out strings.Builder
			for _, c := range casesOf(t, d) {
				o := Run(t.Context(), c, OneByOne)
				fmt.Fprintf(&out, "%s: %s\n", c.Key, o.Status)
				for _, text := range []string{o.Reason, o.Detail} {
					if text != "" {
						fmt.Fprintf(&out, "  %s\n", strings.ReplaceAll(text, "\n", "\n  "))
					}
				}
			}
			return out.String()
		})
	})
}

func casesOf(t *testing.T, d *datadriven.TestData) []*Case {
	t.Helper()
	cases := scriptCases("own.sql", d.Input)
	if d.Cmd != string(SQL) {
		cases = readCase(Kind(d.Cmd), "own.json", []byte(d.Input))
	}
	distinguish(cases)
	return cases
}

// TestRead reads a corpus of all four parts.
func TestRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for path, text := range map[string]string{
		"manifest.tsv": "corpus\tfile\tname\ttier\tformats\ttags\nqtt\ta.json\ta - x - JSON\tS\t\t\nsql\tdeep/b.sql\tone\tY\t\t\n",
		"qtt/a.json": `{"tests": [{"name": "x", "format": ["JSON", "AVRO"], "statements": ["CREATE {FORMAT}"],
			"inputs": [{"topic": "t", "value": {"b": 1.0, "a": 1}, "timestamp": 7}]}]}`,
		"qtt-schemas/a.json": `{"a - x - AVRO": {"sources": [{"name": "S"}]}}`,
		"sql-tests/deep/b.sql": "-- license\n--@test: one\nA;\n--@test: one\n" +
			"--@expected.error: java.lang.AssertionError\n--@expected.message: no\nB;\n",
		"rqtt/c.json": `{"tests": [{"name": "y", "properties": {"p": "{CONFIG}"}, "config": ["1", "2"], "statements": []}]}`,
	} {
		path = filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cases {
		got = append(got, fmt.Sprintf("%s|%s|%s|%q|%d|%t", c.Kind, c.Key, c.Tier, c.text(), len(c.Catalog), c.Negative()))
	}
	want := []string{
		`qtt|a - x - JSON|S|"CREATE JSON"|0|false`,
		`qtt|a - x - AVRO||"CREATE AVRO"|1|false`,
		`sql|deep/b - one|Y|"\nA;\n"|0|false`,
		`sql|deep/b - one (2)|Y|"\n--@expected.error: java.lang.AssertionError\n--@expected.message: no\nB;\n"|0|true`,
		`rqtt|c - y - p=1||""|0|false`,
		`rqtt|c - y - p=2||""|0|false`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if value := textOf(cases[0].Inputs[0].Value); value != `{"b":1.0,"a":1}` {
		t.Errorf("a value has become %s", value)
	}
}

// TestRatchet holds outcomes against a list.
func TestRatchet(t *testing.T) {
	t.Parallel()
	list, err := ReadExpected(strings.NewReader("a\tfor a reason\nb\tfor another\ngone\tfor none\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := &Case{Key: "a"}, &Case{Key: "b"}, &Case{Key: "c"}
	for _, one := range []struct {
		c    *Case
		o    Outcome
		want bool
	}{
		{a, failed("whatever"), true},
		{a, Outcome{Status: TextDiffers}, true},
		{b, Outcome{Status: Pass}, false},
		{c, Outcome{Status: Pass}, true},
		{c, failed("whatever"), false},
	} {
		if err := list.Check(one.c, one.o); (err == nil) != one.want {
			t.Errorf("%s that ends with %s: %v", one.c.Key, one.o.Status, err)
		}
	}
	if unknown := list.Unknown([]*Case{a, b, c}); !slices.Equal(unknown, []string{"gone"}) {
		t.Errorf("unknown: %s", unknown)
	}
	var text strings.Builder
	if _, err := list.WriteTo(&text); err != nil || text.String() != "a\tfor a reason\nb\tfor another\ngone\tfor none\n" {
		t.Errorf("written: %q, %v", text.String(), err)
	}
	if _, err := ReadExpected(strings.NewReader("a\n")); err == nil {
		t.Error("a case without a reason is read")
	}
}

// TestTally counts negative cases twice.
func TestTally(t *testing.T) {
	t.Parallel()
	var tally Tally
	no := &Exception{}
	tally.Add(&Case{Kind: QTT}, Outcome{Status: Pass})
	tally.Add(&Case{Kind: QTT, Exception: no}, Outcome{Status: Pass})
	tally.Add(&Case{Kind: QTT, Exception: no}, Outcome{Status: TextDiffers})
	tally.Add(&Case{Kind: SQL, Exception: no}, Outcome{Status: Fail})
	tally.Add(&Case{Kind: RQTT}, Outcome{Status: Fail})
	want := "conformance: 2 passed, 3 failed of 5 (qtt 2/3, sql 0/1, rqtt 0/1; negative raised 2/3, text matched 1/3)"
	if got := tally.String(); got != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
}
