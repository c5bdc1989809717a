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

// terminate parses TERMINATE queryId and TERMINATE ALL. A transient query has an id
// in lower case, so it has to be quoted.
func (p *parser) terminate() ast.Statement {
	n := &ast.Terminate{Span: p.rest()}
	p.expect("TERMINATE")
	n.Query, n.All = p.queryID()
	return n
}

// pause parses PAUSE queryId and PAUSE ALL.
func (p *parser) pause() ast.Statement {
	n := &ast.Pause{Span: p.rest()}
	p.expect("PAUSE")
	n.Query, n.All = p.queryID()
	return n
}

// resume parses RESUME queryId and RESUME ALL.
func (p *parser) resume() ast.Statement {
	n := &ast.Resume{Span: p.rest()}
	p.expect("RESUME")
	n.Query, n.All = p.queryID()
	return n
}

// set parses SET 'property' = 'value'. Both are strings, also for numbers.
func (p *parser) set() ast.Statement {
	n := &ast.Set{Span: p.rest()}
	p.expect("SET")
	n.Property, n.Value = p.assignment()
	return n
}

// unset parses UNSET 'property'.
func (p *parser) unset() ast.Statement {
	n := &ast.Unset{Span: p.rest()}
	p.expect("UNSET")
	n.Property = p.str()
	return n
}

// alterSystem parses ALTER SYSTEM 'property' = 'value'.
func (p *parser) alterSystem() ast.Statement {
	n := &ast.AlterSystem{Span: p.rest()}
	p.expect("ALTER", "SYSTEM")
	n.Property, n.Value = p.assignment()
	return n
}

// define parses DEFINE name = 'value'. The value is a string whatever the variable
// will stand for.
func (p *parser) define() ast.Statement {
	n := &ast.Define{Span: p.rest()}
	p.expect("DEFINE")
	n.Name = p.name()
	p.expect("=")
	n.Value = p.str()
	return n
}

// undefine parses UNDEFINE name.
func (p *parser) undefine() ast.Statement {
	n := &ast.Undefine{Span: p.rest()}
	p.expect("UNDEFINE")
	n.Name = p.name()
	return n
}

// runScript parses RUN SCRIPT 'path'. Shells also have a command of that name,
// whose path has no quotes and which never comes here.
func (p *parser) runScript() ast.Statement {
	n := &ast.RunScript{Span: p.rest()}
	p.expect("RUN", "SCRIPT")
	n.Path = p.str()
	return n
}

// assertTopic parses ASSERT [NOT EXISTS] TOPIC topic [WITH (...)] [TIMEOUT n unit].
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

// assertSchema parses ASSERT [NOT EXISTS] SCHEMA [SUBJECT subject] [ID n]
// [TIMEOUT n unit]. The grammar does not mind if both subject and id are missing.
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

// assertValues parses ASSERT VALUES source [(columns)] VALUES (...), for tests only.
func (p *parser) assertValues() ast.Statement {
	n := &ast.AssertValues{Span: p.rest()}
	p.expect("ASSERT", "VALUES")
	n.Source = p.sourceName()
	n.Columns = p.optionalNames()
	p.expect("VALUES")
	n.Values = p.values()
	return n
}

// assertTombstone parses ASSERT NULL VALUES source [(columns)] KEY (...), for tests
// only.
func (p *parser) assertTombstone() ast.Statement {
	n := &ast.AssertTombstone{Span: p.rest()}
	p.expect("ASSERT", "NULL", "VALUES")
	n.Source = p.sourceName()
	n.Columns = p.optionalNames()
	p.expect("KEY")
	n.Values = p.values()
	return n
}

// assertSource parses ASSERT STREAM and ASSERT TABLE with columns and properties as
// in CREATE, for tests only.
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
