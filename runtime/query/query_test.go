package query_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestQueries runs testdata/queries: each file has a broker of its own.
//
//	ddl              CREATE statements; their topics get one partition
//	push TOPIC       records, a line each: @time key value; a hyphen is null, \xNN a byte
//	query [strict] [null] [key]  a SELECT → its rows, what the processing log has got, and how
//	                 it ended; strict ends it at the first record that cannot be decoded,
//	                 null keeps those of which single fields are bad; key shows what the
//	                 rows of a table are told apart by
func TestQueries(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata/queries", func(t *testing.T, path string) {
		w := newWorld(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "ddl":
				return w.ddl(d.Input)
			case "push":
				return w.push(d.CmdArgs[0].Key, d.Input)
			case "query":
				w.keys = d.HasArg("key")
				return w.query(d.Input, query.Options{ID: "q", FailOnFault: d.HasArg("strict"), NullFields: d.HasArg("null")})
			}
			d.Fatalf(t, "no command %s", d.Cmd)
			return ""
		})
	})
}

// world is a broker, a catalog, and what was reported.
type world struct {
	t          testing.TB
	cluster    broker.Cluster
	planner    planner.Planner
	runtime    query.Runtime
	events     []proclog.Event
	partitions int32 // of the topics; 0 is 1
	keys       bool  // show the rows' keys
}

func newWorld(t testing.TB) *world {
	t.Helper()
	b, err := embedded.Open(embedded.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	c, err := b.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	w := &world{t: t, cluster: c}
	w.planner = planner.Planner{Catalog: &catalog.Catalog{}, Functions: functions.New(), Formats: serde.New()}
	w.runtime = query.Runtime{
		Hub: hub.New(c, serde.New()), Functions: functions.New(),
		Now: func() time.Time { return time.UnixMilli(0) },
		Log: proclog.Func(func(e proclog.Event) { w.events = append(w.events, e) }),
	}
	return w
}

func (w *world) ddl(text string) string {
	statements, err := parser.Parse(text)
	if err != nil {
		return source.Render(err)
	}
	for _, s := range statements {
		made, err := w.planner.Create(s.Statement.(*ast.CreateSource))
		if err != nil {
			return source.Render(source.In(text, err))
		}
		w.planner.Catalog = w.planner.Catalog.WithSource(made.Source)
		if err := w.cluster.CreateTopic(w.t.Context(), broker.NewTopic{Name: made.Source.Topic, Partitions: max(1, w.partitions)}); err != nil {
			return err.Error()
		}
	}
	return ""
}

func (w *world) push(topic, input string) string {
	var messages []broker.Message
	for line := range strings.Lines(input) {
		fields := strings.SplitN(strings.TrimSpace(line), " ", 3)
		at, err := strconv.ParseInt(fields[0][1:], 10, 64)
		if err != nil {
			return err.Error()
		}
		messages = append(messages, broker.Message{Time: at, Key: orNull(fields[1]), Value: orNull(fields[2]), Partition: broker.AnyPartition})
	}
	if err := w.cluster.Produce(w.t.Context(), topic, messages); err != nil {
		return err.Error()
	}
	return ""
}

func orNull(s string) []byte {
	if s == "-" {
		return nil
	}
	if bytes, err := strconv.Unquote(`"` + s + `"`); err == nil {
		return []byte(bytes)
	}
	return []byte(s)
}

func (w *world) query(text string, options query.Options) string {
	statements, err := parser.Parse(text)
	if err != nil {
		return source.Render(err)
	}
	p, err := w.planner.Query(statements[0].Statement.(*ast.Query))
	if err != nil {
		return source.Render(source.In(text, err))
	}
	rows, err := query.Start(w.t.Context(), w.runtime, p, options)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	return w.drain(rows)
}

func (w *world) drain(rows query.Rows) string {
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	defer cancel()
	w.events = nil
	var b strings.Builder
	fmt.Fprintln(&b, header(rows.Columns()))
	for rows.Next(ctx) {
		line(&b, rows)
		if w.keys {
			key(&b, rows)
		}
	}
	for _, e := range w.events {
		fmt.Fprintf(&b, "log %s %s skipped=%t\n", e.Logger, e, e.Skipped)
	}
	fmt.Fprintln(&b, map[query.End]string{
		query.LimitReached: "limit reached", query.Completed: "completed", query.Stopped: "stopped",
	}[rows.End()])
	if err := rows.Err(); err != nil {
		fmt.Fprintln(&b, err)
	}
	return b.String()
}

func header(columns []types.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name + " " + c.Type.String()
	}
	return strings.Join(names, " | ")
}

// key shows what the row is told apart by, and its window.
func key(b *strings.Builder, rows query.Rows) {
	row := rows.Row()
	if rows.Key() == nil && row.Key == nil {
		b.WriteString("  no key\n")
		return
	}
	b.WriteString("  key")
	for i, v := range row.Key {
		fmt.Fprintf(b, " %s=%s", rows.Key()[i].Name, display.Text(v, rows.Key()[i].Type))
	}
	if row.Window != (data.Window{}) {
		fmt.Fprintf(b, " in %d-%d", row.Window.Start, row.Window.End)
	}
	b.WriteByte('\n')
}

func line(b *strings.Builder, rows query.Rows) {
	for i, v := range rows.Row().Values {
		if i > 0 {
			b.WriteString(" | ")
		}
		b.Write(display.AppendText(nil, v, rows.Columns()[i].Type))
	}
	if rows.Row().Tombstone {
		b.WriteString(" (tombstone)")
	}
	b.WriteByte('\n')
}

// A record that counts in more windows than anybody can wait for does not keep a query from
// being stopped.
func TestLongStepsCanBeStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ddl("CREATE STREAM s (k STRING KEY, n INT) WITH (kafka_topic='s', value_format='JSON');")
	w.push("s", "@99999999999 a {\"n\":1}\n")
	statements, err := parser.Parse("SELECT k, COUNT(*) FROM s WINDOW HOPPING (SIZE 300 DAYS, ADVANCE BY 1 MILLISECOND) GROUP BY k EMIT CHANGES;")
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.planner.Query(statements[0].Statement.(*ast.Query))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := query.Start(t.Context(), w.runtime, p, query.Options{ID: "q"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	for rows.Next(ctx) {
		t.Error("a row was found")
	}
	rows.Close()
	if rows.End() != query.Stopped || rows.Err() != nil {
		t.Errorf("the query ended with %v, %v", rows.End(), rows.Err())
	}
}
