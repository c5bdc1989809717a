package config_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
)

// with builds a WITH clause of names and literals in turn. The span of each
// literal is its number, so that errors can be seen to point at it.
func with(pairs ...any) *ast.Properties {
	var list []ast.Property
	for i := 0; i < len(pairs); i += 2 {
		place := source.Span{Start: i/2 + 1, End: i/2 + 2}
		list = append(list, ast.Property{Span: place, Name: ast.Name{Span: place, Text: pairs[i].(string)}, Value: literal(place, pairs[i+1])})
	}
	return &ast.Properties{List: list}
}

func literal(place source.Span, value any) ast.Expr {
	switch v := value.(type) {
	case int:
		return &ast.Integer{Span: place, Value: int64(v)}
	case bool:
		return &ast.Boolean{Span: place, Value: v}
	default:
		return &ast.String{Span: place, Value: v.(string)}
	}
}

func TestWithClauseIsTyped(t *testing.T) {
	t.Parallel()
	got, err := config.Read(with("kafka_topic", "t", "FORMAT", "json", "partitions", "4", "WRAP_SINGLE_VALUE", "False",
		"VALUE_DELIMITER", "tab", "WINDOW_TYPE", "hopping", "WINDOW_SIZE", "30 second"), config.Create, source.Span{})
	if err != nil {
		t.Fatal(err)
	}
	at := func(n int) source.Span { return source.Span{Start: n, End: n + 1} }
	want := &config.SourceProperties{
		KafkaTopic:      config.Setting[string]{Value: "t", Set: true, Span: at(1)},
		Format:          config.Setting[string]{Value: "JSON", Set: true, Span: at(2)},
		Partitions:      config.Setting[int32]{Value: 4, Set: true, Span: at(3)},
		WrapSingleValue: config.Setting[bool]{Set: true, Span: at(4)},
		ValueDelimiter:  config.Setting[rune]{Value: '\t', Set: true, Span: at(5)},
		WindowType:      config.Setting[string]{Value: "HOPPING", Set: true, Span: at(6)},
		WindowSize:      config.Setting[time.Duration]{Value: 30 * time.Second, Set: true, Span: at(7)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Key() != got.Format || got.Value() != got.Format {
		t.Error("FORMAT does not stand for both formats")
	}
}

// TestEveryPropertyHasItsPlace sets all properties of all clauses: each shows up
// in one field.
func TestEveryPropertyHasItsPlace(t *testing.T) {
	t.Parallel()
	values := map[string]any{
		"PARTITIONS": 2, "REPLICAS": -1, "RETENTION_MS": "86400000", "WRAP_SINGLE_VALUE": true,
		"KEY_DELIMITER": "SPACE", "VALUE_DELIMITER": "|", "KEY_SCHEMA_ID": 1, "VALUE_SCHEMA_ID": "2",
		"KEY_PROTOBUF_NULLABLE_REPRESENTATION": "optional", "VALUE_PROTOBUF_NULLABLE_REPRESENTATION": "WRAPPER",
		"WINDOW_TYPE": "TUMBLING", "WINDOW_SIZE": "1 DAY",
	}
	for _, clause := range []config.Clause{config.Create, config.CreateAs, config.Insert, config.AssertTopic} {
		for _, name := range config.WithNames(clause) {
			value, ok := values[name]
			if !ok {
				value = "text"
			}
			pairs := []any{name, value}
			if clause == config.Create && !strings.HasPrefix(name, "KAFKA_TOPIC") {
				pairs = append(pairs, "KAFKA_TOPIC", "t")
			}
			if name == "WINDOW_TYPE" {
				pairs = append(pairs, "WINDOW_SIZE", "1 DAY")
			}
			if name == "WINDOW_SIZE" {
				pairs = append(pairs, "WINDOW_TYPE", "HOPPING")
			}
			p, err := config.Read(with(pairs...), clause, source.Span{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := fieldsSet(p); got != len(pairs)/2 {
				t.Errorf("%s: %d fields are set, want %d", name, got, len(pairs)/2)
			}
		}
	}
}

// fieldsSet counts the settings that are set.
func fieldsSet(p *config.SourceProperties) int {
	n := 0
	for _, f := range reflect.ValueOf(p).Elem().Fields() {
		if f.FieldByName("Set").Bool() {
			n++
		}
	}
	return n
}

func TestOlderNamesStand(t *testing.T) {
	t.Parallel()
	p, err := config.Read(with("KAFKA_TOPIC", "t", "VALUE_AVRO_SCHEMA_FULL_NAME", "a.B", "SOURCED_BY_CONNECTOR", "c"), config.Create, source.Span{})
	if err != nil || p.ValueSchemaFullName.Value != "a.B" || p.SourceConnector.Value != "c" {
		t.Errorf("got %v, %v", p, err)
	}
}

func TestWithClauseFaults(t *testing.T) {
	t.Parallel()
	topic := []any{"KAFKA_TOPIC", "t"}
	for _, c := range []struct {
		clause config.Clause
		pairs  []any
		at     int
		want   string
	}{
		{config.Create, []any{"KAFKA_TOPIK", "t", "FOO", 1}, 1, "Invalid config variable(s) in the WITH clause: KAFKA_TOPIK,FOO\nDid you mean KAFKA_TOPIC?"},
		{config.Create, append(topic, "QUERY_ID", "x"), 2, "Invalid config variable(s) in the WITH clause: QUERY_ID"},
		{config.CreateAs, []any{"WINDOW_TYPE", "SESSION"}, 1, "Invalid config variable(s) in the WITH clause: WINDOW_TYPE"},
		{config.Create, []any{"KAFKA_TOPIC", 5}, 1, "Invalid value 5 for configuration KAFKA_TOPIC: Expected value to be a string"},
		{config.Create, []any{"KAFKA_TOPIC", ""}, 1, "Invalid value  for configuration KAFKA_TOPIC: String must be non-empty"},
		{config.Create, append(topic, "PARTITIONS", 0), 2, "Invalid value 0 for configuration PARTITIONS: Value must be at least 1"},
		{config.Create, append(topic, "PARTITIONS", "four"), 2, "Invalid value four for configuration PARTITIONS: Not a number of type INT"},
		{config.Create, append(topic, "REPLICAS", 40000), 2, "Invalid value 40000 for configuration REPLICAS: Not a number of type SHORT"},
		{config.Create, append(topic, "FORMAT", "JSON", "KEY_FORMAT", "JSON"), 3, "Cannot supply both 'KEY_FORMAT' and 'FORMAT' properties, " +
			"as 'FORMAT' sets both key and value formats. Either use just 'FORMAT', or use 'KEY_FORMAT' and 'VALUE_FORMAT'."},
		{config.Create, append(topic, "VALUE_DELIMITER", "<~>"), 2, "Configuration VALUE_DELIMITER is invalid: Invalid delimiter value: '<~>'. " +
			"Delimiter must be a single character or TAB,SPACE\nExample valid value: ';'"},
		{config.Create, append(topic, "WINDOW_TYPE", "TUMBLING", "WINDOW_SIZE", "30 bobs"), 3, "Configuration WINDOW_SIZE is invalid: " +
			"Invalid duration: '30 bobs'. Unknown time unit: 'BOBS'\nExample valid value: '10 SECONDS'"},
		{config.Create, append(topic, "WINDOW_TYPE", "TUMBLING", "WINDOW_SIZE", "106752 DAYS"), 3, "Configuration WINDOW_SIZE is invalid: " +
			"Invalid duration: '106752 DAYS'. The size is too large\nExample valid value: '10 SECONDS'"},
		{config.Create, append(topic, "WINDOW_TYPE", "TUMBLING"), 2, "TUMBLING windows require 'WINDOW_SIZE' to be provided in the WITH clause. " +
			"For example: 'WINDOW_SIZE'='10 SECONDS'"},
		{config.Create, append(topic, "WINDOW_TYPE", "SESSION", "WINDOW_SIZE", "1 DAY"), 3, "'WINDOW_SIZE' should not be set for SESSION windows."},
		{config.Create, append(topic, "KEY_DELIMITER", ""), 2, "Configuration KEY_DELIMITER is invalid: Delimiter cannot be empty, if you meant " +
			"to have a tab or space for delimiter, please use the special values 'TAB' or 'SPACE'\nExample valid value: ';'"},
		{config.Create, append(topic, "WINDOW_SIZE", "1 DAY"), 2, "'WINDOW_SIZE' needs 'WINDOW_TYPE' to be provided in the WITH clause."},
		{config.Create, append(topic, "WINDOW_SIZE", "DAY"), 2, "Configuration WINDOW_SIZE is invalid: Invalid duration: 'DAY'. " +
			"Expected a number and a time unit\nExample valid value: '10 SECONDS'"},
		{config.Create, append(topic, "WINDOW_SIZE", "x DAYS"), 2, "Configuration WINDOW_SIZE is invalid: Invalid duration: 'x DAYS'. " +
			"Not a whole number: 'X'\nExample valid value: '10 SECONDS'"},
		{config.Create, append(topic, "WINDOW_SIZE", "0 DAYS"), 2, "Configuration WINDOW_SIZE is invalid: Invalid duration: '0 DAYS'. " +
			"The size must be positive\nExample valid value: '10 SECONDS'"},
		{config.Create, append(topic, "RETENTION_MS", true), 2, "Invalid value true for configuration RETENTION_MS: Not a number of type LONG"},
		{config.Create, append(topic, "VALUE_DELIMITER", 1), 2, "Invalid value 1 for configuration VALUE_DELIMITER: Expected value to be a string"},
		{config.Create, append(topic, "WRAP_SINGLE_VALUE", "no"), 2, "Invalid value no for configuration WRAP_SINGLE_VALUE: Expected value to be either true or false"},
		{config.Create, nil, 0, `Missing required property "KAFKA_TOPIC" which has no default value.`},
	} {
		_, err := config.Read(with(c.pairs...), c.clause, source.Span{})
		fault, ok := asFault(err)
		if !ok || fault.Error() != c.want || fault.Span.Start != c.at {
			t.Errorf("%v: got %v at %v, want %s at %d", c.pairs, err, fault.Span, c.want, c.at)
		}
	}
}

// asFault returns err as a *source.Error, never nil.
func asFault(err error) (*source.Error, bool) {
	fault, ok := errors.AsType[*source.Error](err)
	if !ok {
		return &source.Error{}, false
	}
	return fault, true
}

func TestClausesHaveTheirOwnNames(t *testing.T) {
	t.Parallel()
	if got := strings.Join(config.WithNames(config.AssertTopic), " "); got != "PARTITIONS REPLICAS" {
		t.Errorf("ASSERT TOPIC takes %s", got)
	}
}
