// Package ast is the syntax tree of ksqlDB's SQL: one struct for each
// statement, expression, clause and type as written. The tree only says what
// the text says; which column or type a name means is the planner's business.
//
// Every node embeds its source.Span, so node.Span (or Place, through an
// interface) is its place in the parsed text, and Format prints it back as
// ksqlDB SQL. Nodes are built by package parser, are never changed afterwards,
// and may be shared by goroutines; Rewrite copies what it alters.
package ast

import (
	"strings"

	"github.com/ksqlite/ksqlite/parser/source"
)

// Node is any part of the tree.
type Node interface {
	// Place returns the node's place in the text it was parsed from.
	Place() source.Span
	// format prints the node as SQL, and seals the interface.
	format(p *printer)
}

// Statement is one of ksqlDB's statements.
//
//sumtype:decl
type Statement interface {
	Node
	statement()
}

// Expr is an expression.
//
//sumtype:decl
type Expr interface {
	Node
	expr()
}

// Name is an identifier. The zero Name stands for an absent one.
type Name struct {
	source.Span
	// Text is the name it means: upper-cased if it was written without
	// quotes, otherwise what stood between them.
	Text string
	// Quoted tells that it was written in quotes.
	Quoted bool
}

// String returns Text.
func (n Name) String() string { return n.Text }

// IsZero reports whether the name is absent.
func (n Name) IsZero() bool { return n.Text == "" && !n.Quoted }

// SQL returns the name as it has to be written in a statement: in backticks if
// it would not read back as itself without them.
func (n Name) SQL() string {
	if isPlain(n.Text) && n.Text == strings.ToUpper(n.Text) {
		return n.Text
	}
	return Quote(n.Text)
}

func (n Name) format(p *printer) { p.word(n.SQL()) }

// Kind tells streams from tables.
type Kind int

// The two kinds of sources.
const (
	Stream Kind = iota + 1
	Table
)

// String returns STREAM or TABLE.
func (k Kind) String() string {
	if k == Table {
		return "TABLE"
	}
	return "STREAM"
}

// Topic is the name of a Kafka topic where a statement wants one: written as a
// name, whose case counts even without quotes, or as a string.
type Topic struct {
	source.Span
	// Text is the topic's name.
	Text string
}

func (t Topic) format(p *printer) {
	if isPlain(t.Text) {
		p.word(t.Text)
		return
	}
	p.word(QuoteString(t.Text))
}
