// Package registry_test holds ksqlite and its registry against others: a real Apicurio
// Registry, and a client of registries for Node. What both registries are asked is
// written once.
package registry_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite"
	broker "github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/registry/embedded"
	"github.com/ksqlite/ksqlite/tests/registry/apicurio"
)

// patience is how long anything may take.
const patience = time.Minute

// TestRegistries runs the cases on the embedded registry and on Apicurio's, which they
// share: their subjects have names of their own.
func TestRegistries(t *testing.T) {
	t.Parallel()
	cases := nodeCases()
	maps.Copy(cases, statementCases())
	for name, start := range map[string]func(*testing.T) string{
		"embedded": serveEmbedded,
		"apicurio": func(t *testing.T) string { t.Helper(); return apicurio.Run(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := start(t)
			for name, run := range cases {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					run(t, url)
				})
			}
		})
	}
}

func serveEmbedded(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(embedded.NewHandler(embedded.New(&registry.Memory{})))
	t.Cleanup(server.Close)
	return server.URL
}

// world is a broker, an engine that works on it with a registry, and a plain client.
type world struct {
	engine *ksqlite.Engine
	client *kgo.Client
}

func newWorld(t *testing.T, url string) world {
	t.Helper()
	b, err := broker.Open(broker.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := ksqlite.Open(t.Context(), ksqlite.WithBootstrapServers(b.Address()), ksqlite.WithKafkaProperties(map[string]string{
		"schema.registry.url": url,
	}), ksqlite.WithRecordErrors(func(e ksqlite.RecordError) { t.Error(e) }))
	if err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Address()), kgo.AllowAutoTopicCreation())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return world{engine, client}
}

// exec runs statements that have to succeed.
func (w world) exec(t *testing.T, sql string) {
	t.Helper()
	if _, err := w.engine.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s\n%v", sql, err)
	}
}

// refused runs statements that have to fail, and returns why they did.
func (w world) refused(t *testing.T, sql string) string {
	t.Helper()
	_, err := w.engine.Exec(t.Context(), sql)
	if err == nil {
		t.Fatalf("%s\nwas not refused", sql)
	}
	return err.Error()
}

// query returns the rows of a query as JSON objects, a line each.
func (w world) query(t *testing.T, sql string) string {
	t.Helper()
	rows, err := w.engine.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%s\n%v", sql, err)
	}
	defer rows.Close()
	var lines []string
	for row := range rows.All(t.Context()) {
		line, err := json.Marshal(row.Map())
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// produce writes records to a topic as they are.
func (w world) produce(t *testing.T, topic string, records ...[]byte) {
	t.Helper()
	for _, r := range records {
		if err := w.client.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Value: r}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// consume returns the first records of a topic.
func (w world) consume(t *testing.T, topic string, count int) (records [][]byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w.client.AddConsumeTopics(topic)
	for len(records) < count {
		fetches := w.client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) { records = append(records, r.Value) })
	}
	return records
}
