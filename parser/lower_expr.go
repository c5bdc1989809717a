package parser

import (
	"strconv"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// This file writes expressions as MySQL. It knows what may stand where;
// sqlparser says what binds to what. Loosest first, with the same grouping in
// both languages:
//
//	OR                                 or
//	AND                                and
//	NOT                                not, allowed only beside AND and OR
//	one predicate: = <> < <= > >=,     the same level; they do not chain
//	  BETWEEN, IN, LIKE, IS
//	||                                 |
//	+ -, then * / %                    the same
//	sign                               the same
//	AT TIME ZONE, then [ ] and ->      calls
//
// Pieces are written with a blank between them: two minus signs side by side
// would open a comment, and a minus at a number would be folded into it.

// expr lowers an expression: signs and NOT, an operand, an operator, over and
// over. Without boolean only arithmetic and || are allowed.
func (l *lowering) expr(boolean bool) {
	if !l.enter() {
		return
	}
	defer l.leave()
	for {
		l.prefixes(boolean)
		l.operand()
		if !l.infix(boolean) {
			return
		}
	}
}

// prefixes lowers signs and NOT. A minus before a number is part of the number.
func (l *lowering) prefixes(boolean bool) {
	for range maxDepth {
		tok := l.i
		switch {
		case l.at("-") && l.peek(1).isNumber():
			return
		case boolean && l.accept("NOT"):
			l.emit(tok, "not")
		case l.accept("-"):
			l.emit(tok, "-")
		case l.accept("+"):
			l.emit(tok, "+")
		default:
			return
		}
	}
	l.failTooLarge()
}

// mysqlOperators are the operators with an operand on either side that have one
// MySQL token, and whether they are arithmetic.
var mysqlOperators = map[string]struct {
	text       string
	arithmetic bool
}{
	"+": {"+", true}, "-": {"-", true}, "*": {"*", true}, "/": {"/", true}, "%": {"%", true},
	"||": {"|", true},
	"=":  {"=", false}, "<>": {"!=", false}, "<": {"<", false}, "<=": {"<=", false},
	">": {">", false}, ">=": {">=", false}, "AND": {"and", false}, "OR": {"or", false},
}

// infix lowers what may follow an operand, and reports whether another operand
// is due.
func (l *lowering) infix(boolean bool) bool {
	for l.fault == nil {
		if l.operator(boolean) || (boolean && (l.between() || l.distinct())) {
			return true
		}
		if !boolean || !l.predicate() {
			break
		}
	}
	l.many = l.i
	if boolean {
		l.expectAt(0, "AND", "OR")
	}
	return false
}

// operator lowers an operator that is one token.
func (l *lowering) operator(boolean bool) bool {
	tok := l.i
	op, ok := mysqlOperators[l.tok().word]
	if !ok || !(boolean || op.arithmetic) {
		return false
	}
	l.next()
	l.emit(tok, op.text)
	return true
}

// predicate lowers a predicate that ends without another operand: IS NULL, IN
// and LIKE.
func (l *lowering) predicate() bool {
	tok := l.i
	switch {
	case l.accept("IS"):
		l.isNull(tok)
	case l.at("IN"), l.at("NOT", "IN"):
		l.negation()
		l.in()
	case l.at("LIKE"), l.at("NOT", "LIKE"):
		l.negation()
		l.like()
	case l.at("NOT"):
		l.next()
		l.fail("BETWEEN", "IN", "LIKE")
	default:
		return false
	}
	return true
}

// negation lowers the NOT of a predicate.
func (l *lowering) negation() {
	tok := l.i
	if l.accept("NOT") {
		l.emit(tok, "not")
	}
}

// isNull lowers IS [NOT] NULL to IN with a list argument: the one form of MySQL
// whose left side is arithmetic and that nothing but AND or OR can follow.
func (l *lowering) isNull(tok int) {
	if l.accept("NOT") {
		l.emit(tok, "not")
		if !l.at("NULL") {
			l.fail("NULL", "DISTINCT")
		}
	} else if !l.at("NULL") {
		l.fail("NOT", "NULL", "DISTINCT")
	}
	l.emit(tok, "in", "::v"+strconv.Itoa(l.i))
	l.accept("NULL")
}

// in lowers IN and its list.
func (l *lowering) in() {
	tok := l.i
	l.expect("IN")
	l.emit(tok, "in")
	l.open("(")
	l.list(func() { l.listed(true) })
	l.close(")")
}

// like lowers LIKE, its pattern and the escape character.
func (l *lowering) like() {
	tok := l.i
	l.expect("LIKE")
	l.emit(tok, "like")
	l.expr(false)
	tok = l.i
	if l.at("ESCAPE") && l.peek(1).kind == stringToken {
		l.next()
		l.emit(tok, "escape")
		tok = l.i
		l.emitValue(tok, l.str())
		if mysqlOperators[l.tok().word].arithmetic {
			l.fail() // MySQL would take it for a part of the escape character
		}
	}
}

// between lowers BETWEEN up to its AND.
func (l *lowering) between() bool {
	if !l.at("BETWEEN") && !l.at("NOT", "BETWEEN") {
		return false
	}
	l.negation()
	tok := l.i
	l.expect("BETWEEN")
	l.emit(tok, "between")
	l.expr(false)
	tok = l.i
	l.expect("AND")
	l.emit(tok, "and")
	return true
}

// distinct lowers IS [NOT] DISTINCT FROM.
func (l *lowering) distinct() bool {
	tok, operator := l.i, ""
	switch {
	case l.accept("IS", "DISTINCT"):
		operator = "regexp"
	case l.accept("IS", "NOT", "DISTINCT"):
		operator = "<=>"
	default:
		return false
	}
	l.emit(tok, operator)
	l.expect("FROM")
	return true
}

// open reads a bracket and writes MySQL's round one.
func (l *lowering) open(bracket string) {
	tok := l.i
	l.expect(bracket)
	l.emit(tok, "(")
}

// close reads a bracket and writes MySQL's round one.
func (l *lowering) close(bracket string) {
	tok := l.i
	l.expect(bracket)
	l.emit(tok, ")")
}

// listed lowers one member of a list, and the comma before the next if one
// follows.
func (l *lowering) listed(boolean bool) {
	l.expr(boolean)
	l.comma()
}

// comma writes the comma at the cursor, if there is one; the list reads it.
func (l *lowering) comma() {
	if l.at(",") {
		l.emit(l.i, ",")
	}
}

// expression parses one expression.
func (p *parser) expression() ast.Expr {
	l := p.lower()
	tok := l.i
	l.emit(tok, "select")
	l.expr(true)
	l.emit(l.i, "from", "`dual`")
	return l.raiseExpression(l.run())
}

// values parses a list of values in brackets, which may be empty.
func (p *parser) values() []ast.Expr {
	l := p.lower()
	l.valueList()
	return l.raiseValues(l.run())
}

// valueList lowers a list of values.
func (l *lowering) valueList() {
	l.emit(l.i, "insert", "into", "`t`", "values")
	l.open("(")
	if !l.at(")") {
		l.list(func() { l.listed(false) })
	}
	l.close(")")
}
