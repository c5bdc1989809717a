package config

import (
	"slices"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
)

// Clause says which statement's WITH clause a property may stand in.
type Clause uint8

// The statements with a WITH clause.
const (
	Create      Clause = 1 << iota // CREATE STREAM or TABLE over a topic
	CreateAs                       // CREATE STREAM or TABLE ... AS SELECT
	Insert                         // INSERT INTO ... SELECT
	AssertTopic                    // ASSERT TOPIC
)

// Setting is the value of a property in a WITH clause.
type Setting[T any] struct {
	// Value is the zero value where the property is not set.
	Value T
	// Set says that the clause has the property.
	Set bool
	// Span is the place of its value, zero where it is not set.
	Span source.Span
}

// SourceProperties is what a WITH clause says, typed and checked one by one and
// against each other. Whether a format exists and can do what is asked, or a
// column is there, is for the planner to say.
type SourceProperties struct {
	KafkaTopic        Setting[string]
	KafkaTopicPattern Setting[string] // excludes what is about one topic
	// The formats are in capitals. Format excludes the other two; use Key and
	// Value to look through it.
	Format, KeyFormat, ValueFormat Setting[string]

	Partitions  Setting[int32] // at least 1
	Replicas    Setting[int16] // -1 for the broker's default
	RetentionMS Setting[int64]

	// Timestamp is as written: the name of a column, perhaps in quotes.
	Timestamp, TimestampFormat   Setting[string]
	WrapSingleValue              Setting[bool]
	KeyDelimiter, ValueDelimiter Setting[rune]

	KeySchemaID, ValueSchemaID             Setting[int32]
	KeySchemaFullName, ValueSchemaFullName Setting[string]
	KeyProtobufNullable                    Setting[string] // OPTIONAL or WRAPPER
	ValueProtobufNullable                  Setting[string]

	WindowType Setting[string] // SESSION, HOPPING or TUMBLING
	WindowSize Setting[time.Duration]

	SourceConnector Setting[string]
	QueryID         Setting[string] // in capitals
}

// Key returns the key format: that of KEY_FORMAT or FORMAT.
func (p *SourceProperties) Key() Setting[string] { return either(p.KeyFormat, p.Format) }

// Value returns the value format: that of VALUE_FORMAT or FORMAT.
func (p *SourceProperties) Value() Setting[string] { return either(p.ValueFormat, p.Format) }

func either(own, shared Setting[string]) Setting[string] {
	if own.Set {
		return own
	}
	return shared
}

// Read reads the WITH clause of a statement; with is nil where it has none, and
// place then tells where the statement stands. An error is a *source.Error.
func Read(with *ast.Properties, clause Clause, place source.Span) (*SourceProperties, error) {
	var p SourceProperties
	if with != nil {
		place = with.Span
		if err := p.fill(with, clause); err != nil {
			return nil, err
		}
	}
	if err := p.checkPattern(); err != nil {
		return nil, err
	}
	if clause == Create && !p.KafkaTopic.Set && !p.KafkaTopicPattern.Set {
		return nil, source.Errorf(place, `Missing required property "KAFKA_TOPIC" which has no default value.`)
	}
	if err := p.checkFormats(); err != nil {
		return nil, err
	}
	if err := p.checkWindow(); err != nil {
		return nil, err
	}
	return &p, nil
}

// fill sets what the clause has. Of a property that stands there twice the last
// one counts.
func (p *SourceProperties) fill(with *ast.Properties, clause Clause) error {
	rows := withTable()
	var unknown []ast.Property
	for _, property := range with.List {
		i := slices.IndexFunc(rows, func(w With) bool {
			return w.In&clause != 0 && (w.Name == property.Key() || w.Alias == property.Key())
		})
		if i < 0 {
			unknown = append(unknown, property)
			continue
		}
		if err := rows[i].set(p, property); err != nil {
			return err
		}
	}
	if len(unknown) > 0 {
		return unknownError(unknown, WithNames(clause))
	}
	return nil
}

// unknownError names all properties that do not belong into a clause, and for
// the first of them the nearest that does.
func unknownError(unknown []ast.Property, known []string) *source.Error {
	names := make([]string, len(unknown))
	for i, p := range unknown {
		names[i] = p.Key()
	}
	err := source.Errorf(unknown[0].Name.Span, "Invalid config variable(s) in the WITH clause: %s", strings.Join(names, ","))
	if near := source.Similar(names[0], known); near != "" {
		err.WithDetail("Did you mean %s?", near)
	}
	return err
}

// checkPattern refuses what is about one topic beside a pattern.
func (p *SourceProperties) checkPattern() error {
	if !p.KafkaTopicPattern.Set {
		return nil
	}
	for _, other := range []struct {
		name string
		set  bool
		at   source.Span
	}{
		{"KAFKA_TOPIC", p.KafkaTopic.Set, p.KafkaTopic.Span},
		{"PARTITIONS", p.Partitions.Set, p.Partitions.Span},
		{"REPLICAS", p.Replicas.Set, p.Replicas.Span},
		{"RETENTION_MS", p.RetentionMS.Set, p.RetentionMS.Span},
	} {
		if other.set {
			return source.Errorf(other.at, "Cannot supply both '%s' and 'KAFKA_TOPIC_PATTERN' properties: "+
				"a pattern means topics that others make.", other.name)
		}
	}
	return nil
}

// checkFormats refuses FORMAT together with what it stands for.
func (p *SourceProperties) checkFormats() error {
	if !p.Format.Set {
		return nil
	}
	for _, other := range []struct {
		name string
		set  Setting[string]
	}{{"KEY_FORMAT", p.KeyFormat}, {"VALUE_FORMAT", p.ValueFormat}} {
		if other.set.Set {
			return source.Errorf(other.set.Span, "Cannot supply both '%s' and 'FORMAT' properties, as 'FORMAT' sets both key "+
				"and value formats. Either use just 'FORMAT', or use 'KEY_FORMAT' and 'VALUE_FORMAT'.", other.name)
		}
	}
	return nil
}

// checkWindow checks that exactly the windows of a fixed size have one.
func (p *SourceProperties) checkWindow() error {
	switch {
	case p.WindowSize.Set && !p.WindowType.Set:
		return source.Errorf(p.WindowSize.Span, "'WINDOW_SIZE' needs 'WINDOW_TYPE' to be provided in the WITH clause.")
	case p.WindowSize.Set && p.WindowType.Value == "SESSION":
		return source.Errorf(p.WindowSize.Span, "'WINDOW_SIZE' should not be set for SESSION windows.")
	case p.WindowType.Set && p.WindowType.Value != "SESSION" && !p.WindowSize.Set:
		return source.Errorf(p.WindowType.Span, "%s windows require 'WINDOW_SIZE' to be provided in the WITH clause. "+
			"For example: 'WINDOW_SIZE'='10 SECONDS'", p.WindowType.Value)
	}
	return nil
}
