package parser

import "github.com/ksqlite/ksqlite/parser/ast"

// This file parses the statements that declare, change and drop things.

// createSource parses CREATE STREAM and CREATE TABLE, with or without AS. The
// forms are one function because they can be told apart late: only WITH may stand
// before AS, and that follows columns too. A source that is read-only or has
// columns has no query.
func (p *parser) createSource() ast.Statement {
	n := &ast.CreateSource{Span: p.rest()}
	p.expect("CREATE")
	n.OrReplace = p.both("OR", "REPLACE")
	n.ReadOnly = p.accept("SOURCE")
	n.Kind = p.kind()
	n.IfNotExists = p.ifNotExists()
	n.Name = p.sourceName()
	if p.at("(") {
		n.Columns = p.columns(n.Kind)
	}
	n.With = p.with()
	if n.ReadOnly || n.Columns != nil || !p.accept("AS") {
		return n
	}
	return &ast.CreateSourceAs{
		Span: n.Span, Kind: n.Kind, OrReplace: n.OrReplace, IfNotExists: n.IfNotExists,
		Name: n.Name, With: n.With, Query: p.query(),
	}
}

// columns parses a list of column definitions in brackets.
func (p *parser) columns(of ast.Kind) []ast.ColumnDef {
	var all []ast.ColumnDef
	p.bracketed(func() { all = append(all, p.column(of)) })
	return all
}

// column parses one column definition of a stream or a table. The grammar takes
// both kinds of keys for both, ksqlDB does not.
func (p *parser) column(of ast.Kind) ast.ColumnDef {
	first := p.i
	c := ast.ColumnDef{Name: p.name(), Type: p.dataType()}
	p.role(&c)
	c.Span = p.since(first)
	switch {
	case c.Role == ast.KeyColumn && of == ast.Table:
		p.refuse(c.Span, "Column %s is a 'KEY' column: please use 'PRIMARY KEY' for tables.",
			ast.Quote(c.Name.Text))
	case c.Role == ast.PrimaryKeyColumn && of == ast.Stream:
		p.refuse(c.Span, "Column %s is a 'PRIMARY KEY' column: please use 'KEY' for streams.",
			ast.Quote(c.Name.Text))
	}
	return c
}

// role parses what may follow a column's type.
func (p *parser) role(c *ast.ColumnDef) {
	first := p.i
	switch {
	case p.accept("KEY"):
		c.Role = ast.KeyColumn
	case p.accept("PRIMARY"):
		p.expect("KEY")
		c.Role = ast.PrimaryKeyColumn
	case p.accept("HEADERS"):
		c.Role = ast.HeadersColumn
	case p.accept("HEADER"):
		p.expect("(")
		c.Role, c.Header = ast.HeaderColumn, p.str().Value
		p.expect(")")
	default:
		return
	}
	c.RoleSpan = p.since(first)
}

// with parses a WITH clause; nil if there is none.
func (p *parser) with() *ast.Properties {
	first := p.i
	if !p.accept("WITH") {
		return nil
	}
	n := &ast.Properties{}
	p.bracketed(func() { n.List = append(n.List, p.property()) })
	n.Span = p.since(first)
	return n
}

// property parses name = literal; the name may be a string.
func (p *parser) property() ast.Property {
	first := p.i
	var n ast.Property
	if p.tok().kind == stringToken {
		s := p.str()
		n.Name = ast.Name{Span: s.Span, Text: s.Value, Quoted: true}
	} else {
		n.Name = p.name()
	}
	p.expect("=")
	n.Value = p.literal()
	n.Span = p.since(first)
	return n
}

// dropSource parses DROP STREAM | TABLE [IF EXISTS] name [DELETE TOPIC].
func (p *parser) dropSource() ast.Statement {
	n := &ast.DropSource{Span: p.rest()}
	p.expect("DROP")
	n.Kind = p.kind()
	n.IfExists = p.ifExists()
	n.Name = p.sourceName()
	n.DeleteTopic = p.both("DELETE", "TOPIC")
	return n
}

