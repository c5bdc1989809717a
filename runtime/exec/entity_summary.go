package exec

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/summary"
)

// Summary is the answer of SUMMARIZE.
type Summary struct {
	Head
	// Name is the stream, table or topic, or the text of the query.
	Name string `json:"name"`
	// Records are those of the topics or, of a query, its rows: of a table those that are left in the
	// end. Tombstones are records without a value; a query has none.
	Records    int64 `json:"records"`
	Tombstones int64 `json:"tombstones"`
	// Skipped are records that cannot be decoded.
	Skipped int64 `json:"skipped"`
	// Complete says that everything was read that was there when the statement began.
	Complete bool            `json:"complete"`
	Topic    *TopicSummary   `json:"topic,omitempty"` // nil for a query
	Columns  []ColumnSummary `json:"columns"`
}

// TopicSummary is what records are like on the cluster. Sizes are in bytes, uncompressed; times in ms since the
// epoch.
type TopicSummary struct {
	NullKeys   int64 `json:"nullKeys"`
	KeyBytes   int64 `json:"keyBytes"`
	ValueBytes int64 `json:"valueBytes"`
	Largest    int64 `json:"largestRecordBytes"`
	// Skew is how much larger the largest partition is than the average one.
	Skew float64 `json:"skew"`
	// Time is nil if no record has a time.
	Time       *TimeSummary       `json:"time,omitempty"`
	Partitions []PartitionSummary `json:"partitions"`
	// Keys and Values are what they are encoded as, the most frequent first.
	Keys   []ValueCount `json:"keys"`
	Values []ValueCount `json:"values"`
}

// TimeSummary is the event times of records, in ms.
type TimeSummary struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
	// Late are records behind a later one of their partition, at most by Lateness.
	Late     int64 `json:"late"`
	Lateness int64 `json:"maxLateness"`
}

// PartitionSummary is one partition of a topic.
type PartitionSummary struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Start     int64  `json:"startOffset"`
	End       int64  `json:"endOffset"`
	Records   int64  `json:"records"`
	Bytes     int64  `json:"bytes"`
}

// ColumnSummary is a column, or a field in one.
type ColumnSummary struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Count int64  `json:"count"`
	Nulls int64  `json:"nulls"`
	// Distinct is nil for a STRUCT, whose fields are columns of their own. Estimated says that it is no
	// exact number.
	Distinct  *int64 `json:"distinct,omitempty"`
	Estimated bool   `json:"distinctEstimated,omitempty"`
	// Min and Max are nil for types without an order, and where all is NULL.
	Min *string      `json:"min,omitempty"`
	Max *string      `json:"max,omitempty"`
	Top []ValueCount `json:"top,omitempty"`
}

// ValueCount is a value and how often it came: at least Count and at most AtMost times.
type ValueCount struct {
	Value  string `json:"value"`
	Count  int64  `json:"count"`
	AtMost int64  `json:"atMost"`
}

const (
	// mostTop is how many of the frequent values are told.
	mostTop = 5
	// mostKinds is how many of the kinds of keys and values are told.
	mostKinds = 10
	// shownTop, shownText and shownPartitions are how much of it a terminal shows.
	shownTop, shownText, shownPartitions = 3, 24, 32
)

func newSummary(name string, src *catalog.Source, r *reading, complete bool) *Summary {
	s := &Summary{Head: Head{Type: "summary"}, Name: name, Complete: complete, Skipped: r.skipped, Columns: []ColumnSummary{}}
	for i, c := range r.columns.All() {
		s.Columns = append(s.Columns, newColumnSummary(c))
		if src != nil && i < len(src.Schema.Key) && src.Schema.Key[i].Name == c.Path {
			s.Columns[i].Type += " KEY"
		}
	}
	if t := r.topic; t != nil {
		s.Records, s.Tombstones = t.Records, t.Tombstones
		s.Topic = newTopicSummary(t)
	}
	return s
}

