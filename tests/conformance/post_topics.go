package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

// This file compares the topics after the run, and what ksqlDB calls the features
// and properties of formats.

// wrapSingles and unwrapSingles are ksqlDB's names of the features.
const (
	wrapSingles   = "WRAP_SINGLES"
	unwrapSingles = "UNWRAP_SINGLES"
)

// wraps reports whether a format can put a lone value into a record or leave it bare,
// so that a source has to say which.
func wraps(format string) bool { return format == "JSON" || format == "AVRO" || format == "JSON_SR" }

// keyFeatures returns the features of a source's keys: a lone column is bare.
func keyFeatures(s *catalog.Source) []string {
	if len(s.Schema.Key) == 1 && wraps(s.Key.Name) {
		return []string{unwrapSingles}
	}
	return nil
}

// valueFeatures returns the features of a source's values: those that were asked for.
func valueFeatures(s *catalog.Source) []string {
	switch {
	case !s.Value.Asked:
		return nil
	case s.Value.Unwrapped:
		return []string{unwrapSingles}
	}
	return []string{wrapSingles}
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// properties returns the properties of a format.
func properties(f catalog.Format) map[string]string {
	all := map[string]string{}
	if f.FullName != "" {
		all["fullSchemaName"] = f.FullName
	}
	if f.Nullable != catalog.NotNullable {
		all["nullableRepresentation"] = strings.ToLower(string(f.Nullable))
	}
	if f.SchemaID != 0 {
		all["schemaId"] = strconv.Itoa(f.SchemaID)
	}
	if f.Delimiter != 0 {
		all["delimiter"] = string(f.Delimiter)
	}
	if f.Name == "PROTOBUF" {
		all["unwrapPrimitives"] = "true" // ksqlDB's mark for records of today's form
	}
	return all
}

// sinkPartitions is what the topics of sinks count in ksqlDB's tests.
const sinkPartitions = 4

// checkTopics compares the topics that the case names. Those of Kafka Streams are
// passed over.
func (r *run) checkTopics(ctx context.Context) Outcome {
	for _, want := range r.c.Post.Topics {
		if strings.HasPrefix(want.Name, "_confluent-ksql-") {
			continue
		}
		if d := r.topicDifference(ctx, want); d != "" {
			return failed("the topic %s: %s", want.Name, d)
		}
	}
	return Outcome{Status: Pass}
}

func (r *run) topicDifference(ctx context.Context, want PostTopic) string {
	if names, err := topicNames(ctx, r.engine); err != nil || !slices.Contains(names, want.Name) {
		return "there is none"
	}
	s, err := r.engine.SourceOn(want.Name, false)
	if err != nil {
		return err.Error()
	}
	if got := r.partitionsOf(want.Name); want.Partitions != 0 && got != want.Partitions {
		return fmt.Sprintf("%d partitions", got)
	}
	if d := topicFormatDifference(s.Key, keyFeatures(s), want.KeyFormat); d != "" {
		return "the key has " + d
	}
	if d := topicFormatDifference(s.Value, valueFeatures(s), want.ValueFormat); d != "" {
		return "the value has " + d
	}
	for subject, schema := range map[string]any{want.Name + "-key": want.KeySchema, want.Name + "-value": want.ValueSchema} {
		if d := r.schemaDifference(ctx, subject, schema); d != "" {
			return subject + " " + d
		}
	}
	return ""
}

// partitionsOf returns the number of partitions that ksqlDB's tests give a topic.
func (r *run) partitionsOf(topic string) int32 {
	for _, q := range r.engine.Queries() {
		if q.Sink() == topic {
			return sinkPartitions
		}
	}
	for _, t := range r.c.topics() {
		if t.Name == topic {
			return t.Partitions
		}
	}
	return defaultPartitions
}

func topicFormatDifference(f catalog.Format, features []string, want *FormatSpec) string {
	if want == nil {
		return ""
	}
	switch got := properties(f); {
	case f.Name != want.Format:
		return "the format " + f.Name
	case !sameSet(features, want.Features):
		return fmt.Sprintf("the features %s", features)
	case !maps.EqualFunc(got, want.Properties, func(got string, want any) bool { return got == fmt.Sprint(want) }):
		return fmt.Sprintf("the properties %v", got)
	}
	return ""
}

// schemaDifference compares the latest schema of a subject with an expected one, if
// there is one.
func (r *run) schemaDifference(ctx context.Context, subject string, want any) string {
	if want == nil {
		return ""
	}
	latest, err := r.engine.Registry().Latest(ctx, subject)
	if err != nil {
		return err.Error()
	}
	if latest.Schema.Type == registry.Protobuf {
		if strings.TrimSpace(latest.Schema.Text) != strings.TrimSpace(textOf(want)) {
			return "has another schema"
		}
		return ""
	}
	got, err := parseTree([]byte(latest.Schema.Text))
	if err != nil {
		return err.Error()
	}
	if string(appendCanonical(nil, got)) != string(appendCanonical(nil, want)) {
		return "has another schema"
	}
	return ""
}
