package exec

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// QueryInfo is one query in a list.
type QueryInfo struct {
	Text string `json:"queryString"`
	// Sinks and Topics are what a persistent query writes, and empty otherwise.
	Sinks  []string `json:"sinks"`
	Topics []string `json:"sinkKafkaTopics"`
	ID     string   `json:"id"`
	// Status counts the processes that run the query by its state there.
	Status map[string]int `json:"statusCount"`
	Type   string         `json:"queryType"` // PERSISTENT, PUSH or PULL
	State  string         `json:"state"`     // RUNNING, PAUSED, ERROR or UNRESPONSIVE
}

// Queries is the answer of SHOW QUERIES.
type Queries struct {
	Head
	Queries []QueryInfo `json:"queries"`
}

// Blocks returns a table and a hint.
func (q *Queries) Blocks() []Block {
	table := &Table{Header: []string{"Query ID", "Query Type", "Status", "Sink Name", "Sink Kafka Topic", "Query String"}}
	for _, query := range q.Queries {
		table.Rows = append(table.Rows, []string{
			query.ID, query.Type, query.status(),
			strings.Join(query.Sinks, ","), strings.Join(query.Topics, ","), oneLine(query.Text),
		})
	}
	return []Block{{Table: table}, lines("For detailed information on a Query run: EXPLAIN <Query ID>;")}
}

// status returns how many processes run the query in which state: RUNNING:1.
func (q QueryInfo) status() string {
	parts := make([]string, 0, len(q.Status))
	for _, state := range slices.Sorted(maps.Keys(q.Status)) {
		parts = append(parts, state+":"+strconv.Itoa(q.Status[state]))
	}
	return strings.Join(parts, ",")
}

// oneLine puts a text of several lines into one.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Explanation is the answer of EXPLAIN.
type Explanation struct {
	Head
	Query *QueryDescription `json:"queryDescription"`
}

// Explanations is the answer of SHOW QUERIES EXTENDED.
type Explanations struct {
	Head
	Queries []*QueryDescription `json:"queryDescriptions"`
}

// Blocks returns those of the query.
func (e *Explanation) Blocks() []Block { return e.Query.blocks() }

// Blocks returns those of each query.
func (e *Explanations) Blocks() []Block {
	if len(e.Queries) == 0 {
		return message(noQueries)
	}
	var blocks []Block
	for i, q := range e.Queries {
		if i > 0 {
			blocks = append(blocks, lines(""))
		}
		blocks = append(blocks, q.blocks()...)
	}
	return blocks
}

// QueryDescription is all that is told about a query, which may be running or
// not. The members are those of ksqlDB's REST API.
type QueryDescription struct {
	// ID is a throw-away id if a statement is explained.
	ID   string `json:"id"`
	Text string `json:"statementText"`
	// WindowType is nil unless the results are windowed.
	WindowType *string     `json:"windowType"`
	Fields     []FieldInfo `json:"fields"`
	Sources    []string    `json:"sources"`
	Sinks      []string    `json:"sinks"`
	// Topology is empty: there is no other form of the plan than Plan.
	Topology string `json:"topology"`
	// Plan is the steps as a tree, one a line.
	Plan       string            `json:"executionPlan"`
	Overridden map[string]string `json:"overriddenProperties"`
	// HostStatus and State are empty unless the query runs.
	HostStatus map[string]string `json:"ksqlHostQueryStatus"`
	Type       string            `json:"queryType"` // PERSISTENT, PUSH or PULL
	Errors     []QueryError      `json:"queryErrors"`
	Tasks      []string          `json:"tasksMetadata"`
	// Group is empty for push and pull queries, which read without one.
	Group string `json:"consumerGroupId"`
	State string `json:"state"`
	// StartsAt is where a push or pull query starts to read, in words.
	StartsAt string `json:"startsAt,omitempty"`

	columns []columnInfo
	// guarantee is the processing.guarantee of a persistent query that is there.
	guarantee string
	faults    proclog.Count // of records, if the query runs
	progress  *progress     // of a persistent query, if it runs here
	groups    []GroupInfo   // of a persistent query
}

// QueryError is why a query has failed.
type QueryError struct {
	Time    int64  `json:"timestamp"` // ms since the epoch
	Message string `json:"errorMessage"`
	Type    string `json:"type"` // USER, SYSTEM or UNKNOWN
}

