package registry_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/registry"
)

// statementCases are what statements ask of a registry, and all that its client can.
func statementCases() map[string]func(t *testing.T, url string) {
	cases := map[string]func(t *testing.T, url string){"client": askClient}
	for _, f := range formats {
		cases["statements "+f.name] = func(t *testing.T, url string) { t.Helper(); runStatements(t, url, f) }
	}
	return cases
}

// runStatements declares a topic, reads it again by what the registry knows, changes it as
// may be and as may not be, and drops it.
func runStatements(t *testing.T, url string, f format) {
	w := newWorld(t, url)
	topic := "statements_" + strings.ToLower(f.name)
	with := " WITH (KAFKA_TOPIC='" + topic + "', PARTITIONS=1, VALUE_FORMAT='" + f.name + "'"
	w.exec(t, "CREATE STREAM a (k STRING KEY, i INT, d DECIMAL(6, 2), t TIMESTAMP, m MAP<STRING, BIGINT>)"+with+");")
	w.exec(t, "INSERT INTO a VALUES ('k', 1, 12.5, '2024-05-01T00:00:00', MAP('x' := 9));")
	w.exec(t, "ASSERT SCHEMA SUBJECT '"+topic+"-value'; ASSERT NOT EXISTS SCHEMA SUBJECT '"+topic+"-key';")
	w.exec(t, "CREATE STREAM b (k STRING KEY)"+with+", KEY_FORMAT='KAFKA');")
	if got, want := w.query(t, "SELECT k, i + 1 AS i, d * 2 AS d, t, m['x'] AS x FROM b;"), w.query(t, "SELECT k, i + 1 AS i, d * 2 AS d, t, m['x'] AS x FROM a;"); got != want || got == "" {
		t.Errorf("inferred columns read\n%s\ndeclared ones\n%s", got, want)
	}
	w.exec(t, "DROP STREAM b;")
	if why := w.refused(t, "CREATE STREAM c"+strings.ReplaceAll(with, topic, "no_such_topic")+");"); !strings.Contains(why, "does not exist in the Schema Registry") {
		t.Error(why)
	}
	w.exec(t, "DROP STREAM a DELETE TOPIC; ASSERT NOT EXISTS SCHEMA SUBJECT '"+topic+"-value';")
}

// askClient asks the client of registries everything that it can.
func askClient(t *testing.T, url string) {
	client, err := registry.Open(map[string]string{"schema.registry.url": url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	ctx := t.Context()
	one := registry.Schema{Type: registry.Avro, Text: `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`}
	two := registry.Schema{Type: registry.Protobuf, Text: "syntax = \"proto3\";\n\nmessage A {\n  int32 x = 1;\n}\n"}
	three := registry.Schema{
		Type: registry.Protobuf, Text: "syntax = \"proto3\";\n\nimport \"a.proto\";\n\nmessage B {\n  A a = 1;\n}\n",
		References: []registry.Reference{{Name: "a.proto", Subject: "client-two", Version: 1}},
	}
	for subject, s := range map[string]registry.Schema{"client-one": one, "client-two": two} {
		register(t, client, subject, s)
	}
	register(t, client, "client-three", three)
	if subjects, err := client.Subjects(ctx); err != nil || !strings.Contains(strings.Join(subjects, " "), "client-one") {
		t.Errorf("the subjects are %v, %v", subjects, err)
	}
	if err := client.Delete(ctx, "client-one"); err != nil {
		t.Error(err)
	}
	if _, err := client.Latest(ctx, "client-one"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("a deleted subject: %v", err)
	}
	if _, err := client.Schema(ctx, 999_999); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("an unknown id: %v", err)
	}
}

// register registers a schema twice and holds that the registry has it.
func register(t *testing.T, client *registry.Client, subject string, s registry.Schema) {
	t.Helper()
	id, err := client.Register(t.Context(), subject, s)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := client.Register(t.Context(), subject, s); again != id || err != nil {
		t.Errorf("%s: registered again as %d, %v; want %d", subject, again, err, id)
	}
	latest, err := client.Latest(t.Context(), subject)
	if err != nil || latest.ID != id || latest.Version != 1 || len(latest.Schema.References) != len(s.References) {
		t.Errorf("%s: the latest is %+v, %v", subject, latest, err)
	}
	if found, err := client.Schema(t.Context(), id); err != nil || found.Type != s.Type {
		t.Errorf("%s: schema %d is %+v, %v", subject, id, found, err)
	}
}
