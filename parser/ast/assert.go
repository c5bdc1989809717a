package ast

import "github.com/ksqlite/ksqlite/parser/source"

// This file holds the assertions: two for scripts, and those that only ksqlDB's
// test runner knows.

// AssertTopic is ASSERT [NOT EXISTS] TOPIC: waits for a topic to be, or not to
// be, there.
type AssertTopic struct {
	source.Span
	NotExists bool
	Topic     Topic
	// With says what the topic must be like; nil where absent.
	With *Properties
	// Timeout is how long to wait; nil where absent.
	Timeout *Duration
}

// AssertSchema is ASSERT [NOT EXISTS] SCHEMA: waits for a schema in the schema
// registry, by subject, id or both.
type AssertSchema struct {
	source.Span
	NotExists bool
	// Subject, ID and Timeout are nil where absent.
	Subject *Topic
	ID      *Integer
	Timeout *Duration
}

// AssertValues is ASSERT VALUES source (columns) VALUES (...): the next row of
// the source is this one.
type AssertValues struct {
	source.Span
	Source Name
	// Columns is empty where no list was written.
	Columns []Name
	Values  []Expr
}

// AssertTombstone is ASSERT NULL VALUES source (columns) KEY (...): the next
// record of the source has this key and no value.
type AssertTombstone struct {
	source.Span
	Source Name
	// Columns is empty where no list was written.
	Columns []Name
	Values  []Expr
}

// AssertSource is ASSERT STREAM or TABLE: the source is declared like this.
type AssertSource struct {
	source.Span
	Kind    Kind
	Name    Name
	Columns []ColumnDef
	// With is nil where absent.
	With *Properties
}

func (*AssertTopic) statement()     {}
func (*AssertSchema) statement()    {}
func (*AssertValues) statement()    {}
func (*AssertTombstone) statement() {}
func (*AssertSource) statement()    {}

// absent returns the words NOT EXISTS if they were written.
func absent(yes bool) string {
	if yes {
		return "NOT EXISTS"
	}
	return ""
}

func (n *AssertTopic) format(p *printer) {
	p.word("ASSERT", absent(n.NotExists))
	p.clause(n.Topic, "TOPIC")
	p.with(n.With)
	p.span("TIMEOUT", n.Timeout)
}

func (n *AssertSchema) format(p *printer) {
	p.word("ASSERT", absent(n.NotExists), "SCHEMA")
	if n.Subject != nil {
		p.clause(n.Subject, "SUBJECT")
	}
	p.count("ID", n.ID)
	p.span("TIMEOUT", n.Timeout)
}

func (n *AssertValues) format(p *printer) {
	p.clause(n.Source, "ASSERT VALUES")
	p.names(n.Columns)
	p.word("VALUES")
	p.values(n.Values)
}

func (n *AssertTombstone) format(p *printer) {
	p.clause(n.Source, "ASSERT NULL VALUES")
	p.names(n.Columns)
	p.word("KEY")
	p.values(n.Values)
}

func (n *AssertSource) format(p *printer) {
	p.word("ASSERT", n.Kind.String())
	n.Name.format(p)
	p.columns(n.Columns)
	p.with(n.With)
}
