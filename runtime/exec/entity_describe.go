package exec

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
)

// Description is the answer of DESCRIBE name.
type Description struct {
	Head
	Source *SourceDescription `json:"sourceDescription"`
}

// Descriptions is the answer of the statements that describe several sources.
type Descriptions struct {
	Head
	Sources []*SourceDescription `json:"sourceDescriptions"`
}

// Blocks returns those of the source.
func (d *Description) Blocks() []Block { return d.Source.blocks() }

// Blocks returns those of each source.
func (d *Descriptions) Blocks() []Block {
	var blocks []Block
	for i, s := range d.Sources {
		if i > 0 {
			blocks = append(blocks, lines(""))
		}
		blocks = append(blocks, s.blocks()...)
	}
	return blocks
}

// SourceDescription is all that is told about a stream or a table. The members
// and their order are those of ksqlDB's REST API; what is about the topic and its
// readers is there only if Extended.
type SourceDescription struct {
	Name string `json:"name"`
	// WindowType is nil unless the topic's keys are windowed.
	WindowType *string `json:"windowType"`
	// ReadBy and WrittenBy are persistent queries.
	ReadBy    []QueryInfo `json:"readQueries"`
	WrittenBy []QueryInfo `json:"writeQueries"`
	Fields    []FieldInfo `json:"fields"`
	Type      string      `json:"type"` // STREAM or TABLE
	// Timestamp is the column of the event time, empty for the record's own.
	Timestamp string `json:"timestamp"`
	// Statistics and Errors are for people: what the queries of this process have read
	// of the topic and written to it, and what went wrong. Empty where none runs.
	Statistics  string      `json:"statistics"`
	Errors      string      `json:"errorStats"`
	Extended    bool        `json:"extended"`
	KeyFormat   string      `json:"keyFormat"`
	ValueFormat string      `json:"valueFormat"`
	Topic       string      `json:"topic"` // or the pattern
	Partitions  int         `json:"partitions"`
	Replication int         `json:"replication"`
	Statement   string      `json:"statement"`
	Groups      []GroupInfo `json:"queryOffsetSummaries"`
	// Constraints are the sources that keep this one from being dropped.
	Constraints []string `json:"sourceConstraints"`

	// Topics are those that match the pattern; none where there is no pattern.
	Topics []string `json:"matchingTopics,omitempty"`

	columns []columnInfo // what the table of columns shows
	pattern bool
}

// columnInfo is a column in words. The role is empty for a column of the value.
type columnInfo struct{ name, typ, role string }

// newSourceDescription describes a source without its topic.
func newSourceDescription(s *catalog.Source) *SourceDescription {
	d := &SourceDescription{
		Name: s.Name, Type: s.Kind.String(), Timestamp: s.Timestamp,
		KeyFormat: s.Key.Name, ValueFormat: s.Value.Name, Topic: s.Topics(), Statement: s.Statement,
		pattern: s.Pattern != "",
		ReadBy:  []QueryInfo{}, WrittenBy: []QueryInfo{}, Groups: []GroupInfo{}, Constraints: []string{},
		Fields: sourceFields(s.Schema), columns: sourceColumns(s),
	}
	if s.Windowed() {
		d.WindowType = new(string(s.Window.Type))
	}
	return d
}

// sourceFields returns the columns for programs.
func sourceFields(schema *types.Schema) []FieldInfo {
	fields := make([]FieldInfo, 0, len(schema.Key)+len(schema.Value))
	for _, c := range schema.Key {
		fields = append(fields, FieldInfo{Name: c.Name, Schema: newTypeInfo(c.Type), Type: "KEY"})
	}
	for _, c := range schema.Value {
		field := FieldInfo{Name: c.Name, Schema: newTypeInfo(c.Type), HeaderKey: c.Header.Key}
		if !c.Header.IsZero() {
			field.Type = "HEADER"
		}
		fields = append(fields, field)
	}
	return fields
}

// sourceColumns returns the columns for people.
func sourceColumns(s *catalog.Source) []columnInfo {
	role := "(key)"
	switch {
	case s.Windowed():
		role = "(key) (Window type: " + string(s.Window.Type) + ")"
	case s.Kind == catalog.Table:
		role = "(primary key)"
	}
	var columns []columnInfo
	for _, c := range s.Schema.Key {
		columns = append(columns, columnInfo{c.Name, described(c.Type), role})
	}
	for _, c := range s.Schema.Value {
		columns = append(columns, columnInfo{c.Name, described(c.Type), headerRole(c.Header)})
	}
	return columns
}

// headerRole says which headers fill a column, "" for none.
func headerRole(h types.Header) string {
	switch {
	case h.All:
		return "(headers)"
	case h.Key != "":
		return "(header(" + ast.QuoteString(h.Key) + "))"
	}
	return ""
}

