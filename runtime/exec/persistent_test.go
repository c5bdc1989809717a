package exec_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// must executes the statements of a script, none of which may fail.
func must(t *testing.T, s *exec.Session, script string) {
	t.Helper()
	for result, err := range s.Script(t.Context(), script) {
		if err != nil {
			t.Fatal(err)
		}
		if result.Rows != nil {
			result.Rows.Close()
		}
	}
}

const declaration = "CREATE STREAM s (id INT KEY, n INT) WITH (kafka_topic='s', partitions=1, format='JSON');"

// refusing is a log that takes no more entries.
type refusing struct{ exec.MemoryLog }

var errFull = errors.New("the disk is full")

// Append takes the first entry alone.
func (l *refusing) Append(ctx context.Context, n int64, e exec.Entry) error {
	if n > 0 {
		return errFull
	}
	return l.MemoryLog.Append(ctx, n, e)
}

func TestFailedStatementLeavesNothing(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	e, err := exec.Open(t.Context(), exec.Options{Cluster: h.cluster, Clock: theTime, Log: &refusing{}, Serve: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := e.NewSession()
	must(t, s, declaration)
	for _, statement := range []string{
		"CREATE STREAM o AS SELECT * FROM s;",
		"CREATE STREAM p (n INT) WITH (kafka_topic='p', partitions=1, format='JSON');",
		"INSERT INTO s SELECT * FROM s;",
	} {
		if _, err := execute(t.Context(), s, statement); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", statement, err)
		}
	}
	if topics, _ := h.cluster.Topics(t.Context()); len(topics) != 1 {
		t.Errorf("topics are left: %v", topics)
	}
	result, err := execute(t.Context(), s, "SHOW QUERIES;")
	if err != nil || len(result.Entity.(*exec.Queries).Queries) != 0 {
		t.Errorf("queries are left: %+v, %v", result, err)
	}
}

func TestFailedDropLeavesTheQueryRunning(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	log := &later{}
	e, err := exec.Open(t.Context(), exec.Options{Cluster: h.cluster, Clock: theTime, Log: log, Serve: true})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	h.session = e.NewSession()
	must(t, h.session, "SET 'auto.offset.reset' = 'earliest';"+declaration+"CREATE STREAM o WITH (kafka_topic='o') AS SELECT * FROM s;")
	log.refuse = true
	if _, err := execute(t.Context(), h.session, "DROP STREAM o DELETE TOPIC;"); !errors.Is(err, errFull) {
		t.Fatal(err)
	}
	must(t, h.session, "INSERT INTO s VALUES (1, 1);")
	if err := h.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "o", Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	if got := h.records(t.Context(), "o", 1); got != `1 | {"N":1}` {
		t.Error(got)
	}
}

// later is a log that can be told to take no more entries.
type later struct {
	exec.MemoryLog
	refuse bool
}

// Append refuses once it was told to.
func (l *later) Append(ctx context.Context, n int64, e exec.Entry) error {
	if l.refuse {
		return errFull
	}
	return l.MemoryLog.Append(ctx, n, e)
}

func TestClosedEngineStartsNoQuery(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	must(t, h.session, declaration)
	if err := h.engine.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := execute(t.Context(), h.session, "CREATE STREAM o AS SELECT * FROM s;"); !errors.Is(err, exec.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestWhatBelongsToOthersIsLeftAlone(t *testing.T) {
	t.Parallel()
	for client, want := range map[string]string{
		"_confluent-ksql-default_query-1-StreamThread-2-consumer": "a ksqlDB server reads in it",
		"somebody": "reads in it",
	} {
		h := newHarness(t)
		must(t, h.session, declaration+"CREATE STREAM o (id INT KEY, n INT) WITH (kafka_topic='o', partitions=1, format='JSON');")
		leave := h.join(t, "_confluent-ksql-ksqlite_query_Q", "s", client)
		_, err := execute(t.Context(), h.session, "INSERT INTO o WITH (query_id='Q') SELECT * FROM s;")
		leave()
		if !errors.Is(err, exec.ErrForeign) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", client, err)
		}
		if _, err := execute(t.Context(), h.session, "TERMINATE q;"); err == nil {
			t.Error("the query is there")
		}
	}
}

// join has a consumer join a group, and returns when it has.
func (h *harness) join(t *testing.T, group, topic, client string) (leave func()) {
	t.Helper()
	joined := make(chan struct{})
	var once sync.Once
	consumer, err := kgo.NewClient(kgo.SeedBrokers(h.broker.Address()), kgo.Dialer(h.broker.Dial), kgo.ClientID(client),
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic),
		kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) { once.Do(func() { close(joined) }) }))
	if err != nil {
		t.Fatal(err)
	}
	<-joined
	return consumer.Close
}

func TestServiceOfAServerIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	must(t, h.session, declaration)
	topic := broker.NewTopic{Name: "_confluent-ksql-ksqlite__command_topic", Partitions: 1}
	if err := h.cluster.CreateTopic(t.Context(), topic); err != nil {
		t.Fatal(err)
	}
	if _, err := execute(t.Context(), h.session, "CREATE STREAM o AS SELECT * FROM s;"); !errors.Is(err, exec.ErrForeign) {
		t.Errorf("a query is created: %v", err)
	}
	var log exec.MemoryLog
	for i, statement := range []string{declaration, "CREATE STREAM o AS SELECT * FROM s;"} {
		_ = log.Append(t.Context(), int64(i), exec.Entry{Statement: statement})
	}
	_, err := exec.Open(t.Context(), exec.Options{Cluster: h.cluster, Clock: theTime, Log: &log, Serve: true})
	if !errors.Is(err, exec.ErrForeign) {
		t.Errorf("the queries of the log are run: %v", err)
	}
}

