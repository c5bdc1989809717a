package parser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// This file words faults. Messages and details are ksqlDB's, word for word.

// fault is where a text leaves the grammar, and what is known about it there.
type fault struct {
	// tok is the faulty token's number.
	tok int
	// due are the words that the rule in hand wants there.
	due []string
	// expect are all words that could stand there; empty where they are many.
	expect []string
	why    reason
}

// reason tells faults apart that are worded differently.
type reason int

const (
	// mismatch: another token is due.
	mismatch reason = iota
	// hopeless: no reading of the statement is left.
	hopeless
	// notName: a name is due.
	notName
	// unknown: no statement begins with this word.
	unknown
	// undefined: a variable without a value.
	undefined
	// large: the statement is too large or too deep.
	large
)

// theEnd is how the end of the text is written among expected words.
const theEnd = "<EOF>"

// setFault keeps the first fault and moves the cursor to the end.
func (p *parser) setFault(f fault) {
	if p.fault != nil {
		return
	}
	p.fault = &f
	p.i = len(p.toks) - 1
}

// fail is a fault at the cursor where one of these words is due.
func (p *parser) fail(due ...string) {
	if !slices.Contains(due, "STRING") { // a kind of token, no word
		p.expectAt(0, due...)
	}
	f := fault{tok: p.i, due: due}
	if p.many != p.i && len(due) > 0 {
		for _, w := range due {
			p.note(w)
		}
		for _, w := range p.tested {
			if !slices.Contains(f.expect, w) {
				f.expect = append(f.expect, w)
			}
		}
	}
	p.setFault(f)
}

// failOperand is a fault at the cursor where an operand is due.
func (p *parser) failOperand() {
	if p.breaksOff(0) {
		p.due.Operand = true
	}
	p.setFault(fault{tok: p.i, why: hopeless})
}

// failName is a fault at the cursor where a name is due.
func (p *parser) failName() {
	if p.breaksOff(0) {
		p.due.Name = true
	}
	p.setFault(fault{tok: p.i, why: notName})
}

// failUndefined is a fault at the cursor, where a variable without value is.
func (p *parser) failUndefined() { p.setFault(fault{tok: p.i, why: undefined}) }

// failTooLarge is a fault at the cursor, where a limit is reached.
func (p *parser) failTooLarge() { p.setFault(fault{tok: p.i, why: large}) }

// refuse keeps the first thing that ksqlDB refuses although its grammar takes
// it.
func (p *parser) refuse(at source.Span, format string, args ...any) {
	if p.refusal == nil {
		p.refusal = source.Errorf(at, format, args...)
	}
}

// position is the line and column of an offset.
func (p *parser) position(off int) source.Position { return source.PositionOf(p.text, off) }

// err returns what is wrong with the statement, nil if nothing is.
func (p *parser) err() error {
	switch {
	case p.fault != nil:
		return p.describe(*p.fault).In(p.text)
	case p.refusal != nil:
		return p.refusal.In(p.text)
	}
	return nil
}

// tooLarge is the error of a statement that goes beyond a limit at a token.
func tooLarge(t token) *source.Error {
	return source.Errorf(t.span(), "Statement is too large to parse. "+
		"This may be caused by having too many nested expressions in the statement.")
}

// describe words a fault. The message is the same for all faults of syntax; what
// ksqlDB knows beyond that is the detail, on lines of its own.
func (p *parser) describe(f fault) *source.Error {
	t := p.toks[f.tok]
	if f.why == large {
		return tooLarge(t)
	}
	if t.kind != end { // the words about it may quote it
		begin := p.toks[0].off
		t.text = t.span().Shift(-begin).In(source.WithoutSecrets(p.text[begin:]))
	}
	detail := p.detail(f, t)
	if hint := p.hint(f); hint != "" {
		detail += "\n" + hint
	}
	span := t.span()
	if t.kind == end && f.tok > 0 { // behind the last word, not behind comments and blanks
		last := p.toks[f.tok-1].span().End
		span = source.Span{Start: last, End: last}
	}
	return &source.Error{Span: span, Message: "Syntax Error", Detail: detail}
}

// strange words the detail about a statement's first word that begins none. Where
// ksqlDB always names the nearest that does, a word far from all of them gets none.
func (p *parser) strange(t token) string {
	detail := fmt.Sprintf("Unknown statement '%s'", short(t.text))
	if near := source.Nearest(t.text, p.commands()); near != "" {
		detail += fmt.Sprintf("\nDid you mean '%s'?", near)
	}
	return detail
}