// columnTable shows columns as DESCRIBE and EXPLAIN do; ok is false if there
// are none.
func columnTable(columns []columnInfo) (b Block, ok bool) {
	table := &Table{Header: []string{"Field", "Type"}}
	for _, c := range columns {
		typ := c.typ
		if c.role != "" {
			typ = fmt.Sprintf("%-16s %s", c.typ, c.role)
		}
		table.Rows = append(table.Rows, []string{c.name, typ})
	}
	return Block{Table: table}, len(columns) > 0
}

// blocks is the layout of DESCRIBE.
func (d *SourceDescription) blocks() []Block {
	if d.Extended {
		return d.extended()
	}
	blocks := []Block{labels(Label{"Name", d.Name})}
	if table, ok := columnTable(d.columns); ok {
		blocks = append(blocks, table)
	}
	return append(blocks, lines("For runtime statistics and query details run: DESCRIBE <Stream,Table> EXTENDED;"))
}

// extended is the layout of DESCRIBE EXTENDED.
func (d *SourceDescription) extended() []Block {
	blocks := []Block{
		labels(
			Label{"Name", d.Name},
			Label{"Type", d.Type},
			Label{"Timestamp field", cmp.Or(d.Timestamp, "Not set - using <ROWTIME>")},
			Label{"Key format", d.KeyFormat},
			Label{"Value format", d.ValueFormat},
			Label{"Kafka topic", d.topicText()},
			Label{"Statement", d.Statement},
		),
		lines(""),
	}
	if table, ok := columnTable(d.columns); ok {
		blocks = append(blocks, table)
	}
	if len(d.Constraints) > 0 {
		blocks = append(blocks, lines(""),
			Block{Title: "Sources that have a DROP constraint on this source", Text: d.Constraints})
	}
	blocks = append(blocks, d.queries("read", d.ReadBy)...)
	blocks = append(blocks, d.queries("write", d.WrittenBy)...)
	if d.Statistics != "" {
		blocks = append(blocks, lines(""),
			Block{Title: "Local runtime statistics", Text: strings.Split(strings.TrimSuffix(d.Statistics+"\n"+d.Errors, "\n"), "\n")},
			lines("(Statistics of the local KSQL server interaction with the Kafka topic "+d.Topic+")"))
	}
	return append(blocks, groupBlocks(d.Groups)...)
}

// queries lists the queries that read from, or "write from", a source: ksqlDB
// says from in both cases.
func (d *SourceDescription) queries(verb string, queries []QueryInfo) []Block {
	if len(queries) == 0 {
		return nil
	}
	var text []string
	for _, q := range queries {
		text = append(text, q.ID+" ("+q.State+") : "+q.Text)
	}
	return []Block{
		lines(""),
		{Title: "Queries that " + verb + " from this " + d.Type, Text: text},
		lines("", "For query topology and execution plan please run: EXPLAIN <QueryId>"),
	}
}

// GroupInfo is how far a consumer group has read.
type GroupInfo struct {
	Group string `json:"groupId"`
	// Topics is empty as long as the group has committed nothing.
	Topics []TopicRead `json:"topicSummaries"`
}

// TopicRead is how far a group has read a topic.
type TopicRead struct {
	Topic   string          `json:"kafkaTopic"`
	Offsets []PartitionRead `json:"offsets"`
}

// PartitionRead is how far a group has read a partition, in offsets: those of the
// first record and of the next that will be written, and of the next that the
// group will read.
type PartitionRead struct {
	Partition int32 `json:"partition"`
	Start     int64 `json:"logStartOffset"`
	End       int64 `json:"logEndOffset"`
	Committed int64 `json:"consumerOffset"`
}

// lag is how many offsets the group has before it.
func (p PartitionRead) lag() int64 { return p.End - p.Committed }

// groupBlocks is the summary of the groups that read a source's topic.
func groupBlocks(groups []GroupInfo) []Block {
	if len(groups) == 0 {
		return nil
	}
	blocks := []Block{lines("", "Consumer Groups summary:")}
	for _, g := range groups {
		blocks = append(blocks, lines(""), labels(Label{"Consumer Group", g.Group}))
		if len(g.Topics) == 0 {
			blocks = append(blocks, lines("<no offsets committed by this group yet>"))
		}
		for _, t := range g.Topics {
			blocks = append(blocks, t.blocks()...)
		}
	}
	return blocks
}

// blocks shows the partitions of a topic and the largest lag among them.
func (t TopicRead) blocks() []Block {
	table := &Table{Header: []string{"Partition", "Start Offset", "End Offset", "Offset", "Lag"}}
	var most int64
	for _, p := range t.Offsets {
		most = max(most, p.lag())
		row := []string{strconv.Itoa(int(p.Partition))}
		for _, n := range []int64{p.Start, p.End, p.Committed, p.lag()} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		table.Rows = append(table.Rows, row)
	}
	return []Block{
		lines(""),
		labels(Label{"Kafka topic", t.Topic}, Label{"Max lag", strconv.FormatInt(most, 10)}),
		lines(""),
		{Table: table},
	}
}
