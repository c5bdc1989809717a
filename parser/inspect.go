package parser

import "github.com/ksqlite/ksqlite/parser/ast"

// This file parses the statements that show things.

// show reads SHOW or LIST.
func (p *parser) show() {
	if !p.accept("SHOW") {
		p.expect("LIST")
	}
}

// extended reads EXTENDED.
func (p *parser) extended() bool { return p.accept("EXTENDED") }

// kinds reads STREAMS or TABLES.
func (p *parser) kinds() ast.Kind {
	if p.accept("TABLES") {
		return ast.Table
	}
	if !p.accept("STREAMS") {
		p.fail("STREAMS", "TABLES")
	}
	return ast.Stream
}

func (p *parser) selectStatement() ast.Statement { return p.query() }

func (p *parser) listSources() ast.Statement {
	n := &ast.ListSources{Span: p.rest()}
	p.show()
	n.Kind = p.kinds()
	n.Extended = p.extended()
	return n
}

func (p *parser) listTopics() ast.Statement {
	n := &ast.ListTopics{Span: p.rest()}
	p.show()
	n.All = p.accept("ALL")
	p.expect("TOPICS")
	n.Extended = p.extended()
	return n
}

func (p *parser) listQueries() ast.Statement {
	n := &ast.ListQueries{Span: p.rest()}
	p.show()
	p.expect("QUERIES")
	n.Extended = p.extended()
	return n
}

func (p *parser) listFunctions() ast.Statement {
	n := &ast.ListFunctions{Span: p.rest()}
	p.show()
	p.expect("FUNCTIONS")
	return n
}

func (p *parser) listProperties() ast.Statement {
	n := &ast.ListProperties{Span: p.rest()}
	p.show()
	p.expect("PROPERTIES")
	return n
}

func (p *parser) listTypes() ast.Statement {
	n := &ast.ListTypes{Span: p.rest()}
	p.show()
	p.expect("TYPES")
	return n
}

func (p *parser) listVariables() ast.Statement {
	n := &ast.ListVariables{Span: p.rest()}
	p.show()
	p.expect("VARIABLES")
	return n
}

func (p *parser) listConnectors() ast.Statement {
	n := &ast.ListConnectors{Span: p.rest()}
	p.show()
	n.Kind = p.connectorKind()
	p.expect("CONNECTORS")
	return n
}

func (p *parser) listConnectorPlugins() ast.Statement {
	n := &ast.ListConnectorPlugins{Span: p.rest()}
	p.show()
	p.expect("CONNECTOR", "PLUGINS")
	return n
}

func (p *parser) describeSources() ast.Statement {
	n := &ast.DescribeSources{Span: p.rest()}
	p.expect("DESCRIBE")
	n.Kind = p.kinds()
	n.Extended = p.extended()
	return n
}

func (p *parser) describeFunction() ast.Statement {
	n := &ast.DescribeFunction{Span: p.rest()}
	p.expect("DESCRIBE", "FUNCTION")
	n.Name = p.name()
	return n
}

func (p *parser) describeConnector() ast.Statement {
	n := &ast.DescribeConnector{Span: p.rest()}
	p.expect("DESCRIBE", "CONNECTOR")
	n.Name = p.name()
	return n
}

func (p *parser) describeSource() ast.Statement {
	n := &ast.DescribeSource{Span: p.rest()}
	p.expect("DESCRIBE")
	n.Name = p.sourceName()
	n.Extended = p.extended()
	return n
}

// explain parses EXPLAIN. One name and the semicolon are a query's id, even
// where the name is a word that statements begin with.
func (p *parser) explain() ast.Statement {
	n := &ast.Explain{Span: p.rest()}
	p.expect("EXPLAIN")
	if p.tok().isName() && (p.peek(1).is(";") || p.peek(1).kind == end) {
		n.Query = p.name()
		return n
	}
	n.Statement = p.statement()
	return n
}

func (p *parser) printTopic() ast.Statement {
	n := &ast.Print{Span: p.rest()}
	p.expect("PRINT")
	n.Topic = p.topic()
	if p.accept("FROM") {
		p.expect("BEGINNING")
		n.FromBeginning = true
	}
	if p.accept("INTERVAL") || p.accept("SAMPLE") {
		n.Interval = p.whole()
	}
	n.Limit = p.limit()
	return n
}

// limit parses LIMIT n; nil if there is none.
func (p *parser) limit() *ast.Integer {
	if !p.accept("LIMIT") {
		return nil
	}
	return p.whole()
}
