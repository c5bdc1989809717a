package exec_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
)

// process is an engine on the service id of a cluster, as another process has one.
type process struct {
	*exec.Engine
	session *exec.Session
	said    *heard
}

// heard is what a process has logged.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

func (h *heard) has(text string) bool { return strings.Contains(h.String(), text) }

// process opens an engine on the command topic of the harness's cluster.
func (h *harness) process(t *testing.T, serve bool) *process {
	t.Helper()
	properties, err := config.New(map[string]string{"session.timeout.ms": "6000"})
	if err != nil {
		t.Fatal(err)
	}
	p := &process{said: &heard{}}
	p.Engine, err = exec.Open(t.Context(), exec.Options{
		Cluster: h.cluster, Clock: time.Now, Properties: properties, Serve: serve,
		Log:    exec.NewTopicLog(h.cluster, properties, time.Now),
		Logger: slog.New(slog.NewTextHandler(p.said, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	p.session = p.NewSession()
	must(t, p.session, "SET 'auto.offset.reset' = 'earliest';")
	return p
}

// queries is what SHOW QUERIES says: ids and states, then the warnings.
func (p *process) queries(ctx context.Context) (string, error) {
	result, err := execute(ctx, p.session, "SHOW QUERIES;")
	if err != nil {
		return "", err
	}
	var words []string
	for _, q := range result.Entity.(*exec.Queries).Queries {
		words = append(words, q.ID+" "+q.State)
	}
	return strings.Join(append(words, result.Warnings...), ", "), nil
}

// awaitQueries waits until SHOW QUERIES says something.
func (p *process) awaitQueries(t *testing.T, want string) {
	t.Helper()
	awaitTrue(t, "queries "+want, func(ctx context.Context) (string, bool) {
		got, err := p.queries(ctx)
		return fmt.Sprint(got, err), err == nil && strings.HasPrefix(got, want)
	})
}

// awaitSaid waits until a process has logged something.
func (p *process) awaitSaid(t *testing.T, text string) {
	t.Helper()
	awaitTrue(t, "words "+text, func(context.Context) (string, bool) { return p.said.String(), p.said.has(text) })
}

func awaitTrue(t *testing.T, what string, done func(context.Context) (string, bool)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if last := until(ctx, func() (string, bool) { return done(ctx) }); last != "" {
		t.Fatalf("%s: %s", what, last)
	}
}

const holding = "holding the service id"

func TestServerRunsWhatAnotherProcessCreates(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	server := h.process(t, true)
	server.awaitSaid(t, holding)
	shell := h.process(t, false)
	must(t, shell.session, declaration+"CREATE STREAM o AS SELECT id, n * 2 AS n FROM s; INSERT INTO s VALUES (1, 1);")
	if got := h.records(t.Context(), "O", 1); got != `1 | {"N":2}` {
		t.Error(got)
	}
	shell.awaitQueries(t, "CSAS_O_1 RUNNING")
	must(t, shell.session, "PAUSE csas_o_1;")
	server.awaitQueries(t, "CSAS_O_1 PAUSED")
	must(t, server.session, "RESUME csas_o_1; CREATE STREAM p AS SELECT * FROM o;")
	shell.awaitQueries(t, "CSAS_O_1 RUNNING, CSAS_P_4 RUNNING")
	must(t, shell.session, "DROP STREAM p DELETE TOPIC; DROP STREAM o DELETE TOPIC; INSERT INTO s WITH (query_id='q') SELECT * FROM s WHERE n < 0;")
	must(t, shell.session, "TERMINATE q; INSERT INTO s WITH (query_id='q') SELECT * FROM s WHERE n < 0;") // the group is free at once
	server.awaitQueries(t, "Q RUNNING")
	must(t, shell.session, "TERMINATE q;")
	awaitTrue(t, "no groups left", func(ctx context.Context) (string, bool) {
		got := h.groups(ctx)
		return got, got == "_confluent-ksql-ksqlite_holder"
	})
}

// TestStatementsOfManyProcessesHaveOneOrder: all see the same queries with the same ids.
func TestStatementsOfManyProcessesHaveOneOrder(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	server := h.process(t, true)
	server.awaitSaid(t, holding)
	must(t, server.session, declaration)
	var executing sync.WaitGroup
	for i := range 3 {
		shell := h.process(t, false)
		executing.Go(func() {
			for j := range 3 {
				script := fmt.Sprintf("CREATE STREAM o%[1]d%[2]d AS SELECT * FROM s; CREATE TYPE t%[1]d%[2]d AS INT;", i, j)
				for _, err := range shell.session.Script(t.Context(), script) {
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	executing.Wait()
	want, err := h.process(t, false).queries(t.Context())
	if err != nil || strings.Count(want, "CSAS_") != 9 {
		t.Fatalf("%s, %v", want, err)
	}
	got, err := server.queries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(want, "UNRESPONSIVE", "RUNNING"), got); diff != "" {
		t.Error(diff)
	}
}

func TestShellRunsItsOwnQueriesUntilSomebodyServes(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	shell := h.process(t, false)
	must(t, shell.session, declaration)
	result, err := execute(t.Context(), shell.session, "CREATE STREAM o AS SELECT * FROM s;")
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0], "runs in this process alone and stops when it ends") {
		t.Errorf("warnings %q", result.Warnings)
	}
	shell.awaitQueries(t, "CSAS_O_1 RUNNING")
	other := h.process(t, false)
	must(t, other.session, "CREATE STREAM p AS SELECT * FROM s;")
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	shell.awaitQueries(t, "CSAS_O_1 RUNNING, CSAS_P_2 UNRESPONSIVE, Queries that are UNRESPONSIVE do not run")

	server := h.process(t, true)
	shell.awaitSaid(t, "handed over")
	shell.awaitQueries(t, "CSAS_O_1 RUNNING, CSAS_P_2 RUNNING")
	must(t, shell.session, "INSERT INTO s VALUES (1, 1);")
	if got := h.records(t.Context(), "O", 1); got != `1 | {"N":1}` {
		t.Error(got)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	shell.awaitQueries(t, "CSAS_O_1 UNRESPONSIVE, CSAS_P_2 UNRESPONSIVE")
}

func TestOneServerAtATimeRunsTheQueries(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	first := h.process(t, true)
	first.awaitSaid(t, holding)
	must(t, first.session, declaration+"CREATE STREAM o AS SELECT * FROM s;")
	second := h.process(t, true)
	second.awaitSaid(t, "standing by")
	second.awaitQueries(t, "CSAS_O_1 RUNNING") // elsewhere
	if second.said.has("msg=\"" + holding) {
		t.Error("both hold the service id")
	}
	must(t, second.session, "PAUSE csas_o_1;")
	first.awaitQueries(t, "CSAS_O_1 PAUSED")
	must(t, second.session, "RESUME csas_o_1;")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second.awaitSaid(t, "msg=\""+holding)
	must(t, second.session, "INSERT INTO s VALUES (1, 1);")
	if got := h.records(t.Context(), "O", 1); got != `1 | {"N":1}` {
		t.Error(got)
	}
}

func TestServingEndsWithItsTopic(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	server := h.process(t, true)
	server.awaitSaid(t, holding)
	if err := h.cluster.DeleteTopic(t.Context(), commands); err != nil {
		t.Fatal(err)
	}
	if err := <-server.Failed(); !errors.Is(err, broker.ErrTopicDeleted) && !errors.Is(err, broker.ErrUnknownTopic) {
		t.Errorf("got %v", err)
	}
}

// TestLookingLeavesNothing: a process whose statements ask for nothing writes nothing.
func TestLookingLeavesNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	must(t, h.process(t, false).session, "SHOW STREAMS; SHOW QUERIES; SHOW TOPICS; SHOW TYPES;")
	if topics, err := h.cluster.Topics(t.Context()); err != nil || len(topics) > 0 {
		t.Errorf("%v, %v", topics, err)
	}
	if got := h.groups(t.Context()); got != "" {
		t.Errorf("groups are left: %s", got)
	}
}

// TestEphemeralQueriesLeaveTheServiceAlone: a query of an ephemeral engine has the id
// of one of the service and reads in another group, which is gone at the end.
func TestEphemeralQueriesLeaveTheServiceAlone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	server := h.process(t, true)
	server.awaitSaid(t, holding)
	must(t, server.session, declaration+"CREATE STREAM o AS SELECT * FROM s;")
	var before string
	awaitTrue(t, "the group of the service's", func(ctx context.Context) (string, bool) {
		before = h.groups(ctx)
		return before, strings.Contains(before, "query_CSAS_O_1")
	})
	e, err := exec.Open(t.Context(), exec.Options{Cluster: h.cluster, Clock: theTime, Ephemeral: true})
	if err != nil {
		t.Fatal(err)
	}
	must(t, e.NewSession(), declaration+"CREATE STREAM o WITH (kafka_topic='mine') AS SELECT * FROM s;")
	awaitTrue(t, "a group of its own", func(ctx context.Context) (string, bool) {
		got := h.groups(ctx)
		return got, strings.Contains(got, "_confluent-ksql-ksqlite_transient_CSAS_O_1_")
	})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if got := h.groups(t.Context()); got != before {
		t.Errorf("groups were %s and are %s", before, got)
	}
}

// TestHeadlessQueriesGoOnWhereTheyStopped although their statements are executed again.
func TestHeadlessQueriesGoOnWhereTheyStopped(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	must(t, h.session, declaration+"INSERT INTO s VALUES (1, 1);")
	const file = "SET 'auto.offset.reset' = 'earliest';" + declaration + "CREATE STREAM o AS SELECT * FROM s;"
	for n := range 3 {
		e, err := exec.Open(t.Context(), exec.Options{Cluster: h.cluster, Clock: theTime, Serve: true, Headless: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.NewSession().Queries(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			must(t, h.session, fmt.Sprintf("INSERT INTO s VALUES (1, %d);", n+1))
		}
		h.records(t.Context(), "O", n+1)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got := h.records(t.Context(), "O", 3); got != "1 | {\"N\":1}\n1 | {\"N\":2}\n1 | {\"N\":3}" {
		t.Error(got)
	}
	if ends, err := h.cluster.Offsets(t.Context(), "O", broker.EndOffset()); err != nil || ends[0] != 3 {
		t.Errorf("%d records, %v", ends[0], err)
	}
}

func TestHeadlessFileHoldsDeclarationsOnly(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for statement, want := range map[string]string{
		"CREATE TYPE x AS INT;\nEXIT;\nSHOW ALL;": "line 2:1: EXIT is not possible in a file of queries",
		"SHOW STREAMS;":                      "line 1:1: SHOW STREAMS is not possible in a file of queries",
		"\n SELECT 1 FROM s;":                "line 2:2: ",
		"CREATE TYPE t AS INT; DROP TYPE t;": "line 1:23: ",
	} {
		err := h.engine.NewSession().Queries(t.Context(), statement)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", statement, err)
		}
	}
	if len(h.engine.Catalog().TypeNames()) > 0 {
		t.Error("a file with a fault is executed in part")
	}
}
