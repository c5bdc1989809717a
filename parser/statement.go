package parser

import (
	"slices"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// Form is one form of statement, as help and completion show it.
type Form struct {
	// Words are the words it begins with: "CREATE STREAM".
	Words string
	// Synopsis is its syntax: [optional], {repeated}, a | b.
	Synopsis string
	// About says in one line what it does.
	About string
	// Example is one such statement.
	Example string

	// parse is nil where the function of a form above parses this one too.
	parse func(*parser) ast.Statement
}

// first is the first word of the form.
func (f Form) first() string {
	word, _, _ := strings.Cut(f.Words, " ")
	return word
}

// Statements returns the forms of all statements that Parse takes, in the order
// of a manual. The caller owns the slice.
func Statements() []Form { return slices.Clone(forms) }

// expressionOnly is the table of a parser that reads an expression.
var expressionOnly []Form

// parseAny parses what the parser is for and the mark that ends it.
func (p *parser) parseAny() {
	if p.table == nil {
		p.expression()
		p.expect(theEnd)
		return
	}
	p.statement()
	p.expect(";")
}

// statement parses the statement at the cursor, up to its semicolon. The forms
// that begin with its first word are tried in turn. If none fits, the one that
// got furthest has the fault; if several got as far as that, there is no telling
// what is due.
func (p *parser) statement() ast.Statement {
	if !p.enter() {
		return nil
	}
	defer p.leave()
	start := *p
	var far *fault
	tried := false
	for _, f := range p.table {
		if !start.begins(f) {
			continue
		}
		tried = true
		if n := p.try(f, start); p.fault == nil {
			return n
		}
		far = further(far, p.fault)
	}
	if !tried {
		far = &fault{tok: start.i, why: unknown}
		if k := start.tok().kind; k == end || k == punctuation {
			far.why = hopeless
		}
	}
	*p = start
	p.setFault(*far)
	return nil
}

// begins reports whether the form is to be tried: whether its first word stands at
// the cursor.
func (p *parser) begins(f Form) bool {
	t, first := p.tok(), f.first()
	return f.parse != nil && (t.is(first) || (first == "SHOW" && t.is("LIST")))
}

// try parses one form from the start, and wants a semicolon after it.
func (p *parser) try(f Form, start parser) ast.Statement {
	*p = start
	p.testedAt = -1
	n := f.parse(p)
	if p.fault == nil && !p.at(";") {
		p.fail(";")
	}
	return n
}

// further returns the fault that lies further on; of two at the same place,
// that there is no reading left. Limits and variables without value stay what they
// are, for they do not depend on the form.
func further(a, b *fault) *fault {
	switch {
	case a == nil || a.tok < b.tok:
		return b
	case a.tok > b.tok:
		return a
	case a.why == large || a.why == undefined:
		return a
	case b.why == undefined:
		return b
	}
	return &fault{tok: a.tok, why: hopeless}
}

// commands returns the first words of all statements but RUN SCRIPT, which
// shells have as a command of their own.
func (p *parser) commands() []string {
	words := []string{"LIST"}
	for _, f := range p.table {
		if w := f.first(); w != "RUN" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// both reads two words, of which the first decides.
func (p *parser) both(first, second string) bool {
	if !p.accept(first) {
		return false
	}
	p.expect(second)
	return true
}

// ifExists reads IF EXISTS. IF alone is a name.
func (p *parser) ifExists() bool { return p.accept("IF", "EXISTS") }

// ifNotExists reads IF NOT EXISTS.
func (p *parser) ifNotExists() bool { return p.accept("IF", "NOT", "EXISTS") }

// kind reads STREAM or TABLE.
func (p *parser) kind() ast.Kind {
	if p.accept("TABLE") {
		return ast.Table
	}
	if !p.accept("STREAM") {
		p.fail("STREAM", "TABLE")
	}
	return ast.Stream
}
