package parser

import (
	"slices"
	"strings"
)

// This file tells shells what could come next. The grammar is not described again
// for that: the parser reads what there is, and keeps what it looks for at the end.

// Expectation is what could stand at the end of a text that breaks off.
type Expectation struct {
	// Words are words of the grammar and marks, in the order in which the parser
	// looks for them.
	Words []string
	// Name says that a name could stand there, Operand that an expression could, Text
	// that a string could where no expression can.
	Name, Operand, Text bool
}

// Expect returns what could follow a text that breaks off behind a whole token, in
// its last statement. Nothing could follow a text that has a fault before its end.
func Expect(text string) Expectation {
	l := &lexer{text: text}
	for {
		start, err := newParser(l, forms)
		if err != nil {
			return Expectation{}
		}
		if !start.ended() {
			return start.expectation()
		}
	}
}

// ended reports whether the statement has its semicolon.
func (p *parser) ended() bool { return len(p.toks) > 1 && p.toks[len(p.toks)-2].is(";") }

// expectation tries all forms of the statement.
func (p *parser) expectation() Expectation {
	if len(p.toks) == 1 {
		return Expectation{Words: append(p.commands(), "RUN")}
	}
	p.due, p.places = &Expectation{}, map[int]place{}
	start := *p
	for _, f := range p.table {
		if start.begins(f) {
			p.try(f, start)
		}
	}
	return *p.due
}

// breaksOff reports whether the text ends n tokens after the cursor, where somebody
// wants to know what could stand there.
func (p *parser) breaksOff(n int) bool {
	return p.due != nil && p.fault == nil && p.i+n == len(p.toks)-1
}

// expectAt keeps words that could stand n tokens after the cursor.
func (p *parser) expectAt(n int, words ...string) {
	if !p.breaksOff(n) {
		return
	}
	for _, w := range words {
		if w != theEnd && strings.ToUpper(w) == w && !slices.Contains(p.due.Words, w) {
			p.due.Words = append(p.due.Words, w)
		}
	}
}
