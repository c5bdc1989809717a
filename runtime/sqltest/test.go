package sqltest

import (
	"path/filepath"
	"strings"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/source"
)

// Test is one test of a script: statements that are executed one after the other, up to
// the first failure.
type Test struct {
	// Path is that of the file, as messages tell it.
	Path string
	Name string
	// Line is where the test begins.
	Line int
	// Expected is how it has to fail; nil if it must not.
	Expected *Expected

	script string      // the whole text of the file
	span   source.Span // of the test in it
	fault  error       // what is wrong with its directives, about script
}

// Expected is how a negative test has to fail. What is empty may be anything.
type Expected struct {
	// Class is the class of ksqlDB's error, with or without its package.
	Class string
	// Message is a part of the error's text.
	Message string
}

// Text returns the test's statements and assertions as written.
func (t *Test) Text() string { return t.span.In(t.script) }

// Asserts reports whether anything in the test could fail but a statement itself.
func (t *Test) Asserts() bool {
	if t.Expected != nil {
		return true
	}
	for _, part := range parser.Split(t.Text()).Parts {
		if strings.EqualFold(strings.Fields(part.Text)[0], "ASSERT") {
			return true
		}
	}
	return false
}

// The directives of scripts, which are comments to the language.
const (
	directivePrefix  = "--@"
	testDirective    = "test"
	errorDirective   = "expected.error"
	messageDirective = "expected.message"
	topicDirective   = "if.topic.missing"
)

// directives returns the names that there are.
func directives() []string {
	return []string{testDirective, errorDirective, messageDirective, topicDirective}
}

// Parse cuts the text of a file into its tests, each of which begins at a line
// --@test: name. A file without one is a single test that is named after it. What is
// wrong with a test is told when it is run.
func Parse(path, text string) []*Test {
	text = strings.TrimPrefix(text, "\ufeff")
	c := cutter{path: path, script: text}
	offset := 0
	for line := range strings.Lines(text) {
		c.line++
		if directive, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), directivePrefix); ok {
			end := offset + len(strings.TrimRight(line, "\r\n"))
			c.directive(directive, source.Span{Start: end - len(strings.TrimRight(directive, "\r\n")) - len(directivePrefix), End: end})
		}
		offset += len(line)
		c.last().span.End = offset
	}
	return c.finish()
}

// cutter cuts a file into tests. Before the first directive there is a test without
// a name, which takes what stands there.
type cutter struct {
	path, script string
	line         int
	tests        []*Test
}

func (c *cutter) last() *Test {
	if len(c.tests) == 0 {
		c.tests = append(c.tests, &Test{Path: c.path, Line: 1, script: c.script})
	}
	return c.tests[len(c.tests)-1]
}

// directive takes what stands behind --@ on a line; span is the place of it all.
func (c *cutter) directive(text string, span source.Span) {
	name, value, _ := strings.Cut(text, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	t := c.last()
	switch name {
	case testDirective:
		t = &Test{Path: c.path, Name: value, Line: c.line, script: c.script, span: source.Span{Start: span.End, End: span.End}}
		c.tests = append(c.tests, t)
		if value == "" {
			t.blame(source.Errorf(span, "A test needs a name: --@test: name"))
		}
	case errorDirective:
		t.expected().Class = value
		if !knownClass(value) {
			t.blame(unknownClass(span, value))
		}
	case messageDirective:
		t.expected().Message = value
	case topicDirective: // is about a statement
	default:
		err := source.Errorf(span, "There is no directive --@%s", name).
			WithDetail("There are --@%s.", strings.Join(directives(), ", --@"))
		if near := source.Similar(name, directives()); near != "" {
			err.WithDetail("Did you mean --@%s?", near)
		}
		t.blame(err)
	}
}

// expected returns the test's expectation of a failure, which makes it negative.
func (t *Test) expected() *Expected {
	if t.Expected == nil {
		t.Expected = &Expected{}
	}
	return t.Expected
}

// blame notes a fault of the test's directives; the first one counts.
func (t *Test) blame(err *source.Error) {
	if t.fault == nil {
		t.fault = &StepError{Path: t.Path, Script: t.script, Span: err.Span, Err: err.In(t.script), Syntax: true}
	}
}

// finish drops the test without a name if nothing is in it, and refuses statements
// that stand before the first test.
func (c *cutter) finish() []*Test {
	c.last() // there is one now, whatever the text
	first := c.tests[0]
	if first.Name != "" {
		return c.named()
	}
	parts := parser.Split(first.Text()).Parts
	switch {
	case len(parts) == 0 && first.fault == nil:
		c.tests = c.tests[1:]
	case len(parts) > 0 && len(c.tests) > 1:
		first.blame(source.Errorf(parts[0].Span, "What stands before the first --@test belongs to no test"))
	}
	return c.named()
}

// named names each test that has no name after its file.
func (c *cutter) named() []*Test {
	for _, t := range c.tests {
		if t.Name == "" {
			t.Name = strings.TrimSuffix(filepath.Base(c.path), filepath.Ext(c.path))
		}
	}
	return c.tests
}
