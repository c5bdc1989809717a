package ast

import (
	"slices"

	"github.com/ksqlite/ksqlite/parser/source"
)

// This file holds the statements that show things and change nothing.

// ListSources is SHOW STREAMS or SHOW TABLES.
type ListSources struct {
	source.Span
	Kind Kind
	// Extended asks for all that is known of each.
	Extended bool
}

// ListTopics is SHOW [ALL] TOPICS.
type ListTopics struct {
	source.Span
	// All adds hidden and internal topics, Extended the consumers of each.
	All      bool
	Extended bool
}

// ListQueries is SHOW QUERIES.
type ListQueries struct {
	source.Span
	Extended bool
}

// ListFunctions is SHOW FUNCTIONS.
type ListFunctions struct{ source.Span }

// ListProperties is SHOW PROPERTIES.
type ListProperties struct{ source.Span }

// ListTypes is SHOW TYPES.
type ListTypes struct{ source.Span }

// ListVariables is SHOW VARIABLES.
type ListVariables struct{ source.Span }

// ListConnectors is SHOW [SOURCE | SINK] CONNECTORS.
type ListConnectors struct {
	source.Span
	// Kind is empty for all connectors.
	Kind ConnectorKind
}

// ListConnectorPlugins is SHOW CONNECTOR PLUGINS.
type ListConnectorPlugins struct{ source.Span }

// ShowCreate is SHOW CREATE: the statements that make a source or a query anew, or
// all there is.
type ShowCreate struct {
	source.Span
	// Kind is that of the source called Name; zero for a query or all.
	Kind Kind
	Name Name
	// Query is the id of a persistent query, absent for a source or all.
	Query Name
	All   bool
}

// DescribeSource is DESCRIBE name.
type DescribeSource struct {
	source.Span
	Name     Name
	Extended bool
}

// DescribeSources is DESCRIBE STREAMS or DESCRIBE TABLES: all of them, each as
// DescribeSource has it.
type DescribeSources struct {
	source.Span
	Kind     Kind
	Extended bool
}

// DescribeFunction is DESCRIBE FUNCTION name.
type DescribeFunction struct {
	source.Span
	Name Name
}

// DescribeConnector is DESCRIBE CONNECTOR name.
type DescribeConnector struct {
	source.Span
	Name Name
}

// Explain is EXPLAIN [ANALYZE] of a running query or of a statement: one of the two is
// set.
type Explain struct {
	source.Span
	// Query is the id of a running query.
	Query Name
	// Statement is what to explain without running it.
	Statement Statement
	// Analyze asks for what each step of the query has done so far.
	Analyze bool
}

// ExplainRecord is EXPLAIN RECORD topic/partition/offset FOR a query or a statement: one
// of the two is set.
type ExplainRecord struct {
	source.Span
	Topic             Topic
	Partition, Offset *Integer
	// Query is the id of a query.
	Query Name
	// Statement is a query that is not executed.
	Statement Statement
}

// Summarize is SUMMARIZE: what the values of a stream or table, a topic or a query's result are
// like. One of the three is set.
type Summarize struct {
	source.Span
	Name  Name
	Topic *Topic
	Query *Query
}

// Print is PRINT topic: the raw records of a topic.
type Print struct {
	source.Span
	Topic Topic
	// FromBeginning prints what is there already, not only what comes.
	FromBeginning bool
	// Interval prints every n-th record only; Limit ends after n records.
	// Both are nil where absent.
	Interval, Limit *Integer
}

func (*ListSources) statement()          {}
func (*ListTopics) statement()           {}
func (*ListQueries) statement()          {}
func (*ListFunctions) statement()        {}
func (*ListProperties) statement()       {}
func (*ListTypes) statement()            {}
func (*ListVariables) statement()        {}
func (*ListConnectors) statement()       {}
func (*ListConnectorPlugins) statement() {}
func (*ShowCreate) statement()           {}
func (*DescribeSource) statement()       {}
func (*DescribeSources) statement()      {}
func (*DescribeFunction) statement()     {}
func (*DescribeConnector) statement()    {}
func (*Explain) statement()              {}
func (*ExplainRecord) statement()        {}
func (*Summarize) statement()            {}
func (*Print) statement()                {}

// extended returns the word EXTENDED if it was written.
func extended(yes bool) string {
	if yes {
		return "EXTENDED"
	}
	return ""
}

func (n *ListSources) format(p *printer) {
	p.word("SHOW", n.Kind.String()+"S", extended(n.Extended))
}

func (n *ListTopics) format(p *printer) {
	p.word("SHOW")
	p.when(n.All, "ALL")
	p.word("TOPICS", extended(n.Extended))
}

func (n *ListQueries) format(p *printer) { p.word("SHOW QUERIES", extended(n.Extended)) }

func (*ListFunctions) format(p *printer) { p.word("SHOW FUNCTIONS") }

func (*ListProperties) format(p *printer) { p.word("SHOW PROPERTIES") }

func (*ListTypes) format(p *printer) { p.word("SHOW TYPES") }

func (*ListVariables) format(p *printer) { p.word("SHOW VARIABLES") }

func (n *ListConnectors) format(p *printer) { p.word("SHOW", string(n.Kind), "CONNECTORS") }

func (*ListConnectorPlugins) format(p *printer) { p.word("SHOW CONNECTOR PLUGINS") }

func (n *ShowCreate) format(p *printer) {
	p.word("SHOW CREATE")
	switch {
	case n.All:
		p.word("ALL")
	case n.Kind != 0:
		p.clause(n.Name, n.Kind.String())
	default:
		p.clause(n.Query, "QUERY")
	}
}

func (n *DescribeSource) format(p *printer) {
	p.clause(n.Name, "DESCRIBE")
	p.word(extended(n.Extended))
}

func (n *DescribeSources) format(p *printer) {
	p.word("DESCRIBE", n.Kind.String()+"S", extended(n.Extended))
}

func (n *DescribeFunction) format(p *printer) { p.clause(n.Name, "DESCRIBE FUNCTION") }

func (n *DescribeConnector) format(p *printer) { p.clause(n.Name, "DESCRIBE CONNECTOR") }

func (n *Explain) format(p *printer) {
	words := "EXPLAIN"
	if n.Analyze {
		words = "EXPLAIN ANALYZE"
	}
	if n.Statement != nil {
		p.clause(n.Statement, words)
		return
	}
	p.clause(n.Query, words)
}

func (n *Summarize) format(p *printer) {
	p.word("SUMMARIZE")
	switch {
	case n.Topic != nil:
		p.clause(n.Topic, "TOPIC")
	case n.Query != nil:
		brackets(p, slices.Values([]Node{n.Query}))
	default:
		n.Name.format(p)
	}
}

func (n *ExplainRecord) format(p *printer) {
	p.word("EXPLAIN RECORD", QuoteString(n.Topic.Text))
	for _, part := range []*Integer{n.Partition, n.Offset} {
		p.open("/")
		p.clause(part)
	}
	if n.Statement != nil {
		p.clause(n.Statement, "FOR")
		return
	}
	p.clause(n.Query, "FOR")
}

func (n *Print) format(p *printer) {
	p.clause(n.Topic, "PRINT")
	p.when(n.FromBeginning, "FROM BEGINNING")
	p.count("INTERVAL", n.Interval)
	p.count("LIMIT", n.Limit)
}
