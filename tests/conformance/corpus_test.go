package conformance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// The names of what the runner reads from the environment, see the package.
const (
	corpusVariable  = "KSQLITE_CORPUS"
	requireVariable = "KSQLITE_REQUIRE_CORPUS"
	reportVariable  = "KSQLITE_CORPUS_REPORT"
	rewriteVariable = "KSQLITE_CORPUS_REWRITE"
	detailVariable  = "KSQLITE_CORPUS_DETAIL"
)

// expectedPath is the list of cases that are known to fail.
const expectedPath = "expected_failures.txt"

// corpusFolder returns where the corpus is, "" if there is none, and whether it is
// the one that the list of expected failures is about.
func corpusFolder(t *testing.T) (folder string, standard bool) {
	t.Helper()
	if folder = os.Getenv(corpusVariable); folder == "" {
		folder, standard = filepath.Join("..", "..", "..", "shared", "conformance"), true
	}
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv(requireVariable) == "1" {
			t.Fatalf("the corpus is required: %v", err)
		}
		t.Logf("no corpus in %s: nothing to do", folder)
		return "", false
	}
	return folder, standard
}

// TestCorpus runs every case of the corpus.
func TestCorpus(t *testing.T) {
	t.Parallel()
	folder, standard := corpusFolder(t)
	if folder == "" {
		return
	}
	cases, err := Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := runAll(t, cases, OneByOne)
	writeReport(t, cases, outcomes)
	var tally Tally
	for i, c := range cases {
		tally.Add(c, outcomes[i])
		tellDetail(t, c, outcomes[i])
	}
	if standard {
		hold(t, cases, outcomes)
	}
	t.Log(tally.String())
}

// TestCorpusInBatches runs the query tests again, with records that come together.
func TestCorpusInBatches(t *testing.T) {
	t.Parallel()
	folder, standard := corpusFolder(t)
	if folder == "" || !standard || os.Getenv(rewriteVariable) == "1" {
		return
	}
	cases, err := readQTT(folder)
	if err != nil {
		t.Fatal(err)
	}
	distinguish(cases)
	expected := expectedFailures(t)
	for i, o := range runAll(t, cases, InBatches) {
		if err := expected.Check(cases[i], o); err != nil {
			t.Error(err)
		}
	}
}

// runAll runs the cases, as many at a time as there are processors.
func runAll(t *testing.T, cases []*Case, feeding Feeding) []Outcome {
	t.Helper()
	outcomes := make([]Outcome, len(cases))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				outcomes[i] = Run(t.Context(), cases[i], feeding)
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	workers.Wait()
	return outcomes
}

// writeReport writes a line for each case to the file that the environment names.
func writeReport(t *testing.T, cases []*Case, outcomes []Outcome) {
	t.Helper()
	path := os.Getenv(reportVariable)
	if path == "" {
		return
	}
	var b bytes.Buffer
	for i, c := range cases {
		o := outcomes[i]
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\n", c.Kind, c.File, c.Name, c.Tier, o.Status, o.Reason)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Error(err)
	}
}

// tellDetail logs what is known of a failing case whose key holds the text that the
// environment names.
func tellDetail(t *testing.T, c *Case, o Outcome) {
	t.Helper()
	wanted := os.Getenv(detailVariable)
	if wanted == "" || o.Status == Pass || !strings.Contains(c.Key, wanted) {
		return
	}
	t.Logf("%s\n%s\n%s\n%s", c.Key, c.text(), o.Reason, o.Detail)
}

// hold compares the outcomes with the list of expected failures, or writes the list
// anew if the environment says so.
func hold(t *testing.T, cases []*Case, outcomes []Outcome) {
	t.Helper()
	if os.Getenv(rewriteVariable) == "1" {
		rewrite(t, cases, outcomes)
		return
	}
	expected := expectedFailures(t)
	for i, c := range cases {
		if err := expected.Check(c, outcomes[i]); err != nil {
			t.Error(err)
		}
	}
	for _, key := range expected.Unknown(cases) {
		t.Errorf("%s: a case that is expected to fail is not in the corpus", key)
	}
}

// expectedFailures reads the list of cases that are known to fail.
func expectedFailures(t *testing.T) Expected {
	t.Helper()
	f, err := os.Open(expectedPath)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	expected, err := ReadExpected(f)
	if err != nil {
		t.Fatal(err)
	}
	return expected
}

// rewrite writes the list of expected failures as the outcomes are.
func rewrite(t *testing.T, cases []*Case, outcomes []Outcome) {
	t.Helper()
	expected := Expected{}
	for i, c := range cases {
		if o := outcomes[i]; o.Status != Pass {
			expected[c.Key] = o.Reason
		}
	}
	var b bytes.Buffer
	if _, err := expected.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(expectedPath, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
