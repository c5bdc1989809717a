package ast

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file holds the statements that declare, change and fill things.

// CreateSource is CREATE STREAM or TABLE over a topic.
type CreateSource struct {
	source.Span
	Kind Kind
	// OrReplace is set by OR REPLACE.
	OrReplace bool
	// ReadOnly is set by the word SOURCE: nothing may be written to it, and a
	// table is materialized so that pull queries work on it.
	ReadOnly bool
	// IfNotExists is set by IF NOT EXISTS: an existing name is no error.
	IfNotExists bool
	Name        Name
	// Columns may be empty: the schema is then found elsewhere.
	Columns []ColumnDef
	// With is nil where absent.
	With *Properties
}

// CreateSourceAs is CREATE STREAM or TABLE ... AS query: a persistent query and
// the source it writes.
type CreateSourceAs struct {
	source.Span
	Kind Kind
	// OrReplace and IfNotExists are as in CreateSource.
	OrReplace   bool
	IfNotExists bool
	Name        Name
	// With is nil where absent.
	With  *Properties
	Query *Query
}

// DropSource is DROP STREAM or TABLE.
type DropSource struct {
	source.Span
	Kind Kind
	// IfExists is set by IF EXISTS: an unknown name is no error.
	IfExists bool
	Name     Name
	// DeleteTopic is set by DELETE TOPIC.
	DeleteTopic bool
}

// AlterSource is ALTER STREAM or TABLE name ADD column, ....
type AlterSource struct {
	source.Span
	Kind Kind
	Name Name
	// Columns are the ones to add; their role is ValueColumn.
	Columns []ColumnDef
}

// CreateType is CREATE TYPE name AS type.
type CreateType struct {
	source.Span
	// IfNotExists is set by IF NOT EXISTS: an existing name is no error.
	IfNotExists bool
	Name        Name
	Type        *Type
}

// DropType is DROP TYPE.
type DropType struct {
	source.Span
	IfExists bool
	Name     Name
}

// ConnectorKind tells which way a connector moves data, as it is written; the
// zero value stands for both.
type ConnectorKind string

// The kinds of connectors.
const (
	SourceConnector ConnectorKind = "SOURCE"
	SinkConnector   ConnectorKind = "SINK"
)

// CreateConnector is CREATE SOURCE or SINK CONNECTOR.
type CreateConnector struct {
	source.Span
	Kind        ConnectorKind
	IfNotExists bool
	Name        Name
	With        *Properties
}

// DropConnector is DROP CONNECTOR.
type DropConnector struct {
	source.Span
	IfExists bool
	Name     Name
}

// InsertValues is INSERT INTO name VALUES (...): one row, written at once.
type InsertValues struct {
	source.Span
	Name Name
	// Columns is empty where no list was written: all columns, in order.
	Columns []Name
	// Values may be empty as far as the grammar goes, and may name columns,
	// which mean nothing here.
	Values []Expr
}

// InsertQuery is INSERT INTO name query: a persistent query that writes to a
// source made before.
type InsertQuery struct {
	source.Span
	Name Name
	// With may give the query's id; nil where absent.
	With  *Properties
	Query *Query
}

func (*Query) statement()           {}
func (*CreateSource) statement()    {}
func (*CreateSourceAs) statement()  {}
func (*DropSource) statement()      {}
func (*AlterSource) statement()     {}
func (*CreateType) statement()      {}
func (*DropType) statement()        {}
func (*CreateConnector) statement() {}
func (*DropConnector) statement()   {}
func (*InsertValues) statement()    {}
func (*InsertQuery) statement()     {}

func (n *CreateSource) format(p *printer) {
	p.word("CREATE")
	p.when(n.OrReplace, "OR REPLACE")
	p.when(n.ReadOnly, "SOURCE")
	p.word(n.Kind.String())
	p.when(n.IfNotExists, "IF NOT EXISTS")
	n.Name.format(p)
	p.columns(n.Columns)
	p.with(n.With)
}

func (n *CreateSourceAs) format(p *printer) {
	p.word("CREATE")
	p.when(n.OrReplace, "OR REPLACE")
	p.word(n.Kind.String())
	p.when(n.IfNotExists, "IF NOT EXISTS")
	n.Name.format(p)
	p.with(n.With)
	p.clause(n.Query, "AS")
}

func (n *DropSource) format(p *printer) {
	p.word("DROP", n.Kind.String())
	p.when(n.IfExists, "IF EXISTS")
	n.Name.format(p)
	p.when(n.DeleteTopic, "DELETE TOPIC")
}

func (n *AlterSource) format(p *printer) {
	p.word("ALTER", n.Kind.String())
	n.Name.format(p)
	for i, c := range n.Columns {
		if i > 0 {
			p.tight(",")
		}
		p.clause(c, "ADD COLUMN")
	}
}

func (n *CreateType) format(p *printer) {
	p.word("CREATE TYPE")
	p.when(n.IfNotExists, "IF NOT EXISTS")
	n.Name.format(p)
	p.clause(n.Type, "AS")
}

func (n *DropType) format(p *printer) {
	p.word("DROP TYPE")
	p.when(n.IfExists, "IF EXISTS")
	n.Name.format(p)
}

func (n *CreateConnector) format(p *printer) {
	p.word("CREATE", string(n.Kind), "CONNECTOR")
	p.when(n.IfNotExists, "IF NOT EXISTS")
	n.Name.format(p)
	p.with(n.With)
}

func (n *DropConnector) format(p *printer) {
	p.word("DROP CONNECTOR")
	p.when(n.IfExists, "IF EXISTS")
	n.Name.format(p)
}

func (n *InsertValues) format(p *printer) {
	p.clause(n.Name, "INSERT INTO")
	p.names(n.Columns)
	p.word("VALUES")
	p.values(n.Values)
}

func (n *InsertQuery) format(p *printer) {
	p.clause(n.Name, "INSERT INTO")
	p.with(n.With)
	n.Query.format(p)
}

// names writes a list of names in brackets, if there is one.
func (p *printer) names(list []Name) {
	if len(list) > 0 {
		brackets(p, slices.Values(list))
	}
}