func newColumnSummary(c *summary.Column) ColumnSummary {
	s := ColumnSummary{Name: c.Path, Type: briefType(c.Type), Count: c.Count, Nulls: c.Nulls}
	if n, exact := c.Distinct(); n > 0 || exact {
		s.Distinct, s.Estimated = &n, !exact
	}
	if least, most, ok := c.Extremes(); ok {
		s.Min, s.Max = &least, &most
	}
	s.Top = counts(c.Frequent(mostTop))
	return s
}

// counts leaves out values of which is only known that they came: they are no more frequent than others.
func counts(list []summary.Frequent) []ValueCount {
	var all []ValueCount
	for _, f := range list {
		if f.Count > 1 || f.Count == f.AtMost {
			all = append(all, ValueCount{Value: f.Text, Count: f.Count, AtMost: f.AtMost})
		}
	}
	return all
}

func newTopicSummary(t *summary.Topic) *TopicSummary {
	s := &TopicSummary{
		NullKeys: t.NullKeys, KeyBytes: t.KeyBytes, ValueBytes: t.ValueBytes, Largest: t.Largest, Skew: t.Skew(),
		Partitions: []PartitionSummary{},
	}
	if t.Timed > 0 {
		s.Time = &TimeSummary{First: t.First, Last: t.Last, Late: t.Late, Lateness: t.Lateness}
	}
	for _, p := range t.Partitions {
		s.Partitions = append(s.Partitions, PartitionSummary{
			Topic: p.Topic, Partition: p.ID, Start: p.Start, End: p.End, Records: p.Records, Bytes: p.Bytes,
		})
	}
	keys, values := t.Kinds(mostKinds)
	s.Keys, s.Values = counts(keys), counts(values)
	return s
}

// Blocks returns what the records are like as a whole, then the columns.
func (s *Summary) Blocks() []Block {
	blocks := s.whole()
	if len(s.Columns) > 0 {
		table := &Table{Header: []string{"Column", "Type", "Count", "NULLs", "Distinct", "Min", "Max", "Most frequent"}}
		for _, c := range s.Columns {
			table.Rows = append(table.Rows, c.row())
		}
		blocks = append(blocks, lines(""), Block{Table: table})
	}
	return append(blocks, s.unfinished()...)
}

// Fields returns the columns, with the most frequent value of each; what the records are like as a whole stands beside.
func (s *Summary) Fields() (table *Fields, beside []Block) {
	table = &Fields{Header: []string{"Column", "Type", "Count", "NULLs", "Distinct", "Estimated", "Min", "Max", "Most frequent", "Times"}}
	for _, c := range s.Columns {
		row := []*string{&c.Name, &c.Type, decimal(c.Count), decimal(c.Nulls), nil, nil, c.Min, c.Max, nil, nil}
		if c.Distinct != nil {
			row[4], row[5] = decimal(*c.Distinct), new(strconv.FormatBool(c.Estimated))
		}
		if len(c.Top) > 0 {
			row[8], row[9] = &c.Top[0].Value, decimal(c.Top[0].Count)
		}
		table.Rows = append(table.Rows, row)
	}
	return table, append(s.whole(), s.unfinished()...)
}

func decimal(n int64) *string { return new(strconv.FormatInt(n, 10)) }

// unfinished says that there was more to be read.
func (s *Summary) unfinished() []Block {
	if s.Complete {
		return nil
	}
	return []Block{lines("Stopped before the end: this is what was read so far.")}
}

// whole is what the records are like as a whole.
func (s *Summary) whole() []Block {
	head := []Label{{"Name", s.Name}}
	what := "Records"
	if s.Topic == nil {
		what = "Rows"
	}
	head = append(head, Label{what, strconv.FormatInt(s.Records, 10)})
	if s.Tombstones > 0 {
		head = append(head, Label{"Tombstones", strconv.FormatInt(s.Tombstones, 10)})
	}
	if s.Skipped > 0 {
		head = append(head, Label{"Not decoded", strconv.FormatInt(s.Skipped, 10)})
	}
	if s.Topic != nil {
		head = append(head, s.Topic.labels(s.Records)...)
	}
	blocks := []Block{labels(head...)}
	if s.Topic != nil {
		blocks = append(blocks, s.Topic.blocks()...)
	}
	return blocks
}

