package parser

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// This file parses every statement of ksqlDB's own query tests, where they are
// at hand; they are not part of the project.

// corpusCase is what of a case's JSON concerns the parser.
type corpusCase struct {
	Name       string
	Statements []string
	Format     []string
	Expected   expectation `json:"expectedException"`
	// Refused is the same in a test of the server, of its last statement.
	Refused expectation `json:"expectedError"`
}

// expectation is how a case fails.
type expectation struct{ Type, Message string }

// corpusFolder returns where the corpus is, "" if it is not at hand.
func corpusFolder(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("KSQLITE_CORPUS")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "conformance")
	}
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("KSQLITE_REQUIRE_CORPUS") == "1" {
			t.Fatalf("the corpus is required: %v", err)
		}
		t.Logf("no corpus in %s: nothing to do", folder)
		return ""
	}
	return folder
}

// corpus returns the cases of every file, by the file's name.
func corpus(t *testing.T, folder string) map[string][]corpusCase {
	t.Helper()
	all := map[string][]corpusCase{}
	for _, kind := range []string{"qtt", "rqtt"} {
		files, err := filepath.Glob(filepath.Join(folder, kind, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files of kind %s in %s: %v", kind, folder, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			var content struct{ Tests []corpusCase }
			if err := json.Unmarshal(text, &content); err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			all[kind+"/"+filepath.Base(f)] = content.Tests
		}
	}
	return all
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	folder := corpusFolder(t)
	if folder == "" {
		return
	}
	statements := 0
	for file, cases := range corpus(t, folder) {
		for _, c := range cases {
			statements += checkCase(t, file+": "+c.Name, c)
		}
	}
	t.Logf("%d statements", statements)
}

// checkCase parses the statements of a case and returns how many there are. The
// server gets them one by one, the query tests all together.
func checkCase(t *testing.T, name string, c corpusCase) int {
	t.Helper()
	texts := []string{strings.Join(c.Statements, "\n")}
	if strings.HasPrefix(name, "rqtt/") {
		texts = c.Statements
	}
	statements := 0
	for i, text := range texts {
		for _, format := range append(c.Format, "JSON")[:max(len(c.Format), 1)] {
			all, err := Parse(strings.ReplaceAll(text, "{FORMAT}", format))
			checkError(t, name, c, err, i == len(texts)-1)
			for _, one := range all {
				checkRoundTrip(t, one.Statement)
			}
			statements += len(all)
		}
	}
	return statements
}

// checkError checks whether a case's text fails as the case says.
func checkError(t *testing.T, name string, c corpusCase, err error, last bool) {
	t.Helper()
	if message, _, _ := strings.Cut(c.Refused.Message, "\n"); strings.Contains(message, "Syntax") {
		if last && (err == nil || !strings.Contains(err.Error(), message)) {
			t.Errorf("%s: %v, but %q expected", name, err, message)
		}
		return
	}
	syntax := strings.Contains(c.Expected.Message, "Syntax") || c.Expected.Message == ""
	switch wanted := strings.HasSuffix(c.Expected.Type, ".ParseFailedException"); {
	case err != nil && !wanted:
		t.Errorf("%s: %v", name, err)
	case err == nil && wanted && syntax:
		t.Errorf("%s: parsed, but %q expected", name, c.Expected.Message)
	case err != nil && syntax && !strings.Contains(err.Error(), c.Expected.Message):
		t.Errorf("%s: %q, but %q expected", name, err, c.Expected.Message)
	}
}

// TestCorpusScripts parses ksqlDB's tests that are scripts.
func TestCorpusScripts(t *testing.T) {
	t.Parallel()
	folder := corpusFolder(t)
	if folder == "" {
		return
	}
	files, err := filepath.Glob(filepath.Join(folder, "sql-tests", "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", folder, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		script := Split(string(text))
		all, err := ParseTest(string(text))
		if err != nil {
			t.Errorf("%s: %s", f, source.Render(err))
		}
		if len(all) != len(script.Parts) || !script.Complete || len(script.Directives) == 0 {
			t.Errorf("%s: %d statements in %d parts, %d directives",
				f, len(all), len(script.Parts), len(script.Directives))
		}
		for _, one := range all {
			checkRoundTrip(t, one.Statement)
		}
	}
}

// sameTree compares trees and ignores places.
var sameTree = cmp.Options{cmpopts.IgnoreTypes(source.Span{}), cmpopts.EquateEmpty()}

// checkRoundTrip prints a statement, parses the text, and wants the same tree.
func checkRoundTrip(t *testing.T, n ast.Statement) {
	t.Helper()
	text := ast.Format(n)
	again, err := ParseTest(text + ";")
	if err != nil {
		t.Errorf("printed text does not parse: %s\n%s", text, source.Render(err))
		return
	}
	if len(again) != 1 {
		t.Errorf("printed text is %d statements: %s", len(again), text)
		return
	}
	if diff := cmp.Diff(bare(n), bare(again[0].Statement), sameTree); diff != "" {
		t.Errorf("%s\nis another tree when parsed again:\n%s", text, diff)
	}
}