// detail returns ksqlDB's second line about a fault. Where ksqlDB has none, since
// too many words could stand there, it names the word that does.
func (p *parser) detail(f fault, t token) string {
	switch {
	case f.why == unknown:
		return p.strange(t)
	case f.why == undefined:
		return fmt.Sprintf("Variable %s is not defined.", t.text)
	case t.kind == end && p.unended(f):
		return "missing ';' at '<EOF>'"
	case t.kind == end, slices.Equal(f.due, []string{theEnd}):
		return "Syntax error at or near \";\"\n'}', ']', or ')' is missing"
	case p.tooMany(f, t):
		return fmt.Sprintf("%q is a reserved keyword and it can't be used as an identifier. "+
			"You can use it as an identifier by escaping it as '%s'", t.text, t.text)
	case p.missing(f):
		return fmt.Sprintf("missing '%s' at '%s'", f.due[0], short(t.text))
	case f.why == hopeless, f.why == notName, len(f.expect) == 0, len(f.expect) > mostExpected:
		return fmt.Sprintf("Syntax error at or near '%s' at line %s", short(t.text), p.position(t.off))
	}
	return expecting(f.expect)
}

// mostExpected is how many alternatives a message lists: more do not help.
const mostExpected = 3

// expecting words the alternatives.
func expecting(words []string) string {
	if len(words) == 1 {
		return "Expecting " + quoted(words[0])
	}
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = quoted(w)
	}
	return "Expecting {" + strings.Join(all, ", ") + "}"
}

// quoted returns an expected word in quotes; a kind of token has none.
func quoted(word string) string {
	if word == "STRING" || word == "INTEGER_VALUE" || word == theEnd {
		return word
	}
	return "'" + word + "'"
}

// short returns a token's text, cut if it is a long one.
func short(text string) string {
	const most = 100
	if r := []rune(text[:min(len(text), 4*most)]); len(r) > most {
		return string(r[:most]) + "..."
	}
	return text
}

// tooMany reports whether the faulty token is a reserved word that stands where
// a name may: with a name in its place, or without it, the text would go on.
func (p *parser) tooMany(f fault, t token) bool {
	if t.kind != keyword || !ast.Reserved(t.word) {
		return false
	}
	if f.why == notName {
		plain := token{kind: name, text: t.text, off: t.off}
		return p.goesOn(f.tok, f.tok+1, plain)
	}
	return f.why == mismatch && !connects[t.word] && p.goesOn(f.tok, f.tok)
}

// connects are the reserved words that join or open parts of a query. One too
// many of them is hardly meant as a name.
var connects = map[string]bool{
	"AND": true, "OR": true, "NOT": true, "IS": true, "IN": true, "LIKE": true, "BETWEEN": true,
	"SELECT": true, "FROM": true, "WHERE": true, "GROUP": true, "HAVING": true, "JOIN": true,
	"ON": true, "AS": true,
}

// missing reports whether one word alone is due, and the text would go on if it
// stood before the faulty token.
func (p *parser) missing(f fault) bool {
	if len(f.due) != 1 || f.why != mismatch || quoted(f.due[0]) == f.due[0] {
		return false
	}
	t := p.toks[f.tok]
	if f.due[0] == ";" { // then only another statement could follow
		return slices.Contains(p.commands(), t.word)
	}
	due := token{kind: keyword, text: f.due[0], word: f.due[0], off: t.off}
	return p.goesOn(f.tok, f.tok+1, due, t)
}

// unended reports whether a text that ends too early lacks its semicolon alone.
// ksqlDB speaks of brackets then, too.
func (p *parser) unended(f fault) bool {
	t := p.toks[f.tok]
	return p.table != nil && p.goesOn(f.tok, f.tok, token{kind: punctuation, text: ";", word: ";", off: t.off}, t)
}

// The text is parsed again without the fault, which costs little where nobody is
// in a hurry, and needs no second description of the grammar.

// goesOn parses the statement again with other tokens in place of the one at
// index at, and reports whether the first fault, if any, then lies beyond
// index past.
func (p *parser) goesOn(at, past int, instead ...token) bool {
	toks := slices.Concat(p.toks[:at], instead, p.toks[at+1:])
	again := &parser{text: p.text, toks: toks, table: p.table, places: map[int]place{}, testedAt: -1, many: -1}
	again.parseAny()
	return again.fault == nil || again.fault.tok > past
}

// within returns the error as one of the script that the part belongs to.
func (p Part) within(script string, err error) error {
	if e, ok := err.(*source.Error); ok { //nolint:errorlint // Parse returns it unwrapped
		return e.Within(script, p.Start)
	}
	return err
}
