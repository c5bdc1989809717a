package ast

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file holds the operands of expressions; literals and operators have files
// of their own.

// Column is a reference to a column: id, or source.id. It never means a field of
// a struct, which is a Field.
type Column struct {
	source.Span
	// Source is the source or its alias, absent where none was written.
	Source Name
	Name   Name
}

// Variable is a lambda's parameter used in its body. It hides a column of the
// same name.
type Variable struct {
	source.Span
	Name Name
}

// Call is a call of a function. ksqlDB calls some operators functions too, but
// here only what is written name(...) is a Call.
type Call struct {
	source.Span
	Name Name
	// Args are the arguments; a Lambda may be among them.
	Args []Expr
	// Star tells that the argument was *, as in COUNT(*). Args is empty then.
	Star bool
}

// Lambda is a function written in place: x => x + 1, or (k, v) => v.
type Lambda struct {
	source.Span
	// Params are one name or more.
	Params []Name
	// Body uses the parameters as Variables, and columns as Columns.
	Body Expr
}

// Cast is CAST(operand AS type).
type Cast struct {
	source.Span
	Operand Expr
	Type    *Type
}

// Array is the constructor ARRAY[e, ...]; the grammar lets it be empty.
type Array struct {
	source.Span
	Elements []Expr
}

// Map is the constructor MAP(k := v, ...); the grammar lets it be empty.
type Map struct {
	source.Span
	Entries []MapEntry
}

// MapEntry is one key := value of a Map. The key may be any expression.
type MapEntry struct {
	Key, Value Expr
}

// Struct is the constructor STRUCT(name := e, ...).
type Struct struct {
	source.Span
	Fields []StructField
}

// StructField is one name := value of a Struct. Names may repeat as far as the
// grammar goes.
type StructField struct {
	Name  Name
	Value Expr
}

// Subscript is operand[index]: an element of an array, counted from 1 and from
// its end if negative, or of a map.
type Subscript struct {
	source.Span
	Operand, Index Expr
}

// Field is operand->name: a field of a struct.
type Field struct {
	source.Span
	Operand Expr
	Name    Name
}

// AtTimeZone is operand AT TIME ZONE zone, which ksqlDB parses but does not
// implement.
type AtTimeZone struct {
	source.Span
	Operand, Zone Expr
}

// Case is CASE in both forms: with an operand that is compared with each value
// (which ksqlDB parses but does not implement) and with conditions.
type Case struct {
	source.Span
	// Operand is nil in the form with conditions.
	Operand Expr
	Whens   []When
	// Else is nil if there is no ELSE.
	Else Expr
}

// When is one WHEN condition THEN result. With an operand in its Case, the
// condition is a value to compare with.
type When struct {
	Condition, Result Expr
}

func (*Column) expr()     {}
func (*Variable) expr()   {}
func (*Call) expr()       {}
func (*Lambda) expr()     {}
func (*Cast) expr()       {}
func (*Array) expr()      {}
func (*Map) expr()        {}
func (*Struct) expr()     {}
func (*Subscript) expr()  {}
func (*Field) expr()      {}
func (*AtTimeZone) expr() {}
func (*Case) expr()       {}

func (n *Column) format(p *printer) {
	if !n.Source.IsZero() {
		n.Source.format(p)
		p.open(".")
	}
	n.Name.format(p)
}

func (n *Variable) format(p *printer) { n.Name.format(p) }

func (n *Call) format(p *printer) {
	n.Name.format(p)
	p.open("(")
	if n.Star {
		p.word("*")
	}
	commas(p, exprs(n.Args))
	p.tight(")")
}

func (n *Lambda) format(p *printer) {
	if len(n.Params) == 1 {
		n.Params[0].format(p)
	} else {
		brackets(p, slices.Values(n.Params))
	}
	p.clause(n.Body, "=>")
}

func (n *Cast) format(p *printer) {
	p.word("CAST")
	p.open("(")
	n.Operand.format(p)
	p.clause(n.Type, "AS")
	p.tight(")")
}

func (n *Array) format(p *printer) {
	p.word("ARRAY")
	p.open("[")
	commas(p, exprs(n.Elements))
	p.tight("]")
}

func (n *Map) format(p *printer) {
	p.word("MAP")
	p.open("(")
	for i, e := range n.Entries {
		if i > 0 {
			p.tight(",")
		}
		e.Key.format(p)
		p.clause(e.Value, ":=")
	}
	p.tight(")")
}

func (n *Struct) format(p *printer) {
	p.word("STRUCT")
	p.open("(")
	for i, f := range n.Fields {
		if i > 0 {
			p.tight(",")
		}
		f.Name.format(p)
		p.clause(f.Value, ":=")
	}
	p.tight(")")
}

func (n *Subscript) format(p *printer) {
	p.operand(n.Operand, postfix)
	p.open("[")
	p.operand(n.Index, concatenation)
	p.tight("]")
}

func (n *Field) format(p *printer) {
	p.operand(n.Operand, postfix)
	p.open("->")
	n.Name.format(p)
}

func (n *AtTimeZone) format(p *printer) {
	p.operand(n.Operand, zoned)
	p.clause(n.Zone, "AT TIME ZONE")
}

func (n *Case) format(p *printer) {
	p.word("CASE")
	if n.Operand != nil {
		p.operand(n.Operand, concatenation)
	}
	for _, w := range n.Whens {
		p.clause(w.Condition, "WHEN")
		p.clause(w.Result, "THEN")
	}
	if n.Else != nil {
		p.clause(n.Else, "ELSE")
	}
	p.word("END")
}
