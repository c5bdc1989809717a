package exec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
)

// SourceInfo is one stream or table in a list.
type SourceInfo struct {
	Type        string `json:"type"` // STREAM or TABLE
	Name        string `json:"name"`
	Topic       string `json:"topic"` // or the pattern
	KeyFormat   string `json:"keyFormat"`
	ValueFormat string `json:"valueFormat"`
	Windowed    bool   `json:"isWindowed"`
}

func newSourceInfo(s *catalog.Source) SourceInfo {
	return SourceInfo{
		Type: s.Kind.String(), Name: s.Name, Topic: s.Topics(),
		KeyFormat: s.Key.Name, ValueFormat: s.Value.Name, Windowed: s.Windowed(),
	}
}

// Streams is the answer of SHOW STREAMS.
type Streams struct {
	Head
	Streams []SourceInfo `json:"streams"`
}

// Tables is the answer of SHOW TABLES.
type Tables struct {
	Head
	Tables []SourceInfo `json:"tables"`
}

// Blocks returns one table.
func (s *Streams) Blocks() []Block { return sourceTable("Stream Name", s.Streams) }

// Blocks returns one table.
func (t *Tables) Blocks() []Block { return sourceTable("Table Name", t.Tables) }

// sourceTable lists sources; name is the header of the first column.
func sourceTable(name string, sources []SourceInfo) []Block {
	table := &Table{Header: []string{name, "Kafka Topic", "Key Format", "Value Format", "Windowed"}}
	for _, s := range sources {
		table.Rows = append(table.Rows,
			[]string{s.Name, s.Topic, s.KeyFormat, s.ValueFormat, strconv.FormatBool(s.Windowed)})
	}
	return []Block{{Table: table}}
}

// Topics is the answer of SHOW TOPICS.
type Topics struct {
	Head
	Topics []TopicInfo `json:"topics"`
}

// TopicInfo is one topic in a list.
type TopicInfo struct {
	Name string `json:"name"`
	// Replicas has the number of replicas of each partition.
	Replicas []int `json:"replicaInfo"`
}

// Blocks returns one table.
func (t *Topics) Blocks() []Block {
	table := &Table{Header: []string{"Kafka Topic", "Partitions", "Partition Replicas"}}
	for _, topic := range t.Topics {
		table.Rows = append(table.Rows, topic.cells())
	}
	return []Block{{Table: table}}
}

// cells are the columns that every list of topics has.
func (t TopicInfo) cells() []string {
	return []string{t.Name, strconv.Itoa(len(t.Replicas)), replicas(t.Replicas)}
}

// replicas returns the number that all partitions have, or those of each.
func replicas(each []int) string {
	distinct := slices.Compact(slices.Clone(each))
	if len(distinct) > 1 {
		distinct = each
	}
	parts := make([]string, len(distinct))
	for i, n := range distinct {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ", ")
}

// TopicsExtended is the answer of SHOW TOPICS EXTENDED.
type TopicsExtended struct {
	Head
	Topics []TopicInfoExtended `json:"topics"`
}

// TopicInfoExtended is one topic in a list and who reads it in groups.
type TopicInfoExtended struct {
	TopicInfo
	// Consumers is how many members of groups have partitions of the topic,
	// Groups is of how many groups they are.
	Consumers int `json:"consumerCount"`
	Groups    int `json:"consumerGroupCount"`
}

// Blocks returns one table.
func (t *TopicsExtended) Blocks() []Block {
	table := &Table{Header: []string{"Kafka Topic", "Partitions", "Partition Replicas", "Consumers", "ConsumerGroups"}}
	for _, topic := range t.Topics {
		table.Rows = append(table.Rows,
			append(topic.cells(), strconv.Itoa(topic.Consumers), strconv.Itoa(topic.Groups)))
	}
	return []Block{{Table: table}}
}
