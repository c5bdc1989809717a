package config_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ksqlite/ksqlite/planner/config"
)

func TestDefaultsApply(t *testing.T) {
	t.Parallel()
	var p config.Properties
	if got := p.Duration(config.AssertTopicTimeout); got != time.Second {
		t.Errorf("timeout is %v", got)
	}
	if !p.Bool(config.InsertIntoValues) || p.Int(config.MaxPushQueries) != 100 || p.String(config.DefaultKeyFormat) != "KAFKA" {
		t.Error("a default is missing")
	}
	if value, level, ok := p.Lookup(config.AutoOffsetReset); ok {
		t.Errorf("auto.offset.reset is %q of %q, not NULL", value, level)
	}
}

func TestSessionWinsOverProcess(t *testing.T) {
	t.Parallel()
	process, err := config.New(map[string]string{"ksql.streams.auto.offset.reset": "latest"})
	if err != nil {
		t.Fatal(err)
	}
	session, err := process.With("auto.offset.reset", "EARLIEST")
	if err != nil {
		t.Fatal(err)
	}
	type found struct {
		Value string
		Level config.Level
	}
	look := func(p config.Properties) found {
		value, level, _ := p.Lookup(config.AutoOffsetReset)
		return found{value, level}
	}
	got := []found{look(process), look(session), look(session.Without("ksql.streams.auto.offset.reset"))}
	want := []found{{"latest", config.Server}, {"earliest", config.Session}, {"latest", config.Server}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"auto.offset.reset": "earliest"}, session.Overrides()); diff != "" {
		t.Error(diff)
	}
}

func TestNamesMayHavePrefixes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ksql.streams.commit.interval.ms":          "commit.interval.ms",
		"ksql.streams.consumer.auto.offset.reset":  "auto.offset.reset",
		"consumer.auto.offset.reset":               "auto.offset.reset",
		"ksql.streams.shutdown.timeout.ms":         "ksql.streams.shutdown.timeout.ms",
		"ksql.streams.ksql.lambdas.enabled":        "",
		"consumer.ksql.streams.commit.interval.ms": "",
	} {
		if p, _ := config.Find(name); p.Name != want {
			t.Errorf("%s is %q, want %q", name, p.Name, want)
		}
	}
}

func TestFaultyPropertiesAreRefused(t *testing.T) {
	t.Parallel()
	process, err := config.New(map[string]string{config.OverridesDenylist: "ksql.streams.num.stream.threads"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, value, want string }{
		{"auto.ofset.reset", "earliest", "Not recognizable as ksql, streams, consumer, or producer property: 'auto.ofset.reset'\nDid you mean 'auto.offset.reset'?"},
		{"foo", "1", "Not recognizable as ksql, streams, consumer, or producer property: 'foo'"},
		{"auto.offset.reset", "none", "Invalid value none for configuration auto.offset.reset: String must be one of: earliest, latest, or a time such as 2024-05-01T08:00:00 or -10m"},
		{"auto.offset.reset", "-10", "Invalid value -10 for configuration auto.offset.reset: String must be one of: earliest, latest, or a time such as 2024-05-01T08:00:00 or -10m"},
		{"session.timeout.ms", "0", "Invalid value 0 for configuration session.timeout.ms: Value must be at least 1"},
		{"commit.interval.ms", "2s", "Invalid value 2s for configuration commit.interval.ms: Not a number of type LONG"},
		{"ksql.lambdas.enabled", "yes", "Invalid value yes for configuration ksql.lambdas.enabled: Expected value to be either true or false"},
		{"ksql.service.id", "x", "A property override was set locally for a property that the server prohibits overrides for: 'ksql.service.id'"},
		{"num.stream.threads", "2", "A property override was set locally for a property that the server prohibits overrides for: 'num.stream.threads'"},
	} {
		if _, err := process.With(c.name, c.value); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	var unknown *config.UnknownError
	if _, err := config.New(map[string]string{"foo": "1"}); !errors.As(err, &unknown) {
		t.Errorf("a process may set foo: %v", err)
	}
}

func TestEveryRowIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range config.All() {
		if p.Doc == "" || p.Scope == "" || p.Kind == 0 || seen[p.Name] {
			t.Errorf("row %q lacks something or is there twice", p.Name)
		}
		seen[p.Name] = true
		if p.Optional {
			continue
		}
		if _, err := config.New(map[string]string{p.Name: p.Default}); err != nil {
			t.Errorf("the default of %s is refused: %v", p.Name, err)
		}
	}
}

func TestListsHoldPatterns(t *testing.T) {
	t.Parallel()
	var p config.Properties
	for topic, want := range map[string]bool{"_confluent-x": true, "_schemas": true, "orders": false, "my_schemas": false} {
		if p.Matches(config.HiddenTopics, topic) != want {
			t.Errorf("%s hidden: %v", topic, !want)
		}
	}
}

// TestExplicitIsAllAStatementDependsOn: what is kept with a statement brings the
// same values back, and none that only a process may set.
func TestExplicitIsAllAStatementDependsOn(t *testing.T) {
	t.Parallel()
	process, err := config.New(map[string]string{
		config.DefaultValueFormat: "JSON", "commit.interval.ms": "5", "ksql.schema.registry.url": "http://me:secret@registry",
	})
	if err != nil {
		t.Fatal(err)
	}
	session, err := process.With("commit.interval.ms", "6")
	if err != nil {
		t.Fatal(err)
	}
	kept := session.Explicit()
	if diff := cmp.Diff(map[string]string{config.DefaultValueFormat: "JSON", "commit.interval.ms": "6"}, kept); diff != "" {
		t.Error(diff)
	}
	again := config.Properties{}.WithOverrides(kept)
	if again.String(config.DefaultValueFormat) != "JSON" || again.Duration(config.CommitInterval) != 6*time.Millisecond {
		t.Error("the values are not the same")
	}
	if value, ok := again.Override("ksql.streams.commit.interval.ms"); !ok || value != "6" {
		t.Errorf("the override is %q, %v", value, ok)
	}
	if _, ok := again.Override("no.such.property"); ok {
		t.Error("a property that does not exist is set")
	}
}
