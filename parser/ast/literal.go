package ast

import (
	"math"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file holds the literals. A sign right before a number is part of it.

// Null is the literal NULL.
type Null struct {
	source.Span
}

// Boolean is TRUE or FALSE.
type Boolean struct {
	source.Span
	Value bool
}

// Integer is a whole number: an INT if it fits into 32 bits, else a BIGINT.
type Integer struct {
	source.Span
	// Value is the number; one that 64 bits do not hold is a fault.
	Value int64
}

// Big reports whether the number is a BIGINT.
func (n *Integer) Big() bool { return n.Value < math.MinInt32 || n.Value > math.MaxInt32 }

// Decimal is a number with a decimal point and without exponent. Its digits
// decide precision and scale, so they are kept as they are.
type Decimal struct {
	source.Span
	// Text is the number as written: an optional sign, digits and one point,
	// which may be first or last.
	Text string
}

// Double is a number with an exponent.
type Double struct {
	source.Span
	// Value is the nearest DOUBLE; a number beyond its range is a fault.
	Value float64
	// Text is the number as written.
	Text string
}

// String is a text literal.
type String struct {
	source.Span
	// Value is the text without its quotes.
	Value string
}

// TypedLiteral is a type's name before a string: DECIMAL '1.20'. The grammar
// takes any name here; ksqlDB knows what to do with DECIMAL only.
type TypedLiteral struct {
	source.Span
	Type  Name
	Value string
}

// IntervalUnit is a unit of time as an argument of a function, such as the DAYS
// of TIMESTAMPADD(DAYS, 1, t).
type IntervalUnit struct {
	source.Span
	Unit Unit
}

func (*Null) expr()         {}
func (*Boolean) expr()      {}
func (*Integer) expr()      {}
func (*Decimal) expr()      {}
func (*Double) expr()       {}
func (*String) expr()       {}
func (*TypedLiteral) expr() {}
func (*IntervalUnit) expr() {}

func (*Null) format(p *printer) { p.word("NULL") }

func (n *Boolean) format(p *printer) { p.word(strings.ToUpper(strconv.FormatBool(n.Value))) }

func (n *Integer) format(p *printer) { p.word(strconv.FormatInt(n.Value, 10)) }

func (n *Decimal) format(p *printer) { p.word(n.Text) }

func (n *Double) format(p *printer) { p.word(n.Text) }

func (n *String) format(p *printer) { p.word(QuoteString(n.Value)) }

func (n *TypedLiteral) format(p *printer) { p.word(n.Type.Text, QuoteString(n.Value)) }

func (n *IntervalUnit) format(p *printer) { p.word(string(n.Unit)) }
