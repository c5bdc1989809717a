package config

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/parser/ast"
)

// With is one row of the table of properties of WITH clauses.
type With struct {
	Name string
	// Alias is an older name that means the same, empty for none.
	Alias string
	// In says which statements have the property.
	In  Clause
	Doc string
	// set puts the checked value into the field of the property.
	set func(*SourceProperties, ast.Property) error
}

// WithNames returns the names of the properties of a clause.
func WithNames(clause Clause) []string {
	var names []string
	for _, w := range withTable() {
		if w.In&clause != 0 {
			names = append(names, w.Name)
		}
	}
	return names
}

// FindWith returns the property of WITH clauses of that name, or of that older name, whatever its case.
func FindWith(name string) (With, bool) {
	for _, w := range withTable() {
		if strings.EqualFold(w.Name, name) || w.Alias != "" && strings.EqualFold(w.Alias, name) {
			return w, true
		}
	}
	return With{}, false
}

// both are the clauses that describe a source.
const both = Create | CreateAs

// withTable returns one row for each property of a WITH clause.
func withTable() []With {
	return slices.Concat(ofTopics(), ofFormats(), ofSchemas(), ofSources())
}

// ofTopics returns the properties of the topic.
func ofTopics() []With {
	return []With{
		{
			Name: "KAFKA_TOPIC", In: both, Doc: "The topic behind the source.",
			set: set(topicName, func(p *SourceProperties) *Setting[string] { return &p.KafkaTopic }),
		},
		{
			Name: "KAFKA_TOPIC_PATTERN", In: Create, Doc: "A regular expression: the source reads all topics whose whole name matches.",
			set: set(topicName, func(p *SourceProperties) *Setting[string] { return &p.KafkaTopicPattern }),
		},
		{
			Name: "PARTITIONS", In: both | AssertTopic, Doc: "Partitions of the topic, which is made if it is not there.",
			set: set(whole[int32](1, math.MaxInt32), func(p *SourceProperties) *Setting[int32] { return &p.Partitions }),
		},
		{
			Name: "REPLICAS", In: both | AssertTopic, Doc: "Replicas of each partition of the topic.",
			set: set(whole[int16](-1, math.MaxInt16), func(p *SourceProperties) *Setting[int16] { return &p.Replicas }),
		},
		{
			Name: "RETENTION_MS", In: both, Doc: "How long the topic keeps its records, in milliseconds.",
			set: set(whole[int64](-1, math.MaxInt64), func(p *SourceProperties) *Setting[int64] { return &p.RetentionMS }),
		},
	}
}

// ofFormats returns the properties that say how records are encoded.
func ofFormats() []With {
	return []With{
		{
			Name: "FORMAT", In: both, Doc: "The format of key and value.",
			set: set(upper, func(p *SourceProperties) *Setting[string] { return &p.Format }),
		},
		{
			Name: "KEY_FORMAT", In: both, Doc: "The format of the key.",
			set: set(upper, func(p *SourceProperties) *Setting[string] { return &p.KeyFormat }),
		},
		{
			Name: "VALUE_FORMAT", In: both, Doc: "The format of the value.",
			set: set(upper, func(p *SourceProperties) *Setting[string] { return &p.ValueFormat }),
		},
		{
			Name: "WRAP_SINGLE_VALUE", In: both, Doc: "Whether a value of one column is written as a record.",
			set: set(boolean, func(p *SourceProperties) *Setting[bool] { return &p.WrapSingleValue }),
		},
		{
			Name: "KEY_DELIMITER", In: both, Doc: "What stands between the columns of a DELIMITED key.",
			set: set(delimiter, func(p *SourceProperties) *Setting[rune] { return &p.KeyDelimiter }),
		},
		{
			Name: "VALUE_DELIMITER", In: both, Doc: "What stands between the columns of a DELIMITED value.",
			set: set(delimiter, func(p *SourceProperties) *Setting[rune] { return &p.ValueDelimiter }),
		},
	}
}

