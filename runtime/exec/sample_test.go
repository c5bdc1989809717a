package exec_test

import (
	"log/slog"
	"testing"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// All processes of a service id have the columns that one of them has found, whatever the topic holds
// by the time when they read its statement.
func TestInferredColumnsAreShared(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if err := h.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "t", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	put := func(value string) {
		if err := h.cluster.Produce(t.Context(), "t", []broker.Message{{Value: []byte(value)}}); err != nil {
			t.Fatal(err)
		}
	}
	put(`{"N": 1}`)
	first := h.process(t, false)
	before := h.process(t, true)
	result, err := execute(t.Context(), first.session, "CREATE STREAM s WITH (kafka_topic='t', value_format='JSON');")
	if err != nil {
		t.Fatal(err)
	}
	if got := result.Entity.(*exec.Status).Inferred; got == nil || got.Statement != "CREATE STREAM S (N INTEGER) WITH (KAFKA_TOPIC = 't', VALUE_FORMAT = 'JSON');" {
		t.Errorf("inferred: %+v", got)
	}
	put(`{"N": "text", "M": 1}`)
	after := h.process(t, false)
	for _, p := range []*process{first, before, after} {
		must(t, p.session, "SHOW STREAMS;") // which looks at what others have executed
		s, ok := p.Catalog().Source("S")
		if !ok || s.Schema.String() != "`N` INTEGER" {
			t.Errorf("%v", s)
		}
	}
}

// A file of queries is executed anew at each start, so it is told to list the columns that it leaves to
// the topic.
func TestInferredColumnsOfAFileAreTold(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if err := h.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "t", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	if err := h.cluster.Produce(t.Context(), "t", []broker.Message{{Value: []byte(`{"N": 1}`)}}); err != nil {
		t.Fatal(err)
	}
	said := &heard{}
	engine, err := exec.Open(t.Context(), exec.Options{
		Cluster: h.cluster, Clock: theTime, Headless: true, Logger: slog.New(slog.NewTextHandler(said, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := engine.NewSession().Queries(t.Context(), "CREATE STREAM s WITH (kafka_topic='t', value_format='JSON');"); err != nil {
		t.Fatal(err)
	}
	if !said.has("list them to keep them") || !said.has("CREATE STREAM S (N INTEGER) WITH") {
		t.Error(said)
	}
}
