package ksqlite_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// TestSchemasAreKept holds that a data folder keeps the schemas beside the records
// that were written with them.
func TestSchemasAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, statements := range []string{
		"CREATE STREAM s (id INT KEY, name STRING) WITH (kafka_topic='s', partitions=1, format='AVRO'); INSERT INTO s VALUES (1, 'Ada');",
		"CREATE STREAM u WITH (kafka_topic='s', format='AVRO');",
	} {
		e, err := ksqlite.Open(t.Context(), ksqlite.WithDataDir(dir))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Exec(t.Context(), statements); err != nil {
			t.Fatal(err)
		}
		rows, err := e.Query(t.Context(), "SELECT name FROM "+[]string{"s", "u"}[i]+";")
		if err != nil {
			t.Fatal(err)
		}
		var name string
		if !rows.Next(t.Context()) || rows.Row().Scan(&name) != nil || name != "Ada" {
			t.Errorf("the name is %q, %v", name, rows.Err())
		}
		rows.Close()
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRegistryByProperty works with the registry that a property names.
func TestRegistryByProperty(t *testing.T) {
	t.Parallel()
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		asked = user + ":" + password + " " + r.URL.Path
		_, _ = w.Write([]byte(`{"subject":"s-value","version":1,"id":7,"schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}"}`))
	}))
	t.Cleanup(server.Close)
	kafka, err := embedded.Open(embedded.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kafka.Close() })
	for name, properties := range map[string]map[string]string{
		"of its own": {"ksql.schema.registry.url": server.URL, "ksql.schema.registry.basic.auth.user.info": "anna:geheim"},
		"of the Kafka client": {
			"ksql.schema.registry.url": server.URL, "basic.auth.credentials.source": "SASL_INHERIT", "bootstrap.servers": kafka.Address(),
			"sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required username="anna" password="geheim";`,
		},
	} {
		asked = ""
		e, err := ksqlite.Open(t.Context(), ksqlite.WithKafkaProperties(properties))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := e.Exec(t.Context(), "CREATE STREAM s WITH (kafka_topic='s', partitions=1, value_format='AVRO');"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := e.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if asked != "anna:geheim /subjects/s-value/versions/latest" {
			t.Errorf("%s: the registry was asked %s", name, asked)
		}
	}
}

func TestRegistryIsRefused(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"schema.registry.nonsense":  "schema.registry.url",
		"basic.auth.user.info":      "schema.registry.url",
		"ksql.schema.registry.url":  "http://HOST:PORT",
		"schema.registry.ssl.trust": "schema.registry.url",
	} {
		e, err := ksqlite.Open(t.Context(), ksqlite.WithProperties(map[string]string{name: "nonsense"}))
		if err == nil {
			_ = e.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