// alterSource parses ALTER STREAM | TABLE name ADD [COLUMN] column type, ....
func (p *parser) alterSource() ast.Statement {
	n := &ast.AlterSource{Span: p.rest()}
	p.expect("ALTER")
	n.Kind = p.kind()
	n.Name = p.sourceName()
	p.list(func() { n.Columns = append(n.Columns, p.addition()) })
	return n
}

// addition parses ADD [COLUMN] name type. COLUMN is the column's name unless a
// name and a type follow.
func (p *parser) addition() ast.ColumnDef {
	p.expect("ADD")
	first := p.i
	typed := p.peek(2).isName() || p.peek(2).is("DECIMAL") || p.breaksOff(2)
	if p.at("COLUMN") && (p.peek(1).isName() && typed || p.breaksOff(1)) {
		p.next()
		first = p.i
	}
	c := ast.ColumnDef{Name: p.name(), Type: p.dataType()}
	c.Span = p.since(first)
	return c
}

// createType parses CREATE TYPE [IF NOT EXISTS] name AS type.
func (p *parser) createType() ast.Statement {
	n := &ast.CreateType{Span: p.rest()}
	p.expect("CREATE", "TYPE")
	n.IfNotExists = p.ifNotExists()
	n.Name = p.name()
	p.expect("AS")
	n.Type = p.dataType()
	return n
}

// dropType parses DROP TYPE [IF EXISTS] name.
func (p *parser) dropType() ast.Statement {
	n := &ast.DropType{Span: p.rest()}
	p.expect("DROP", "TYPE")
	n.IfExists = p.ifExists()
	n.Name = p.name()
	return n
}

// createConnector parses CREATE SOURCE | SINK CONNECTOR [IF NOT EXISTS] name
// WITH (...). CREATE SOURCE may also begin a stream or a table.
func (p *parser) createConnector() ast.Statement {
	n := &ast.CreateConnector{Span: p.rest()}
	p.expect("CREATE")
	n.Kind = p.connectorKind()
	if n.Kind == "" {
		p.fail("SOURCE", "SINK")
	}
	p.expect("CONNECTOR")
	n.IfNotExists = p.ifNotExists()
	n.Name = p.name()
	n.With = p.with()
	if n.With == nil {
		p.fail("WITH")
	}
	return n
}

// connectorKind parses SOURCE or SINK; empty if neither is there.
func (p *parser) connectorKind() ast.ConnectorKind {
	switch {
	case p.accept("SOURCE"):
		return ast.SourceConnector
	case p.accept("SINK"):
		return ast.SinkConnector
	default:
		return ""
	}
}

// dropConnector parses DROP CONNECTOR [IF EXISTS] name.
func (p *parser) dropConnector() ast.Statement {
	n := &ast.DropConnector{Span: p.rest()}
	p.expect("DROP", "CONNECTOR")
	n.IfExists = p.ifExists()
	n.Name = p.name()
	return n
}

// insert parses INSERT INTO with values or with a query.
func (p *parser) insert() ast.Statement {
	whole := p.rest()
	p.expect("INSERT", "INTO")
	target := p.sourceName()
	if p.at("(") || p.at("VALUES") {
		n := &ast.InsertValues{Span: whole, Name: target, Columns: p.optionalNames()}
		p.expect("VALUES")
		n.Values = p.values()
		return n
	}
	n := &ast.InsertQuery{Span: whole, Name: target, With: p.with()}
	n.Query = p.query()
	return n
}

// optionalNames parses a list of names in brackets, if there is one.
func (p *parser) optionalNames() []ast.Name {
	if !p.at("(") {
		return nil
	}
	var all []ast.Name
	p.bracketed(func() { all = append(all, p.name()) })
	return all
}