// labels are the numbers about that many records.
func (t *TopicSummary) labels(records int64) []Label {
	list := []Label{{"Partitions", strconv.Itoa(len(t.Partitions))}}
	if records == 0 {
		return list
	}
	list = append(list,
		Label{"Size", fmt.Sprintf("%s: keys %s, values %s", display.Bytes(t.KeyBytes+t.ValueBytes), display.Bytes(t.KeyBytes), display.Bytes(t.ValueBytes))},
		Label{"Size of a record", fmt.Sprintf("%s on average, %s at most", display.Bytes((t.KeyBytes+t.ValueBytes)/records), display.Bytes(t.Largest))},
	)
	if t.NullKeys > 0 {
		list = append(list, Label{"Without a key", strconv.FormatInt(t.NullKeys, 10)})
	}
	if len(t.Partitions) > 1 {
		list = append(list, Label{"Skew", fmt.Sprintf("%.2f: the largest partition to the average one", t.Skew)})
	}
	if t.Time != nil {
		list = append(list, Label{"Event time", display.Instant(t.Time.First) + " to " + display.Instant(t.Time.Last)})
		late := "none"
		if t.Time.Late > 0 {
			late = fmt.Sprintf("%d, at most by %s", t.Time.Late, time.Duration(t.Time.Lateness)*time.Millisecond)
		}
		list = append(list, Label{"Late", late})
	}
	return list
}

// blocks are the tables of partitions and kinds.
func (t *TopicSummary) blocks() []Block {
	kinds := &Table{Header: []string{"Side", "Kind", "Records"}}
	for _, side := range []struct {
		name string
		list []ValueCount
	}{{"key", t.Keys}, {"value", t.Values}} {
		for _, k := range side.list {
			kinds.Rows = append(kinds.Rows, []string{side.name, k.Value, k.count()})
		}
	}
	var blocks []Block
	if len(kinds.Rows) > 0 {
		blocks = append(blocks, lines(""), Block{Table: kinds})
	}
	if n := len(t.Partitions); n < 2 || n > shownPartitions {
		return blocks
	}
	partitions := &Table{Header: []string{"Topic", "Partition", "Offsets", "Records", "Size"}}
	for _, p := range t.Partitions {
		partitions.Rows = append(partitions.Rows, []string{
			p.Topic, strconv.Itoa(int(p.Partition)), fmt.Sprintf("%d to %d", p.Start, p.End),
			strconv.FormatInt(p.Records, 10), display.Bytes(p.Bytes),
		})
	}
	return append(blocks, lines(""), Block{Table: partitions})
}

// row is the line of a column in the table.
func (c *ColumnSummary) row() []string {
	distinct, least, most := "", "", ""
	if c.Distinct != nil {
		distinct = strconv.FormatInt(*c.Distinct, 10)
		if c.Estimated {
			distinct = "~" + distinct
		}
	}
	if c.Min != nil {
		least, most = brief(*c.Min), brief(*c.Max)
	}
	return []string{
		c.Name, c.Type, strconv.FormatInt(c.Count, 10), strconv.FormatInt(c.Nulls, 10), distinct, least, most, c.frequent(),
	}
}

// frequent is as many of the frequent values as there is room for, but one at least.
func (c *ColumnSummary) frequent() string {
	text := ""
	for i, v := range c.Top[:min(shownTop, len(c.Top))] {
		one := brief(v.Value) + " (" + v.count() + ")"
		if i > 0 {
			one = ", " + one
		}
		if i > 0 && utf8.RuneCountInString(text+one) > 2*shownText {
			break
		}
		text += one
	}
	return text
}

// count is how often a value came; ~ is before a number that may be too small.
func (v ValueCount) count() string {
	if v.Count < v.AtMost {
		return "~" + strconv.FormatInt(v.Count, 10)
	}
	return strconv.FormatInt(v.Count, 10)
}

// onOneLine shows what would break the line of a value as terminals are shown it.
var onOneLine = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`)

// brief is the beginning of a text, on one line.
func brief(text string) string {
	text = onOneLine.Replace(text)
	if runes := []rune(text); len(runes) > shownText {
		return string(runes[:shownText-1]) + "…"
	}
	return text
}
