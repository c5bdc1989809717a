package ast

import "github.com/ksqlite/ksqlite/parser/source"

// This file holds the statements that control queries and the session.

// Terminate is TERMINATE queryId, or TERMINATE ALL.
type Terminate struct {
	source.Span
	// Query is absent if All is set.
	Query Name
	All   bool
}

// Pause is PAUSE queryId, or PAUSE ALL.
type Pause struct {
	source.Span
	// Query is absent if All is set.
	Query Name
	All   bool
}

// Resume is RESUME queryId, or RESUME ALL.
type Resume struct {
	source.Span
	// Query is absent if All is set.
	Query Name
	All   bool
}

// Set is SET 'property' = 'value': a property of the session, for the
// statements after it.
type Set struct {
	source.Span
	Property, Value *String
}

// Unset is UNSET 'property'.
type Unset struct {
	source.Span
	Property *String
}

// AlterSystem is ALTER SYSTEM 'property' = 'value'.
type AlterSystem struct {
	source.Span
	Property, Value *String
}

// Define is DEFINE name = 'value': a variable of the session, put into the text
// of the statements after it where they say ${name}.
type Define struct {
	source.Span
	Name  Name
	Value *String
}

// Undefine is UNDEFINE name.
type Undefine struct {
	source.Span
	Name Name
}

// RunScript is RUN SCRIPT 'path'.
type RunScript struct {
	source.Span
	Path *String
}

func (*Terminate) statement()   {}
func (*Pause) statement()       {}
func (*Resume) statement()      {}
func (*Set) statement()         {}
func (*Unset) statement()       {}
func (*AlterSystem) statement() {}
func (*Define) statement()      {}
func (*Undefine) statement()    {}
func (*RunScript) statement()   {}

// query writes the id of a query, or ALL.
func (p *printer) query(id Name, all bool) {
	p.name(id)
	p.when(all, "ALL")
}

// assignment writes 'property' = 'value'.
func (p *printer) assignment(property, value Node) {
	property.format(p)
	p.clause(value, "=")
}

func (n *Terminate) format(p *printer) {
	p.word("TERMINATE")
	p.query(n.Query, n.All)
}

func (n *Pause) format(p *printer) {
	p.word("PAUSE")
	p.query(n.Query, n.All)
}

func (n *Resume) format(p *printer) {
	p.word("RESUME")
	p.query(n.Query, n.All)
}

func (n *Set) format(p *printer) {
	p.word("SET")
	p.assignment(n.Property, n.Value)
}

func (n *Unset) format(p *printer) { p.clause(n.Property, "UNSET") }

func (n *AlterSystem) format(p *printer) {
	p.word("ALTER SYSTEM")
	p.assignment(n.Property, n.Value)
}

func (n *Define) format(p *printer) {
	p.word("DEFINE")
	p.assignment(n.Name, n.Value)
}

func (n *Undefine) format(p *printer) { p.clause(n.Name, "UNDEFINE") }

func (n *RunScript) format(p *printer) { p.clause(n.Path, "RUN SCRIPT") }
