package ast

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file holds queries and their clauses.

// Query is SELECT ... FROM ...: a statement, or the part of one after AS or
// INSERT INTO.
type Query struct {
	source.Span
	// Items is the select list; it is never empty.
	Items []SelectItem
	From  Relation
	// The clauses in the order they are written, nil where absent.
	Window      *Window
	Where       Expr
	GroupBy     *Grouping
	PartitionBy *Grouping
	Having      Expr
	Emit        Emit
	// Limit is a number of rows; its sign is not checked.
	Limit *Integer
}

// SelectItem is one item of a select list.
//
//sumtype:decl
type SelectItem interface {
	Node
	selectItem()
}

// Single is an expression in a select list, with its alias if one was given.
type Single struct {
	source.Span
	Expr Expr
	// Alias is absent where none was written.
	Alias Name
}

// AllColumns is * or source.* in a select list.
type AllColumns struct {
	source.Span
	// Source is absent in a bare *.
	Source Name
}

// AllFields is operand->* in a select list: every field of a struct.
type AllFields struct {
	source.Span
	Operand Expr
}

func (*Single) selectItem()     {}
func (*AllColumns) selectItem() {}
func (*AllFields) selectItem()  {}

// Relation is what a query reads.
//
//sumtype:decl
type Relation interface {
	Node
	relation()
}

// Source is a stream or table, or a topic, read under its own name or an alias. With an alias
// columns can only be named by that.
type Source struct {
	source.Span
	// Name is absent where a topic is named instead.
	Name Name
	// Topic is that of TOPIC 'name', which nobody has declared; nil for a stream or a table.
	Topic *Topic
	// Alias is absent where none was written.
	Alias Name
}

// Join joins one more source to what stands before it, so a chain of joins
// leans to the left.
type Join struct {
	source.Span
	Kind  JoinKind
	Left  Relation
	Right *Source
	// Within is nil where absent.
	Within *Within
	// On is any condition; ksqlDB takes one equality.
	On Expr
}

func (*Source) relation() {}
func (*Join) relation()   {}

// JoinKind is the kind of a join, as it is written.
type JoinKind string

// The kinds of joins.
const (
	InnerJoin JoinKind = "INNER JOIN"
	LeftJoin  JoinKind = "LEFT JOIN"
	RightJoin JoinKind = "RIGHT JOIN"
	FullJoin  JoinKind = "FULL JOIN"
)

// Within is WITHIN before or WITHIN (before, after), with its grace period:
// how far apart in time two records may be that a join puts together.
type Within struct {
	source.Span
	// Before and After are the same where one duration was written.
	Before, After Duration
	// Grace is nil where absent.
	Grace *Duration
}

// Grouping is the list of GROUP BY or PARTITION BY; in empty brackets it is
// empty.
type Grouping struct {
	source.Span
	Exprs []Expr
}

// Emit says when a push query emits its results.
type Emit string

// What may stand after EMIT; NoEmit where the clause is absent, which makes a
// SELECT statement a pull query.
const (
	NoEmit      Emit = ""
	EmitChanges Emit = "CHANGES"
	EmitFinal   Emit = "FINAL"
)

// WindowKind is the kind of a window, as it is written.
type WindowKind string

// The kinds of windows.
const (
	Tumbling WindowKind = "TUMBLING"
	Hopping  WindowKind = "HOPPING"
	Session  WindowKind = "SESSION"
)

// Window is the WINDOW clause.
type Window struct {
	source.Span
	// Name is the name that may stand before the kind; it has no meaning.
	Name Name
	Kind WindowKind
	// Size is the window's length, for a session its inactivity gap.
	Size Duration
	// AdvanceBy is set for hopping windows alone.
	AdvanceBy *Duration
	// Retention and Grace are nil where absent.
	Retention, Grace *Duration
}

func (n *Query) format(p *printer) {
	p.word("SELECT")
	commas(p, slices.Values(n.Items))
	p.clause(n.From, "FROM")
	if n.Window != nil {
		n.Window.format(p)
	}
	p.condition("WHERE", n.Where)
	p.grouping("GROUP BY", n.GroupBy)
	p.grouping("PARTITION BY", n.PartitionBy)
	p.condition("HAVING", n.Having)
	p.when(n.Emit != NoEmit, "EMIT", string(n.Emit))
	p.count("LIMIT", n.Limit)
}

// condition writes a clause that is one expression, if there is one.
func (p *printer) condition(keyword string, e Expr) {
	if e != nil {
		p.clause(e, keyword)
	}
}

// grouping writes a clause that is a list of expressions, if there is one.
func (p *printer) grouping(keywords string, g *Grouping) {
	if g != nil {
		p.clause(g, keywords)
	}
}

// count writes a clause that is one number, if there is one.
func (p *printer) count(keyword string, n *Integer) {
	if n != nil {
		p.clause(n, keyword)
	}
}

// span writes a clause that is one duration, if there is one.
func (p *printer) span(keywords string, d *Duration) {
	if d != nil {
		p.clause(d, keywords)
	}
}

func (n *Single) format(p *printer) {
	n.Expr.format(p)
	p.name(n.Alias, "AS")
}

func (n *AllColumns) format(p *printer) {
	if n.Source.IsZero() {
		p.word("*")
		return
	}
	n.Source.format(p)
	p.tight(".*")
}

func (n *AllFields) format(p *printer) {
	p.operand(n.Operand, postfix)
	p.tight("->*")
}

func (n *Source) format(p *printer) {
	if n.Topic != nil {
		p.clause(n.Topic, "TOPIC")
	} else {
		n.Name.format(p)
	}
	p.name(n.Alias, "AS")
}

func (n *Join) format(p *printer) {
	n.Left.format(p)
	p.clause(n.Right, string(n.Kind))
	if n.Within != nil {
		n.Within.format(p)
	}
	p.clause(n.On, "ON")
}

func (n *Within) format(p *printer) {
	p.word("WITHIN")
	if n.Before.Value == n.After.Value && n.Before.Unit == n.After.Unit {
		n.Before.format(p)
	} else {
		brackets(p, slices.Values([]Duration{n.Before, n.After}))
	}
	p.span("GRACE PERIOD", n.Grace)
}

// format writes the list bare: an expression in it never begins with a bracket
// that encloses a comma. An empty list needs its brackets.
func (n *Grouping) format(p *printer) {
	if len(n.Exprs) == 0 {
		brackets(p, exprs(nil))
		return
	}
	p.arithmetic(n.Exprs)
}

func (n *Window) format(p *printer) {
	p.name(n.Name, "WINDOW")
	p.when(n.Name.IsZero(), "WINDOW")
	p.word(string(n.Kind), "(")
	p.tied = true
	p.when(n.Kind != Session, "SIZE")
	n.Size.format(p)
	n.part(p, "ADVANCE BY", n.AdvanceBy)
	n.part(p, "RETENTION", n.Retention)
	n.part(p, "GRACE PERIOD", n.Grace)
	p.tight(")")
}

// part writes one of the optional parts of a window.
func (n *Window) part(p *printer, keywords string, d *Duration) {
	if d != nil {
		p.tight(",")
		p.span(keywords, d)
	}
}
