package ast

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file holds the operators of expressions, from signs to OR. How they treat
// NULL is the evaluator's business.

// Op is an operator as it is written, in capitals.
type Op string

// The operators of Unary, Binary, Logical and Comparison.
const (
	Plus     Op = "+"
	Minus    Op = "-"
	Multiply Op = "*"
	Divide   Op = "/"
	Modulo   Op = "%"
	Concat   Op = "||"

	And Op = "AND"
	Or  Op = "OR"

	Equal          Op = "="
	NotEqual       Op = "<>"
	Less           Op = "<"
	LessOrEqual    Op = "<="
	Greater        Op = ">"
	GreaterOrEqual Op = ">="
	// Distinct and NotDistinct compare with NULL as a value of its own.
	Distinct    Op = "IS DISTINCT FROM"
	NotDistinct Op = "IS NOT DISTINCT FROM"
)

// Unary is a sign before an operand. A minus right before a number belongs to
// the number instead.
type Unary struct {
	source.Span
	// Op is Plus or Minus.
	Op      Op
	Operand Expr
}

// Binary is arithmetic, or Concat.
type Binary struct {
	source.Span
	// Op is one from Plus to Concat. Plus of strings puts them together, too.
	Op          Op
	Left, Right Expr
}

// Comparison compares two values, from Equal to NotDistinct.
type Comparison struct {
	source.Span
	// Op is one from Equal to NotDistinct.
	Op          Op
	Left, Right Expr
}

// Logical joins two conditions by And or Or.
type Logical struct {
	source.Span
	// Op is And or Or.
	Op          Op
	Left, Right Expr
}

// Not is NOT operand.
type Not struct {
	source.Span
	Operand Expr
}

// IsNull is operand IS [NOT] NULL.
type IsNull struct {
	source.Span
	Operand Expr
	Not     bool
}

// In is operand [NOT] IN (list).
type In struct {
	source.Span
	Operand Expr
	Not     bool
	// List is never empty.
	List []Expr
}

// Between is operand [NOT] BETWEEN low AND high.
type Between struct {
	source.Span
	Operand   Expr
	Not       bool
	Low, High Expr
}

// Like is operand [NOT] LIKE pattern [ESCAPE 'c'].
type Like struct {
	source.Span
	Operand Expr
	Not     bool
	Pattern Expr
	// Escape is the string after ESCAPE, nil if there is none.
	Escape *String
}

func (*Unary) expr()      {}
func (*Binary) expr()     {}
func (*Comparison) expr() {}
func (*Logical) expr()    {}
func (*Not) expr()        {}
func (*IsNull) expr()     {}
func (*In) expr()         {}
func (*Between) expr()    {}
func (*Like) expr()       {}

// The levels of precedence, loosest first: an operand that binds looser than
// its operator needs brackets.
const (
	disjunction = iota
	conjunction
	negation
	predicate
	concatenation
	sum
	product
	sign
	zoned
	postfix
)

// level returns how tightly an expression's own operator binds.
func level(e Expr) int {
	switch e := e.(type) {
	case *Logical:
		if e.Op == Or {
			return disjunction
		}
		return conjunction
	case *Not:
		return negation
	case *Comparison, *IsNull, *In, *Between, *Like:
		return predicate
	case *Binary:
		return e.level()
	case *Unary:
		return sign
	case *AtTimeZone:
		return zoned
	default:
		return postfix
	}
}

// level is the level of an operator with two operands.
func (n *Binary) level() int {
	switch n.Op {
	case Concat:
		return concatenation
	case Plus, Minus:
		return sum
	default:
		return product
	}
}

// operand writes an operand of an operator that wants at least this level.
func (p *printer) operand(e Expr, least int) {
	if level(e) >= least {
		e.format(p)
		return
	}
	p.word("(")
	p.tied = true
	e.format(p)
	p.tight(")")
}

func (n *Unary) format(p *printer) {
	var inner printer
	inner.operand(n.Operand, sign)
	text := inner.b.String()
	switch {
	case strings.HasPrefix(text, "-"): // two minus signs would open a comment
		p.word(string(n.Op), text)
	case n.Op == Minus && strings.IndexAny(text, ".0123456789") == 0: // it would join the number
		p.word(string(n.Op) + "(" + text + ")")
	default:
		p.word(string(n.Op) + text)
	}
}

func (n *Binary) format(p *printer) {
	p.operand(n.Left, n.level())
	p.word(string(n.Op))
	p.operand(n.Right, n.level()+1)
}

func (n *Comparison) format(p *printer) {
	p.operand(n.Left, concatenation)
	p.word(string(n.Op))
	p.operand(n.Right, concatenation)
}

func (n *Logical) format(p *printer) {
	p.operand(n.Left, level(n))
	p.word(string(n.Op))
	p.operand(n.Right, level(n)+1)
}

func (n *Not) format(p *printer) {
	p.word("NOT")
	p.operand(n.Operand, negation)
}

func (n *IsNull) format(p *printer) {
	p.operand(n.Operand, concatenation)
	p.word("IS", not(n.Not), "NULL")
}

func (n *In) format(p *printer) {
	p.operand(n.Operand, concatenation)
	p.word(not(n.Not), "IN")
	brackets(p, exprs(n.List))
}

func (n *Between) format(p *printer) {
	p.operand(n.Operand, concatenation)
	p.word(not(n.Not), "BETWEEN")
	p.operand(n.Low, concatenation)
	p.word("AND")
	p.operand(n.High, concatenation)
}

func (n *Like) format(p *printer) {
	p.operand(n.Operand, concatenation)
	p.word(not(n.Not), "LIKE")
	p.operand(n.Pattern, concatenation)
	if n.Escape != nil {
		p.clause(n.Escape, "ESCAPE")
	}
}

// not returns the word NOT if a predicate is negated.
func not(negated bool) string {
	if negated {
		return "NOT"
	}
	return ""
}
