package registry_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// store is what both registries can do.
type store interface {
	Register(ctx context.Context, subject string, s registry.Schema) (int, error)
	Schema(ctx context.Context, id int) (registry.Schema, error)
	Latest(ctx context.Context, subject string) (registry.Version, error)
	Version(ctx context.Context, subject string, version int) (registry.Version, error)
	Subjects(ctx context.Context) ([]string, error)
	Delete(ctx context.Context, subject string) error
}

var _, _, _ store = (*registry.Memory)(nil), (*registry.Client)(nil), (*registry.File)(nil)

func TestMemory(t *testing.T) {
	t.Parallel()
	checkStore(t, &registry.Memory{})
}

// TestFile holds that a file has everything again, but not what was written halfway.
func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "schemas.jsonl")
	f, err := registry.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	checkStore(t, f)
	if err := errors.Join(f.RegisterAs(t.Context(), "d", 7, registry.Schema{Type: registry.JSON, Text: "{}"}), f.Set("d", registry.Settings{Level: "FULL"}), f.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(content, `{"subject":"e","id":8,"sch`...), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if f, err = registry.OpenFile(path); err != nil {
			t.Fatal(err)
		}
		if subjects, err := f.Subjects(t.Context()); fmt.Sprint(subjects) != "[b c d]" || err != nil {
			t.Errorf("subjects are %v, %v", subjects, err)
		}
		if set := f.Settings("d"); set.Level != "FULL" {
			t.Errorf("the settings are %v", set)
		}
		if s, err := f.Schema(t.Context(), 1); err != nil || s.Text != `{"type":"int"}` {
			t.Errorf("schema 1 is %v, %v", s, err)
		}
		if id, err := f.Register(t.Context(), "b", registry.Schema{Type: registry.Avro, Text: `"long"`}); id != 8 || err != nil {
			t.Errorf("the next id is %d, %v", id, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, []byte("nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.OpenFile(path); err == nil {
		t.Error("nonsense was read")
	}
}

func checkStore(t *testing.T, s store) {
	t.Helper()
	ctx := t.Context()
	avro := func(text string) registry.Schema { return registry.Schema{Type: registry.Avro, Text: text} }
	first, second := avro(`{"type":"int"}`), avro(`{"type":"long"}`)
	imported := registry.Schema{Type: registry.Protobuf, Text: "syntax = \"proto3\"; message A { }"}
	importing := registry.Schema{
		Type: registry.Protobuf, Text: "syntax = \"proto3\"; import \"a.proto\"; message B { A a = 1; }",
		References: []registry.Reference{{Name: "a.proto", Subject: "b", Version: 1}},
	}
	for i, c := range []struct {
		subject string
		schema  registry.Schema
		id      int
	}{{"a", first, 1}, {"b", imported, 2}, {"c", importing, 3}, {"a", avro(`{ "type": "int" }`), 1}, {"a", second, 4}} {
		if id, err := s.Register(ctx, c.subject, c.schema); id != c.id || err != nil {
			t.Errorf("registration %d gave id %d, %v; want %d", i, id, err, c.id)
		}
	}
	want := registry.Version{Subject: "a", Version: 2, ID: 4, Schema: second}
	if latest, err := s.Latest(ctx, "a"); err != nil || fmt.Sprint(latest) != fmt.Sprint(want) {
		t.Errorf("latest is %v, %v", latest, err)
	}
	if v, err := s.Version(ctx, "a", 1); err != nil || v.ID != 1 || v.Schema.Type != registry.Avro {
		t.Errorf("version 1 is %v, %v", v, err)
	}
	if got, err := s.Schema(ctx, 3); err != nil || fmt.Sprint(got) != fmt.Sprint(importing) {
		t.Errorf("schema 3 is %v, %v", got, err)
	}
	if subjects, err := s.Subjects(ctx); fmt.Sprint(subjects) != "[a b c]" || err != nil {
		t.Errorf("subjects are %v, %v", subjects, err)
	}
	if err := s.Delete(ctx, "a"); err != nil {
		t.Error(err)
	}
	if _, err := s.Latest(ctx, "a"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("after deletion: %v", err)
	}
	if _, err := s.Schema(ctx, 1); err != nil {
		t.Errorf("the schema of a deleted subject: %v", err)
	}
	if _, err := s.Schema(ctx, 99); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("an unknown id: %v", err)
	}
}

func TestRegisterAs(t *testing.T) {
	t.Parallel()
	var m registry.Memory
	if err := m.RegisterAs(t.Context(), "a", 2, registry.Schema{Type: registry.Avro, Text: `"int"`}); err != nil {
		t.Fatal(err)
	}
	if err := m.RegisterAs(t.Context(), "a", 2, registry.Schema{Type: registry.Avro, Text: `"long"`}); err == nil {
		t.Error("an id was given twice")
	}
	for i, want := range []int{1, 3, 2} {
		text := []string{`"long"`, `"double"`, `"int"`}[i]
		if id, err := m.Register(t.Context(), "b", registry.Schema{Type: registry.Avro, Text: text}); id != want || err != nil {
			t.Errorf("%s has id %d, %v; want %d", text, id, err, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for properties, want := range map[string]string{
		"schema.registry.url=localhost:8081":                                               "must be one or more of http://",
		"schema.registry.url=http://h;basic.auth.user.info=anna":                           "USER:PASSWORD",
		"schema.registry.url=http://h;basic.auth.credentials.source=SASL":                  "valid values are URL, USER_INFO and SASL_INHERIT",
		"schema.registry.url=http://h;basic.auth.credentials.source=SASL_INHERIT":          "needs username and password in sasl.jaas.config",
		"schema.registry.url=http://h;bearer.auth.credentials.source=OAUTHBEARER":          "the valid value is STATIC_TOKEN",
		"schema.registry.url=http://h;bearer.auth.credentials.source=STATIC_TOKEN":         "needs bearer.auth.token",
		"schema.registry.url=http://h;bearer.auth.token=t;basic.auth.user.info=anna:b":     "there can be one login",
		"schema.registry.url=http://h;ksql.schema.registry.nonsense=1":                     "schema.registry.nonsense",
		"schema.registry.url=http://h;ksql.schema.registry.ssl.trustore.type=PEM":          "did you mean schema.registry.ssl.truststore.type?",
		"schema.registry.url=https://h;schema.registry.ssl.truststore.location=/no/such":   "ssl.truststore.location",
		"schema.registry.url=https://h;schema.registry.ssl.truststore.type=BKS":            "PEM",
		"schema.registry.url=https://h;schema.registry.ssl.truststore.certificates=nobody": "no certificate",
	} {
		given := map[string]string{}
		for p := range strings.SplitSeq(properties, ";") {
			name, value, _ := strings.Cut(p, "=")
			name, _ = registry.Name(name)
			given[name] = value
		}
		if _, err := registry.Open(given); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", properties, err)
		}
	}
	if client, err := registry.Open(nil); client != nil || err != nil {
		t.Errorf("no address gives %v, %v", client, err)
	}
}