// TestQueryThatCannotRunIsTold: the other queries of the log run all the same.
func TestQueryThatCannotRunIsTold(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	must(t, h.session, declaration+"CREATE STREAM o AS SELECT * FROM s; CREATE STREAM p AS SELECT * FROM s; PAUSE csas_o_1;")
	if err := h.engine.Close(); err != nil {
		t.Fatal(err)
	}
	start := func(r query.Runtime, p *plan.Persistent, o query.PersistentOptions) (exec.Runner, error) {
		if o.ID == "CSAS_O_1" {
			return nil, errors.New("no such function")
		}
		return query.StartPersistent(r, p, o)
	}
	e, err := exec.Open(t.Context(), exec.Options{Cluster: h.cluster, Clock: theTime, Log: h.log, Serve: true, Start: start})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := e.NewSession()
	must(t, s, "RESUME csas_o_1; PAUSE csas_o_1;")
	result, err := execute(t.Context(), s, "SHOW QUERIES;")
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]string{}
	for _, q := range result.Entity.(*exec.Queries).Queries {
		states[q.ID] = q.State
	}
	if states["CSAS_O_1"] != "ERROR" || states["CSAS_P_2"] != "RUNNING" {
		t.Errorf("got %v", states)
	}
	result, err = execute(t.Context(), s, "EXPLAIN csas_o_1;")
	if err != nil {
		t.Fatal(err)
	}
	failures := result.Entity.(*exec.Explanation).Query.Errors
	if len(failures) != 1 || failures[0].Message != "no such function" || failures[0].Type != "UNKNOWN" {
		t.Errorf("got %+v", failures)
	}
}

// silent is a cluster that does not tell of groups.
type silent struct {
	broker.Cluster
	asked int
}

func (c *silent) Groups(context.Context, ...string) ([]broker.Group, error) {
	c.asked++
	return nil, broker.ErrUnreachable
}

func TestQueriesOfOtherProcessesAreListed(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	must(t, h.session, declaration+"CREATE STREAM o AS SELECT * FROM s; CREATE STREAM p AS SELECT * FROM s;")
	idle := func(c broker.Cluster) string {
		e, err := exec.Open(t.Context(), exec.Options{Cluster: c, Clock: theTime, Log: h.log})
		if err != nil {
			t.Fatal(err)
		}
		result, err := execute(t.Context(), e.NewSession(), "SHOW QUERIES;")
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		list := result.Entity.(*exec.Queries).Queries
		return list[0].State + " " + list[1].State
	}
	if err := h.engine.Close(); err != nil {
		t.Fatal(err)
	}
	if got := idle(h.cluster); got != "UNRESPONSIVE UNRESPONSIVE" {
		t.Error(got)
	}
	leave := h.join(t, "_confluent-ksql-ksqlite_query_CSAS_P_2", "s", "another-process")
	defer leave()
	if got := idle(h.cluster); got != "UNRESPONSIVE RUNNING" {
		t.Error(got)
	}
	c := &silent{Cluster: h.cluster}
	if got := idle(c); got != "UNRESPONSIVE UNRESPONSIVE" || c.asked != 1 {
		t.Errorf("%s, asked %d times", got, c.asked)
	}
}

// busy is a query that has done something.
type busy struct{ status query.Status }

func (busy) Stop()                         {}
func (busy) Pause()                        {}
func (busy) Analyze() []string             { return nil }
func (busy) CatchUp(context.Context) error { return nil }
func (busy) Resume()                       {}
func (b busy) Status() query.Status        { return b.status }

func TestExplainTellsHowFastAQueryIs(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	now := theTime()
	start := func(query.Runtime, *plan.Persistent, query.PersistentOptions) (exec.Runner, error) {
		return busy{query.Status{State: query.StateRunning, Read: 1000, Written: 25}}, nil
	}
	e, err := exec.Open(t.Context(), exec.Options{
		Cluster: h.cluster, Clock: func() time.Time { return now }, Serve: true, Start: start,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := e.NewSession()
	must(t, s, declaration+"CREATE STREAM o AS SELECT * FROM s;")
	now = now.Add(10 * time.Second)
	result, err := execute(t.Context(), s, "EXPLAIN csas_o_1;")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	showBlocks(&out, result.Entity)
	for _, want := range []string{"Records read         : 1000 (100.0/s)", "Records written      : 25 (2.5/s)"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in\n%s", want, out.String())
		}
	}
}

// TestSessionsStartQueriesAtOnce: whatever is done at the same time, ids are not
// given twice and nothing is left at the end.
func TestSessionsStartQueriesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	must(t, h.session, declaration)
	var sessions sync.WaitGroup
	for i := range 6 {
		sessions.Go(func() {
			s := h.engine.NewSession()
			script := fmt.Sprintf(`CREATE STREAM o%[1]d AS SELECT * FROM s;
				INSERT INTO o%[1]d WITH (query_id='q%[1]d') SELECT * FROM s;
				PAUSE q%[1]d; SHOW QUERIES; EXPLAIN q%[1]d; RESUME q%[1]d;
				TERMINATE q%[1]d; DROP STREAM o%[1]d DELETE TOPIC;`, i)
			for _, err := range s.Script(t.Context(), script) {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	sessions.Wait()
	if got := h.groups(t.Context()); got != "" {
		t.Errorf("groups are left: %s", got)
	}
	if topics, _ := h.cluster.Topics(t.Context()); len(topics) != 1 {
		t.Errorf("topics are left: %v", topics)
	}
}
