package exec_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// execute executes one statement in a session.
func execute(ctx context.Context, s *exec.Session, text string) (*exec.Result, error) {
	st, err := s.Prepare(text, parser.Split(text).Parts[0])
	if err != nil {
		return nil, err
	}
	return s.Execute(ctx, st)
}

func TestSessionsShareTheCatalog(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	var sessions sync.WaitGroup
	for i := range 8 {
		sessions.Go(func() {
			s := h.engine.NewSession()
			script := fmt.Sprintf(`CREATE STREAM s%[1]d (n INT) WITH (kafka_topic='t%[1]d', partitions=1, format='JSON');
				INSERT INTO s%[1]d VALUES (%[1]d);
				SELECT * FROM s%[1]d;
				CREATE STREAM gone%[1]d (n INT) WITH (kafka_topic='t%[1]d', format='JSON');
				SHOW STREAMS EXTENDED;
				SHOW QUERIES;
				DROP STREAM gone%[1]d;`, i)
			for result, err := range s.Script(t.Context(), script) {
				if err != nil {
					t.Error(err)
					return
				}
				if result.Rows != nil {
					for result.Rows.Next(t.Context()) {
					}
					result.Rows.Close()
				}
			}
		})
	}
	sessions.Wait()
	if got := len(h.engine.Catalog().Sources()); got != 8 {
		t.Errorf("%d sources, want 8", got)
	}
	if entries, _ := h.log.Entries(t.Context(), 0); len(entries) != 24 {
		t.Errorf("%d statements in the log, want 24", len(entries))
	}
}

func TestAssertTopicWaits(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	answers := make(chan error)
	go func() {
		_, err := execute(t.Context(), h.engine.NewSession(), "ASSERT TOPIC late TIMEOUT 20 SECONDS;")
		answers <- err
	}()
	if _, err := execute(t.Context(), h.session, "CREATE STREAM s (n INT) WITH (kafka_topic='late', partitions=1, format='JSON');"); err != nil {
		t.Fatal(err)
	}
	if err := <-answers; err != nil {
		t.Error(err)
	}
}

func TestAssertTopicEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	ctx, cancel := context.WithCancel(t.Context())
	answers := make(chan error)
	go func() {
		_, err := execute(ctx, h.session, "ASSERT TOPIC never TIMEOUT 1 DAY;")
		answers <- err
	}()
	cancel()
	if err := <-answers; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestFailedAssertionIsRecognised(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if _, err := execute(t.Context(), h.session, "ASSERT TOPIC t TIMEOUT 0 SECONDS;"); !errors.Is(err, exec.ErrAssertion) {
		t.Errorf("got %v", err)
	}
}

func TestPrintIsClosedFromElsewhere(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if _, err := execute(t.Context(), h.session, "CREATE STREAM s (n INT) WITH (kafka_topic='t', partitions=1, format='JSON');"); err != nil {
		t.Fatal(err)
	}
	result, err := execute(t.Context(), h.session, "PRINT t;")
	if err != nil {
		t.Fatal(err)
	}
	more := make(chan bool)
	go func() { more <- result.Lines.Next(t.Context()) }()
	result.Lines.Close()
	if <-more || result.Lines.Err() != nil {
		t.Errorf("a closed PRINT goes on, or has an error: %v", result.Lines.Err())
	}
	result.Lines.Close()
}

func TestEngineEndsItsQueries(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for result, err := range h.session.Script(t.Context(), `
		CREATE STREAM s (n INT) WITH (kafka_topic='t', partitions=1, format='JSON');
		SELECT * FROM s EMIT CHANGES;`) {
		if err != nil {
			t.Fatal(err)
		}
		h.rows = result.Rows
	}
	more := make(chan bool)
	go func() { more <- h.rows.Next(t.Context()) }()
	if err := h.engine.Close(); err != nil {
		t.Fatal(err)
	}
	if <-more {
		t.Error("a query outlives its engine")
	}
	if _, err := execute(t.Context(), h.session, "SELECT * FROM s EMIT CHANGES;"); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("a closed engine starts a query: %v", err)
	}
}

func TestCatalogIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for i := range 3 {
		e, err := exec.Open(t.Context(), exec.Options{Cluster: h.cluster, Clock: theTime, Log: h.topicLog(), Private: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(e.Catalog().Sources()); got != i {
			t.Errorf("start %d finds %d sources", i, got)
		}
		statement := fmt.Sprintf("CREATE STREAM s%d (n INT) WITH (kafka_topic='t', partitions=1, format='JSON');", i)
		if _, err := execute(t.Context(), e.NewSession(), statement); err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestDamagedCatalogIsTold(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{"CREATE STREAM;", "CREATE TYPE t AS nothing;"} {
		var log exec.MemoryLog
		_ = log.Append(t.Context(), 0, exec.Entry{Statement: statement})
		if _, err := exec.Open(t.Context(), exec.Options{Clock: theTime, Log: &log}); err == nil {
			t.Errorf("%s is no fault", statement)
		}
	}
}

// A statement that needs a registry takes nothing from a process that has none but its own source.
func TestStatementsWithARegistryElsewhere(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for i, text := range []string{
		"CREATE STREAM a (k STRING KEY, n INT) WITH (kafka_topic='a', value_format='AVRO');",
		"CREATE STREAM b AS SELECT * FROM a;",
		"CREATE STREAM j (n INT) WITH (kafka_topic='j', partitions=1, value_format='JSON');",
	} {
		if err := h.log.Append(t.Context(), int64(i), exec.Entry{Statement: text}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "a", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	engine, err := exec.Open(t.Context(), exec.Options{Cluster: h.cluster, Log: h.log, Clock: theTime, Serve: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if got := len(engine.Catalog().Sources()); got != 3 {
		t.Errorf("%d sources, want 3", got)
	}
	_, err = execute(t.Context(), engine.NewSession(), "SELECT * FROM a;")
	if !errors.Is(err, serde.ErrNoRegistry) {
		t.Errorf("got %v", err)
	}
	must(t, engine.NewSession(), "DROP STREAM b; DROP STREAM a;")
}

func TestPrintTellsThatItsTopicIsGone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if _, err := execute(t.Context(), h.session, "CREATE STREAM s (n INT) WITH (kafka_topic='t', partitions=1, format='JSON');"); err != nil {
		t.Fatal(err)
	}
	result, err := execute(t.Context(), h.session, "PRINT t;")
	if err != nil {
		t.Fatal(err)
	}
	defer result.Lines.Close()
	if _, err := execute(t.Context(), h.session, "DROP STREAM s DELETE TOPIC;"); err != nil {
		t.Fatal(err)
	}
	if result.Lines.Next(t.Context()) || !errors.Is(result.Lines.Err(), broker.ErrTopicDeleted) {
		t.Errorf("got %v", result.Lines.Err())
	}
}

func TestPrintEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	if _, err := execute(t.Context(), h.session, "CREATE STREAM s (n INT) WITH (kafka_topic='t', partitions=1, format='JSON');"); err != nil {
		t.Fatal(err)
	}
	result, err := execute(t.Context(), h.session, "PRINT t FROM BEGINNING;")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if result.Lines.Next(ctx) || result.Lines.Err() != nil || result.Lines.Next(t.Context()) {
		t.Errorf("a cancelled PRINT goes on, or has an error: %v", result.Lines.Err())
	}
	result.Lines.Close()
}

// TestFunctionsAreListedByCategory: a blank row stands between categories, and
// names are in order within.
func TestFunctionsAreListedByCategory(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	result, err := execute(t.Context(), h.session, "SHOW FUNCTIONS;")
	if err != nil {
		t.Fatal(err)
	}
	rows := result.Entity.Blocks()[0].Table.Rows
	if !slices.ContainsFunc(rows, func(row []string) bool { return row[0] == "LCASE" && row[1] == "STRING" }) {
		t.Error("LCASE is missing")
	}
	for i, row := range rows[1:] {
		before := rows[i]
		switch {
		case before[0] == "" || row[0] == "" && rows[i+2][1] > before[1]:
		case before[1] != row[1] || before[0] >= row[0]:
			t.Errorf("%v follows %v", row, before)
		}
	}
}

func TestSessionIsSetFromOutside(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	s := h.engine.NewSession()
	s.Define("who", "me")
	if err := s.SetProperty("ksql.streams.auto.offset.reset", "earliest"); err != nil {
		t.Error(err)
	}
	if err := s.SetProperty("nothing", "1"); err == nil {
		t.Error("an unknown property can be set")
	}
	if s.Variables()["WHO"] != "me" || s.Properties().String(config.AutoOffsetReset) != "earliest" || s.Engine() != h.engine {
		t.Error("the session does not know what it was told")
	}
	h.scripts["a/b.sql"] = "SHOW VARIABLES; SHOW TABLES;"
	n := 0
	for _, err := range s.File(t.Context(), "a/b.sql") {
		if err != nil {
			t.Error(err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d results, want 2", n)
	}
	for _, err := range s.File(t.Context(), "none.sql") {
		if err == nil {
			t.Error("a file that is not there is executed")
		}
	}
}