// ofSchemas returns the properties of formats with a schema.
func ofSchemas() []With {
	return []With{
		{
			Name: "KEY_SCHEMA_ID", In: both, Doc: "The id of the key's schema in the registry.",
			set: set(whole[int32](0, math.MaxInt32), func(p *SourceProperties) *Setting[int32] { return &p.KeySchemaID }),
		},
		{
			Name: "VALUE_SCHEMA_ID", In: both, Doc: "The id of the value's schema in the registry.",
			set: set(whole[int32](0, math.MaxInt32), func(p *SourceProperties) *Setting[int32] { return &p.ValueSchemaID }),
		},
		{
			Name: "KEY_SCHEMA_FULL_NAME", In: both, Doc: "The full name of the key's schema.",
			set: set(text, func(p *SourceProperties) *Setting[string] { return &p.KeySchemaFullName }),
		},
		{
			Name: "VALUE_SCHEMA_FULL_NAME", Alias: "VALUE_AVRO_SCHEMA_FULL_NAME", In: both, Doc: "The full name of the value's schema.",
			set: set(text, func(p *SourceProperties) *Setting[string] { return &p.ValueSchemaFullName }),
		},
		{
			Name: "KEY_PROTOBUF_NULLABLE_REPRESENTATION", In: both, Doc: "How a PROTOBUF key tells NULL from a default.",
			set: set(oneOf("OPTIONAL", "WRAPPER"), func(p *SourceProperties) *Setting[string] { return &p.KeyProtobufNullable }),
		},
		{
			Name: "VALUE_PROTOBUF_NULLABLE_REPRESENTATION", In: both, Doc: "How a PROTOBUF value tells NULL from a default.",
			set: set(oneOf("OPTIONAL", "WRAPPER"), func(p *SourceProperties) *Setting[string] { return &p.ValueProtobufNullable }),
		},
	}
}

// ofSources returns the properties that say what the records mean.
func ofSources() []With {
	return []With{
		{
			Name: "TIMESTAMP", In: both, Doc: "The column that holds the time of the event.",
			set: set(text, func(p *SourceProperties) *Setting[string] { return &p.Timestamp }),
		},
		{
			Name: "TIMESTAMP_FORMAT", In: both, Doc: "How a TIMESTAMP column of type STRING is written, a pattern of Java's.",
			set: set(text, func(p *SourceProperties) *Setting[string] { return &p.TimestampFormat }),
		},
		{
			Name: "WINDOW_TYPE", In: Create, Doc: "The windows that the topic's keys lie in.",
			set: set(oneOf("SESSION", "HOPPING", "TUMBLING"), func(p *SourceProperties) *Setting[string] { return &p.WindowType }),
		},
		{
			Name: "WINDOW_SIZE", In: Create, Doc: "The length of the windows, as in '10 SECONDS'.",
			set: set(windowSize, func(p *SourceProperties) *Setting[time.Duration] { return &p.WindowSize }),
		},
		{
			Name: "SOURCE_CONNECTOR", Alias: "SOURCED_BY_CONNECTOR", In: Create, Doc: "The connector that fills the topic; for people to read.",
			set: set(text, func(p *SourceProperties) *Setting[string] { return &p.SourceConnector }),
		},
		{
			Name: "QUERY_ID", In: Insert, Doc: "The id of the query.",
			set: set(upper, func(p *SourceProperties) *Setting[string] { return &p.QueryID }),
		},
	}
}

// set returns a function that reads a property's value with parse and puts it,
// with its place, into a field.
func set[T any](parse func(ast.Property) (T, error), field func(*SourceProperties) *Setting[T]) func(*SourceProperties, ast.Property) error {
	return func(p *SourceProperties, property ast.Property) error {
		value, err := parse(property)
		if err != nil {
			return err
		}
		*field(p) = Setting[T]{Value: value, Set: true, Span: property.Value.Place()}
		return nil
	}
}

func upper(p ast.Property) (string, error) {
	s, err := text(p)
	return strings.ToUpper(strings.TrimSpace(s)), err
}
