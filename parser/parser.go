package parser

import (
	"errors"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// Parsed is one statement of a text.
type Parsed struct {
	// Span is its place in the text, from its first word to its semicolon.
	source.Span
	// Text is the statement as written, semicolon included.
	Text string
	// Statement is the tree. The spans in it count in the whole text.
	Statement ast.Statement
}

// Parse parses all statements of a text; each must end with a semicolon. The
// error is a *source.Error about the first statement that has a fault, and no
// statement is returned then.
func Parse(text string) ([]Parsed, error) { return parseAll(text, forms) }

// ParseTest parses like Parse and also takes the statements that ksqlDB's test
// runner knows: ASSERT VALUES, ASSERT NULL VALUES, ASSERT STREAM, ASSERT TABLE.
func ParseTest(text string) ([]Parsed, error) { return parseAll(text, testForms) }

// ParseExpr parses a single expression.
func ParseExpr(text string) (ast.Expr, error) {
	l := &lexer{text: text}
	p, err := newParser(l, expressionOnly)
	if err != nil {
		return nil, err
	}
	e := p.expression()
	p.expect(theEnd)
	if err := p.err(); err != nil {
		return nil, err
	}
	return e, nil
}

// Keywords returns the words of the language in capitals, the reserved ones
// first. The caller owns the slice.
func Keywords() []string { return ast.Keywords() }

// parseAll parses all statements of a text, of the forms in the table.
func parseAll(text string, table []Form) ([]Parsed, error) {
	var all []Parsed
	l := &lexer{text: text}
	for {
		p, err := newParser(l, table)
		if err != nil {
			return nil, err
		}
		if p.toks[0].kind == end {
			return all, nil
		}
		one, err := p.parse()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
}

// errNotOne is a broken promise of parseOne's caller.
var errNotOne = errors.New("expecting exactly one statement")

// parseOne parses a text that holds one statement of the forms in the table.
func parseOne(text string, table []Form) (Parsed, error) {
	all, err := parseAll(text, table)
	if err != nil {
		return Parsed{}, err
	}
	if len(all) != 1 {
		return Parsed{}, errNotOne
	}
	return all[0], nil
}

// parser is a cursor on the tokens of one statement. The first fault is kept
// and moves the cursor behind the last token, where nothing matches any more;
// so rules are written as if there were no faults, and only loops have to end
// when nothing matches.
type parser struct {
	// text is the whole text, of which toks are one statement. It ends with the
	// semicolon and an end token, or with the end token alone.
	text string
	toks []token
	// i is the cursor: the token that is to be read next.
	i int
	// table are the forms of statements to try; nil if an expression is due.
	table []Form
	// fault is the first fault, nil as long as there is none.
	fault *fault
	// tested are the words looked for at token testedAt: what else could stand
	// there. many tells of a token that operators could stand there as well.
	tested   []string
	testedAt int
	many     int
	// refusal is the first thing that the grammar takes and ksqlDB refuses all
	// the same. A fault anywhere in the statement goes before it.
	refusal *source.Error
	// places says how each variable is used, by token. It is nil unless
	// variables are allowed.
	places map[int]place
	// due is what could stand at the end of the text; nil unless somebody asks.
	due *Expectation
	// depth counts the levels of nesting, which are limited: a deep tree would
	// cost every floor above a deep recursion.
	depth int
}

// Limits on one statement. What a person writes is far below them.
const (
	maxTokens = 1 << 19
	maxDepth  = 1000
)

// newParser reads the tokens of the next statement.
func newParser(l *lexer, table []Form) (*parser, error) {
	p := &parser{text: l.text, table: table, toks: make([]token, 0, 32), testedAt: -1, many: -1}
	for {
		t := l.next()
		p.toks = append(p.toks, t)
		switch {
		case t.kind == end:
			return p, nil
		case t.is(";") && table != nil:
			p.toks = append(p.toks, token{kind: end, off: t.off + 1})
			return p, nil
		case len(p.toks) > maxTokens:
			return nil, tooLarge(t).In(l.text)
		}
	}
}

// parse parses the statement.
func (p *parser) parse() (Parsed, error) {
	n := p.statement()
	p.expect(";")
	if err := p.err(); err != nil {
		return Parsed{}, err
	}
	span := source.Span{Start: p.toks[0].off, End: p.toks[len(p.toks)-1].off}
	return Parsed{Span: span, Text: span.In(p.text), Statement: n}, nil
}

// tok is the token at the cursor.
func (p *parser) tok() token { return p.toks[p.i] }

// peek is the token n places after the cursor.
func (p *parser) peek(n int) token { return p.toks[min(p.i+n, len(p.toks)-1)] }

// next returns the token at the cursor and moves on.
func (p *parser) next() token {
	t := p.tok()
	p.i = min(p.i+1, len(p.toks)-1)
	return t
}

// at reports whether these keywords or marks stand at the cursor.
func (p *parser) at(words ...string) bool {
	if p.fault != nil {
		return false
	}
	for n, w := range words {
		if !p.peek(n).is(w) {
			if n == 0 {
				p.note(w)
			}
			p.expectAt(n, w)
			return false
		}
	}
	return true
}

// note keeps a word that could have stood at the cursor.
func (p *parser) note(word string) {
	if p.testedAt != p.i {
		p.tested, p.testedAt = p.tested[:0], p.i
	}
	p.tested = append(p.tested, word)
}

// accept moves over the words if they stand at the cursor.
func (p *parser) accept(words ...string) bool {
	if !p.at(words...) {
		return false
	}
	for range words {
		p.next()
	}
	return true
}

// expect moves over the words; a fault if they do not stand at the cursor.
func (p *parser) expect(words ...string) {
	for _, w := range words {
		if w == theEnd && p.tok().kind == end {
			continue
		}
		if !p.accept(w) {
			p.fail(w)
			return
		}
	}
}

// list runs item for each member of a list with commas.
func (p *parser) list(item func()) {
	item()
	for p.accept(",") {
		item()
	}
}

// bracketed runs item for each member of a list in brackets, which may not be
// empty.
func (p *parser) bracketed(item func()) {
	p.expect("(")
	p.list(item)
	p.expect(")")
}

// since returns the span from a token to the one before the cursor.
func (p *parser) since(first int) source.Span {
	last := p.toks[max(p.i-1, first)]
	return p.toks[first].span().To(last.span())
}

// rest returns the span from the cursor to the end of the statement, without
// its semicolon.
func (p *parser) rest() source.Span {
	last := len(p.toks) - 2
	if last > p.i && p.toks[last].is(";") {
		last--
	}
	return p.tok().span().To(p.toks[max(last, p.i)].span())
}

// enter goes one level deeper and reports whether that is allowed; leave must
// follow if it is.
func (p *parser) enter() bool {
	if p.depth == maxDepth {
		p.failTooLarge()
		return false
	}
	p.depth++
	return p.fault == nil
}

// leave goes one level up again.
func (p *parser) leave() { p.depth-- }
