package parser

import "github.com/ksqlite/ksqlite/parser/ast"

// This file parses the statements that control queries and the session, and
// assertions.

// queryID parses the id of a query, or ALL.
func (p *parser) queryID() (id ast.Name, all bool) {
	if p.accept("ALL") {
		return ast.Name{}, true
	}
	return p.name(), false
}

// assignment parses 'property' = 'value'.
func (p *parser) assignment() (property, value *ast.String) {
	property = p.str()
	p.expect("=")
	return property, p.str()
}

func (p *parser) terminate() ast.Statement {
	n := &ast.Terminate{Span: p.rest()}
	p.expect("TERMINATE")
	n.Query, n.All = p.queryID()
	return n
}

func (p *parser) pause() ast.Statement {
	n := &ast.Pause{Span: p.rest()}
	p.expect("PAUSE")
	n.Query, n.All = p.queryID()
	return n
}

func (p *parser) resume() ast.Statement {
	n := &ast.Resume{Span: p.rest()}
	p.expect("RESUME")
	n.Query, n.All = p.queryID()
	return n
}

func (p *parser) set() ast.Statement {
	n := &ast.Set{Span: p.rest()}
	p.expect("SET")
	n.Property, n.Value = p.assignment()
	return n
}

func (p *parser) unset() ast.Statement {
	n := &ast.Unset{Span: p.rest()}
	p.expect("UNSET")
	n.Property = p.str()
	return n
}

func (p *parser) alterSystem() ast.Statement {
	n := &ast.AlterSystem{Span: p.rest()}
	p.expect("ALTER", "SYSTEM")
	n.Property, n.Value = p.assignment()
	return n
}

func (p *parser) define() ast.Statement {
	n := &ast.Define{Span: p.rest()}
	p.expect("DEFINE")
	n.Name = p.name()
	p.expect("=")
	n.Value = p.str()
	return n
}

func (p *parser) undefine() ast.Statement {
	n := &ast.Undefine{Span: p.rest()}
	p.expect("UNDEFINE")
	n.Name = p.name()
	return n
}

func (p *parser) runScript() ast.Statement {
	n := &ast.RunScript{Span: p.rest()}
	p.expect("RUN", "SCRIPT")
	n.Path = p.str()
	return n
}

func (p *parser) assertTopic() ast.Statement {
	n := &ast.AssertTopic{Span: p.rest()}
	p.expect("ASSERT")
	n.NotExists = p.both("NOT", "EXISTS")
	p.expect("TOPIC")
	n.Topic = p.topic()
	n.With = p.with()
	n.Timeout = p.timeout()
	return n
}

func (p *parser) assertSchema() ast.Statement {
	n := &ast.AssertSchema{Span: p.rest()}
	p.expect("ASSERT")
	n.NotExists = p.both("NOT", "EXISTS")
	p.expect("SCHEMA")
	if p.accept("SUBJECT") {
		subject := p.topic()
		n.Subject = &subject
	}
	if p.accept("ID") {
		n.ID = p.whole()
	}
	n.Timeout = p.timeout()
	return n
}

// timeout parses TIMEOUT n unit; nil if there is none.
func (p *parser) timeout() *ast.Duration {
	if !p.accept("TIMEOUT") {
		return nil
	}
	return p.durationPointer()
}

func (p *parser) assertValues() ast.Statement {
	n := &ast.AssertValues{Span: p.rest()}
	p.expect("ASSERT", "VALUES")
	n.Source = p.sourceName()
	n.Columns = p.optionalNames()
	p.expect("VALUES")
	n.Values = p.values()
	return n
}

func (p *parser) assertTombstone() ast.Statement {
	n := &ast.AssertTombstone{Span: p.rest()}
	p.expect("ASSERT", "NULL", "VALUES")
	n.Source = p.sourceName()
	n.Columns = p.optionalNames()
	p.expect("KEY")
	n.Values = p.values()
	return n
}

func (p *parser) assertSource() ast.Statement {
	n := &ast.AssertSource{Span: p.rest()}
	p.expect("ASSERT")
	n.Kind = p.kind()
	n.Name = p.sourceName()
	if p.at("(") {
		n.Columns = p.columns(n.Kind)
	}
	n.With = p.with()
	return n
}
