package parser

import (
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

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

// selectStatement parses a query that is a statement of its own: a push query if it
// has EMIT, else a pull query.
func (p *parser) selectStatement() ast.Statement { return p.query() }

// listSources parses SHOW STREAMS [EXTENDED] and SHOW TABLES [EXTENDED].
func (p *parser) listSources() ast.Statement {
	n := &ast.ListSources{Span: p.rest()}
	p.show()
	n.Kind = p.kinds()
	n.Extended = p.extended()
	return n
}

// listTopics parses SHOW [ALL] TOPICS [EXTENDED].
func (p *parser) listTopics() ast.Statement {
	n := &ast.ListTopics{Span: p.rest()}
	p.show()
	n.All = p.accept("ALL")
	p.expect("TOPICS")
	n.Extended = p.extended()
	return n
}

// listQueries parses SHOW QUERIES [EXTENDED].
func (p *parser) listQueries() ast.Statement {
	n := &ast.ListQueries{Span: p.rest()}
	p.show()
	p.expect("QUERIES")
	n.Extended = p.extended()
	return n
}

// listFunctions parses SHOW FUNCTIONS.
func (p *parser) listFunctions() ast.Statement {
	n := &ast.ListFunctions{Span: p.rest()}
	p.show()
	p.expect("FUNCTIONS")
	return n
}

// listProperties parses SHOW PROPERTIES.
func (p *parser) listProperties() ast.Statement {
	n := &ast.ListProperties{Span: p.rest()}
	p.show()
	p.expect("PROPERTIES")
	return n
}

// listTypes parses SHOW TYPES.
func (p *parser) listTypes() ast.Statement {
	n := &ast.ListTypes{Span: p.rest()}
	p.show()
	p.expect("TYPES")
	return n
}

// listVariables parses SHOW VARIABLES.
func (p *parser) listVariables() ast.Statement {
	n := &ast.ListVariables{Span: p.rest()}
	p.show()
	p.expect("VARIABLES")
	return n
}

// listConnectors parses SHOW [SOURCE | SINK] CONNECTORS.
func (p *parser) listConnectors() ast.Statement {
	n := &ast.ListConnectors{Span: p.rest()}
	p.show()
	n.Kind = p.connectorKind()
	p.expect("CONNECTORS")
	return n
}

// listConnectorPlugins parses SHOW CONNECTOR PLUGINS.
func (p *parser) listConnectorPlugins() ast.Statement {
	n := &ast.ListConnectorPlugins{Span: p.rest()}
	p.show()
	p.expect("CONNECTOR", "PLUGINS")
	return n
}

// showCreate parses SHOW CREATE STREAM name | TABLE name | QUERY id | ALL.
func (p *parser) showCreate() ast.Statement {
	n := &ast.ShowCreate{Span: p.rest()}
	p.show()
	p.expect("CREATE")
	switch {
	case p.accept("ALL"):
		n.All = true
	case p.accept("QUERY"):
		n.Query = p.name()
	case p.accept("STREAM"):
		n.Kind, n.Name = ast.Stream, p.sourceName()
	case p.accept("TABLE"):
		n.Kind, n.Name = ast.Table, p.sourceName()
	default:
		p.fail("STREAM", "TABLE", "QUERY", "ALL")
	}
	return n
}

// describeSources parses DESCRIBE STREAMS and DESCRIBE TABLES, with [EXTENDED].
// TABLES is a free word, so a table of that name has to be quoted here.
func (p *parser) describeSources() ast.Statement {
	n := &ast.DescribeSources{Span: p.rest()}
	p.expect("DESCRIBE")
	n.Kind = p.kinds()
	n.Extended = p.extended()
	return n
}

// describeFunction parses DESCRIBE FUNCTION name.
func (p *parser) describeFunction() ast.Statement {
	n := &ast.DescribeFunction{Span: p.rest()}
	p.expect("DESCRIBE", "FUNCTION")
	n.Name = p.name()
	return n
}

// describeConnector parses DESCRIBE CONNECTOR name.
func (p *parser) describeConnector() ast.Statement {
	n := &ast.DescribeConnector{Span: p.rest()}
	p.expect("DESCRIBE", "CONNECTOR")
	n.Name = p.name()
	return n
}

// describeSource parses DESCRIBE name [EXTENDED]. It is tried after the other forms
// of DESCRIBE, whose words may be names too.
func (p *parser) describeSource() ast.Statement {
	n := &ast.DescribeSource{Span: p.rest()}
	p.expect("DESCRIBE")
	n.Name = p.sourceName()
	n.Extended = p.extended()
	return n
}

// explain parses EXPLAIN [ANALYZE | RECORD … FOR]. One name and the semicolon are a query's id, even
// where the name is a word that statements begin with, ANALYZE or RECORD.
func (p *parser) explain() ast.Statement {
	n := &ast.Explain{Span: p.rest()}
	p.expect("EXPLAIN")
	if !p.lastWord() && p.accept("RECORD") {
		return p.explainRecord(n.Span)
	}
	if !p.lastWord() {
		n.Analyze = p.accept("ANALYZE")
	}
	n.Query, n.Statement = p.queryOrStatement()
	return n
}

// explainRecord parses what follows EXPLAIN RECORD: 'topic'/partition/offset FOR. The topic
// is a string or a name.
func (p *parser) explainRecord(at source.Span) ast.Statement {
	n := &ast.ExplainRecord{Span: at}
	n.Topic = p.topic()
	p.expect("/")
	n.Partition = p.whole()
	p.expect("/")
	n.Offset = p.whole()
	p.expect("FOR")
	n.Query, n.Statement = p.queryOrStatement()
	return n
}

// summarize parses SUMMARIZE name | TOPIC topic | (query). The brackets may be left out.
func (p *parser) summarize() ast.Statement {
	n := &ast.Summarize{Span: p.rest()}
	p.expect("SUMMARIZE")
	switch {
	case p.accept("TOPIC"):
		topic := p.topic()
		n.Topic = &topic
	case p.accept("("):
		n.Query = p.query()
		p.expect(")")
	case p.at("SELECT"):
		n.Query = p.query()
	default:
		n.Name = p.sourceName()
	}
	return n
}

// lastWord reports whether a name is all that is left of the statement.
func (p *parser) lastWord() bool {
	return p.tok().isName() && (p.peek(1).is(";") || p.peek(1).kind == end && p.due == nil)
}

// queryOrStatement parses the id of a query or, if that is not all, a statement.
func (p *parser) queryOrStatement() (ast.Name, ast.Statement) {
	if p.breaksOff(0) {
		p.due.Name = true
		p.expectAt(0, "SELECT", "CREATE", "INSERT") // others have no plan
	}
	if p.lastWord() {
		return p.name(), nil
	}
	return ast.Name{}, p.statement()
}

// printTopic parses PRINT topic [FROM BEGINNING] [INTERVAL | SAMPLE n] [LIMIT n].
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