// progress is how many records a query has read and written since it was started,
// and how long that took.
type progress struct {
	read, written int64
	took          time.Duration
}

// count is a number of records and how many that makes a second.
func (p *progress) count(n int64) string {
	text := strconv.FormatInt(n, 10)
	if p.took < time.Second {
		return text
	}
	return fmt.Sprintf("%s (%.1f/s)", text, float64(n)/p.took.Seconds())
}

// blocks is the layout of EXPLAIN.
func (q *QueryDescription) blocks() []Block {
	head := []Label{{"ID", q.ID}, {"Query Type", q.Type}, {"SQL", q.Text}}
	if len(q.HostStatus) > 0 {
		head = append(head, Label{"Host Query Status", hostStatus(q.HostStatus)})
	}
	if q.StartsAt != "" {
		head = append(head, Label{"Starts at", q.StartsAt})
	}
	if q.guarantee != "" {
		head = append(head, Label{"Processing Guarantee", q.guarantee})
	}
	blocks := []Block{labels(head...), lines("")}
	if table, ok := columnTable(q.columns); ok {
		blocks = append(blocks, table)
	}
	return append(blocks, q.details()...)
}

// details returns the blocks below the columns.
func (q *QueryDescription) details() []Block {
	var blocks []Block
	if len(q.Sources) > 0 {
		blocks = append(blocks,
			lines(""),
			Block{Title: "Sources that this query reads from:", Text: q.Sources},
			lines("", "For source description please run: DESCRIBE [EXTENDED] <SourceId>"))
	}
	if len(q.Sinks) > 0 {
		blocks = append(blocks,
			lines(""),
			Block{Title: "Sinks that this query writes to:", Text: q.Sinks},
			lines("", "For sink description please run: DESCRIBE [EXTENDED] <SinkId>"))
	}
	if q.Plan != "" {
		blocks = append(blocks, lines(""), Block{Title: "Execution plan", Text: strings.Split(q.Plan, "\n")})
	}
	blocks = append(blocks, q.runtime()...)
	if len(q.Overridden) > 0 {
		table := &Table{Header: []string{"Property", "Value"}}
		for _, name := range slices.Sorted(maps.Keys(q.Overridden)) {
			table.Rows = append(table.Rows, []string{name, q.Overridden[name]})
		}
		blocks = append(blocks, lines(""), Block{Title: "Overridden Properties", Table: table})
	}
	for _, failure := range q.Errors {
		at := time.UnixMilli(failure.Time).UTC().Format(time.RFC3339)
		blocks = append(blocks, lines(""), labels(
			Label{"Error Date", at}, Label{"Error Details", failure.Message}, Label{"Error Type", failure.Type}))
	}
	return blocks
}

// runtime returns the blocks about what the query has done so far.
func (q *QueryDescription) runtime() []Block {
	var blocks []Block
	if q.progress != nil {
		blocks = append(blocks, lines(""), Block{
			Title: "Since it was started", LabelWidth: labelWidth, Labels: []Label{
				{"Records read", q.progress.count(q.progress.read)},
				{"Records written", q.progress.count(q.progress.written)},
			},
		})
	}
	blocks = append(blocks, groupBlocks(q.groups)...)
	if q.faults.Total() > q.faults.Failures { // which stand under Error Details
		blocks = append(blocks, lines(""), Block{Title: "Processing log", LabelWidth: labelWidth, Labels: faultLabels(q.faults)})
	}
	return blocks
}

// faultLabels are the counts of what went wrong; what is rare only where it happened.
func faultLabels(c proclog.Count) []Label {
	labels := []Label{
		{"Records skipped", strconv.FormatInt(c.Skipped, 10)},
		{"Expressions failed", strconv.FormatInt(c.Failed, 10)},
	}
	if c.Fields > 0 {
		labels = append(labels, Label{"Fields set to NULL", strconv.FormatInt(c.Fields, 10)})
	}
	if c.Unwritten > 0 {
		labels = append(labels, Label{"Results not written", strconv.FormatInt(c.Unwritten, 10)})
	}
	if c.Gaps > 0 {
		labels = append(labels, Label{"Gaps", strconv.FormatInt(c.Gaps, 10)})
	}
	return labels
}

// hostStatus writes a map as Java does.
func hostStatus(status map[string]string) string {
	parts := make([]string, 0, len(status))
	for _, host := range slices.Sorted(maps.Keys(status)) {
		parts = append(parts, host+"="+status[host])
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
