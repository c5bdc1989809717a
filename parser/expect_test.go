package parser

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

func goldenLexemes(d *datadriven.TestData) string {
	names := []string{"", "word", "name", "quoted", "text", "number", "mark", "comment", "broken", "unclosed"}
	var b strings.Builder
	for _, l := range Lexemes(d.Input) {
		fmt.Fprintf(&b, "%-8s %q\n", names[l.Class], l.In(d.Input))
	}
	return b.String()
}

func goldenExpect(d *datadriven.TestData) string {
	e := Expect(d.Input + " ")
	slices.Sort(e.Words)
	line := strings.Join(e.Words, " ")
	if e.Name {
		line += " + name"
	}
	if e.Operand {
		line += " + operand"
	}
	if e.Text {
		line += " + text"
	}
	return strings.TrimSpace(line) + "\n"
}

// TestEveryStatementIsExpected holds that completion reaches each word that a
// statement begins with.
func TestEveryStatementIsExpected(t *testing.T) {
	t.Parallel()
	for _, form := range Statements() {
		words := strings.Fields(form.Words)
		for i, w := range words {
			if before := strings.Join(words[:i], " "); !slices.Contains(Expect(before).Words, w) {
				t.Errorf("%q is not expected after %q", w, before)
			}
		}
	}
}

// TestExamples holds that each example is one statement of its form.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, form := range testForms {
		if parsed, err := ParseTest(form.Example); err != nil || len(parsed) != 1 {
			t.Errorf("%s: %v", form.Synopsis, err)
		}
		words := form.Words
		for _, optional := range []string{" ALL", " SOURCE"} { // words that may stand in between
			if !strings.HasPrefix(form.Example, words) {
				first, rest, _ := strings.Cut(form.Words, " ")
				words = first + optional + " " + rest
			}
		}
		if !strings.HasPrefix(form.Example, words) && !strings.Contains(form.Example, "NOT EXISTS") {
			t.Errorf("%s: the example is another one: %s", form.Words, form.Example)
		}
	}
}
