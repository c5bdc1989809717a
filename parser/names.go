package parser

import (
	"math"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// This file reads the leaves of the grammar: names, strings, numbers, literals.
//
// A rule that moves the cursor must not read it in the same expression: Go does
// not say whether p.i in f(p.i, p.next()) is taken before or after the call.

// place says what a variable stands for.
type place int

const (
	namePlace place = iota + 1
	literalPlace
)

// useVariable notes the place of the variable at the cursor; where variables
// are not allowed it is a fault, for an undefined one was left in the text.
func (p *parser) useVariable(as place) {
	if p.places == nil {
		p.failUndefined()
		return
	}
	p.places[p.i] = as
}

// name reads a name.
func (p *parser) name() ast.Name {
	if p.fault != nil || !p.tok().isName() {
		p.failName()
		return ast.Name{}
	}
	if p.tok().kind == variable {
		p.useVariable(namePlace)
	}
	return p.next().name()
}

// sourceName reads the name of a stream or a table.
func (p *parser) sourceName() ast.Name {
	n := p.name()
	odd := func(r rune) bool {
		return r > 'z' || (r != '-' && !isNameByte(byte(r))) || r == '@'
	}
	if p.places == nil && strings.ContainsFunc(n.Text, odd) {
		p.refuse(n.Span, "Illegal argument at line %s. Source names may only contain "+
			"alphanumeric values, '_' or '-'. Got: '%s'", p.position(n.Start), n.Text)
	}
	return n
}

// topic reads the name of a topic or a subject: a name whose case counts, or a
// string.
func (p *parser) topic() ast.Topic {
	t := p.tok()
	if t.kind == stringToken {
		p.next()
		return ast.Topic{Span: t.span(), Text: unquote(t.text)}
	}
	n := p.name()
	if !n.Quoted {
		n.Text = t.text
	}
	return ast.Topic{Span: n.Span, Text: n.Text}
}

// text reads a string.
func (p *parser) str() *ast.String {
	t := p.tok()
	if p.fault != nil || t.kind != stringToken {
		if p.breaksOff(0) {
			p.due.Text = true
		}
		p.fail("STRING")
		return &ast.String{}
	}
	p.next()
	return &ast.String{Span: t.span(), Value: unquote(t.text)}
}

// whole reads a whole number where a clause wants one: a count or a length of
// time.
func (p *parser) whole() *ast.Integer {
	first := p.i
	if p.breaksOff(0) { // nobody can say which number
		p.setFault(fault{tok: p.i, why: hopeless})
		return &ast.Integer{}
	}
	n, ok := p.literal().(*ast.Integer)
	if ok || p.fault != nil {
		if n == nil {
			n = &ast.Integer{}
		}
		return n
	}
	at := p.since(first)
	if p.places == nil {
		p.refuse(at, "Invalid numeric literal: %s", at.In(p.text))
	}
	return &ast.Integer{Span: at}
}

// atLiteral reports whether a literal stands at the cursor.
func (p *parser) atLiteral() bool {
	t := p.tok()
	switch {
	case p.fault != nil:
		return false
	case t.isNumber(), t.kind == stringToken, t.kind == variable:
		return true
	case t.is("-"):
		return p.peek(1).isNumber()
	}
	return t.is("NULL") || t.is("TRUE") || t.is("FALSE")
}

// literal reads a literal: NULL, TRUE, FALSE, a string, or a number with its
// sign.
func (p *parser) literal() ast.Expr {
	if !p.atLiteral() {
		p.failOperand()
		return &ast.Null{}
	}
	first, t := p.i, p.tok()
	switch {
	case t.kind == variable:
		p.useVariable(literalPlace)
		p.next()
		return &ast.String{Span: t.span(), Value: t.text}
	case t.kind == stringToken:
		return p.str()
	case t.is("NULL"):
		p.next()
		return &ast.Null{Span: t.span()}
	case t.kind == keyword:
		p.next()
		return &ast.Boolean{Span: t.span(), Value: t.is("TRUE")}
	}
	sign := ""
	if p.accept("-") {
		sign = "-"
	}
	return p.number(sign, first)
}

// number reads the number at the cursor, whose sign is read.
func (p *parser) number(sign string, first int) ast.Expr {
	t := p.next()
	at, text := p.since(first), sign+t.text
	switch t.kind {
	case decimal:
		return &ast.Decimal{Span: at, Text: text}
	case float:
		value, _ := strconv.ParseFloat(text, 64)
		if math.IsInf(value, 0) {
			p.refuse(at, "Number overflows DOUBLE: %s", text)
		}
		return &ast.Double{Span: at, Value: value, Text: text}
	default:
		value, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			p.refuse(at, "Invalid numeric literal: %s", text)
		}
		return &ast.Integer{Span: at, Value: value}
	}
}
