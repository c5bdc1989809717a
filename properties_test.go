package ksqlite_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

// TestPropertiesOfAServer: the file of a ksqlDB server can be used as it is.
func TestPropertiesOfAServer(t *testing.T) {
	t.Parallel()
	b, err := embedded.Open(embedded.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var said bytes.Buffer
	engine, err := ksqlite.Open(t.Context(), ksqlite.WithLogger(slog.New(slog.NewTextHandler(&said, nil))), ksqlite.WithEphemeral(),
		ksqlite.WithKafkaProperties(map[string]string{
			"ksql.streams.bootstrap.servers":             b.Address(),
			"listeners":                                  "http://0.0.0.0:8088",
			"ksql.heartbeat.enable":                      "true",
			"ksql.service.id":                            "mine_",
			"ksql.streams.processing.guarantee":          "exactly_once_v2",
			"ksql.streams.producer.compression.type":     "zstd",
			"ksql.streams.consumer.auto.offset.reset":    "earliest",
			"consumer.isolation.level":                   "read_uncommitted",
			"ksql.query.pull.max.allowed.offset.lag":     "5",
			"ksql.logging.processing.topic.auto.create":  "true",
			"ksql.streams.num.stream.threads":            "2",
			"ksql.streams.producer.delivery.timeout.ms":  "8000",
			"ksql.streams.producer.request.timeout.ms":   "8000",
			"ksql.persistence.default.format.value":      "JSON",
			"ksql.streams.replication.factor":            "1",
			"ksql.internal.topic.replicas":               "1",
			"ksql.streams.consumer.max.poll.interval.ms": "1000",
		}))
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	results, err := engine.Exec(t.Context(), "SHOW PROPERTIES;")
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for _, row := range results[0].Entity.Blocks()[0].Table.Rows {
		shown.WriteString(strings.Join(row, "|") + "\n")
	}
	for _, want := range []string{
		"ksql.service.id|KSQL|SERVER|mine_\n", "processing.guarantee|KAFKA STREAMS|SERVER|exactly_once_v2\n",
		"auto.offset.reset|KAFKA STREAMS|SERVER|earliest\n", "ksql.persistence.default.format.value|KSQL|SERVER|JSON\n",
	} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("%q is missing in\n%s", want, shown.String())
		}
	}
	if want := `properties="ksql.heartbeat.enable, ksql.query.pull.max.allowed.offset.lag, ksql.streams.consumer.max.poll.interval.ms, listeners"`; strings.Count(said.String(), want) != 1 {
		t.Errorf("%s is not told once: %s", want, said.String())
	}
}

func TestOptionsThatContradictEachOther(t *testing.T) {
	t.Parallel()
	kafka := ksqlite.WithBootstrapServers("localhost:1")
	for want, options := range map[string][]ksqlite.Option{
		"a data folder is for the embedded broker":                   {kafka, ksqlite.WithDataDir("d")},
		"only the embedded broker can listen":                        {kafka, ksqlite.WithListen("localhost:0", "")},
		"to serve, and to keep no statements":                        {kafka, ksqlite.WithServe(), ksqlite.WithEphemeral()},
		"to keep statements in a data folder":                        {ksqlite.WithDataDir("d"), ksqlite.WithEphemeral()},
		"did you mean ksql.service.id?":                              {ksqlite.WithKafkaProperties(map[string]string{"ksql.service.ids": "x"})},
		"Invalid value often for configuration processing.guarantee": {ksqlite.WithKafkaProperties(map[string]string{"ksql.streams.processing.guarantee": "often"})},
	} {
		if _, err := ksqlite.Open(t.Context(), options...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestQueriesFile: a fault is told with the file and the place.
func TestQueriesFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "queries.sql")
	open := func(text string) (*ksqlite.Engine, error) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return ksqlite.Open(t.Context(), ksqlite.WithKafkaProperties(map[string]string{"ksql.queries.file": file}))
	}
	_, err := open("CREATE TYPE a AS INT;\nDROP TYPE a;")
	if _, ok := errors.AsType[*ksqlite.Error](err); !ok || !strings.HasPrefix(err.Error(), file+": line 2:1: DROP TYPE a is not possible") {
		t.Errorf("got %v", err)
	}
	engine, err := open("CREATE TYPE a AS INT;")
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	if _, err := engine.Exec(t.Context(), "DROP TYPE a;"); err != nil {
		t.Errorf("the file is not executed: %v", err)
	}
}

// TestServingEnginesShareAServiceID: a program serves what another one creates on a
// broker that both reach.
func TestServingEnginesShareAServiceID(t *testing.T) {
	t.Parallel()
	server, err := ksqlite.Open(t.Context(), ksqlite.WithDataDir(t.TempDir()), ksqlite.WithListen("127.0.0.1:0", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	where, err := server.Location(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	address := where[strings.LastIndex(where, " ")+1:]
	program, err := ksqlite.Open(t.Context(), ksqlite.WithBootstrapServers(address),
		ksqlite.WithProperties(map[string]string{"auto.offset.reset": "earliest"}))
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	exec(t, program, createOrders)
	exec(t, program, "CREATE STREAM copies AS SELECT * FROM orders;")
	rows, err := program.Query(t.Context(), "SELECT * FROM copies EMIT CHANGES LIMIT 1;")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next(t.Context()) {
		t.Error(rows.Err())
	}
	exec(t, server, "DROP STREAM copies DELETE TOPIC;")
}

// TestPropertiesOfTheConnection: who sets one in a session is told where it stands.
func TestPropertiesOfTheConnection(t *testing.T) {
	t.Parallel()
	engine, err := ksqlite.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	for name, want := range map[string]string{
		"ssl.keystore.password": "It is a property of Kafka's clients: it stands in the file that --config-file names.",
		"client.dns.lookup":     "It is a property of Kafka's clients that has no effect here.",
	} {
		_, err := engine.Exec(t.Context(), "SET '"+name+"'='x';")
		if err == nil || !strings.Contains(ksqlite.Render(err), want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
