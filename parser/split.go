package parser

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file cuts scripts into statements for those who run them one by one.

// Script is a text cut into its statements, which are not parsed yet: each may
// have to wait for the variables that those before it define.
type Script struct {
	Parts []Part
	// Directives are the script's --@ comments, in order.
	Directives []Directive
	// Complete tells that every statement has its semicolon, outside of quotes
	// and comments. A shell reads on while it is false. A text without any
	// statement is complete.
	Complete bool
	// Left is the EXIT or QUIT that ends the script before its text does, nil for none. They are
	// words of shells, with which scripts that are piped into one end, and need no semicolon.
	Left *source.Span
}

// Part is one statement of a Script.
type Part struct {
	// Span is its place in the script, from its first word to its semicolon.
	source.Span
	// Text is the statement, semicolon included.
	Text string
}

// Split cuts a text into its statements. What follows the last semicolon, if
// it is more than comments, is the last part, and the script is not complete.
// A quote or a comment that is never closed reaches to the end of the text.
func Split(text string) Script {
	s := Script{Complete: true}
	l := &lexer{text: text}
	for {
		first := l.next()
		if l.leaves(first) {
			left := first.span()
			s.Directives, s.Complete, s.Left = l.directives, true, &left
			return s
		}
		last := first
		for last.kind != end && !last.is(";") && !l.unclosed {
			last = l.next()
		}
		if l.unclosed && last.kind != end {
			last = token{kind: end, off: len(text)}
			l.pos = len(text)
		}
		if first.kind != end {
			span := source.Span{Start: first.off, End: last.span().End}
			s.Parts = append(s.Parts, Part{Span: span, Text: span.In(text)})
		}
		if last.kind == end {
			s.Directives = l.directives
			s.Complete = first.kind == end && !l.unclosed
			return s
		}
	}
}

// leaves reports whether the first token of a statement is one that ends the script: no
// statement begins with it, and nothing follows on its line.
func (l *lexer) leaves(first token) bool {
	if !strings.EqualFold(first.text, "EXIT") && !strings.EqualFold(first.text, "QUIT") {
		return false
	}
	ahead := &lexer{text: l.text, pos: l.pos}
	next := ahead.next()
	return next.kind == end || next.is(";") || strings.Contains(l.text[l.pos:next.off], "\n")
}

// Before returns the directives between the i-th part and the one before it: those
// that are about it.
func (s Script) Before(i int) (before []Directive) {
	start := 0
	if i > 0 {
		start = s.Parts[i-1].End
	}
	for _, d := range s.Directives {
		if d.Start >= start && d.Start < s.Parts[i].Start {
			before = append(before, d)
		}
	}
	return before
}

// Parse substitutes the variables in the part and parses it. Where nothing was
// substituted, an error's position is one of the script, whose text is given;
// else of the part as it reads after substitution.
func (p Part) Parse(script string, variables map[string]string) (Parsed, error) {
	return p.parse(script, variables, forms)
}

// ParseTest is Parse for scripts of tests, as [ParseTest] is.
func (p Part) ParseTest(script string, variables map[string]string) (Parsed, error) {
	return p.parse(script, variables, testForms)
}

func (p Part) parse(script string, variables map[string]string, table []Form) (Parsed, error) {
	text, err := Substitute(p.Text, variables)
	if err != nil {
		return Parsed{}, p.within(script, err)
	}
	parsed, err := parseOne(text, table)
	if err != nil && text == p.Text {
		return Parsed{}, p.faultIn(script, table, err)
	}
	return parsed, err
}

// faultIn returns the part's fault as one of the script. It is parsed again in
// its place there, since the words of a fault name positions too.
func (p Part) faultIn(script string, table []Form, err error) error {
	q, again := newParser(&lexer{text: script[:p.End], pos: p.Start}, table)
	if again == nil {
		_, again = q.parse()
	}
	if e, ok := again.(*source.Error); ok { //nolint:errorlint // it comes unwrapped
		e.Text = script
		return e
	}
	return p.within(script, err)
}
