package exec_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestStatements runs testdata/*.ddt, each file on a broker and a session of its
// own. The commands:
//
//	run                     executes statements and shows their results as a
//	                        terminal would, or the error with its place
//	json                    the same, with the results as JSON
//	produce topic=t         writes records, one a line: key | value, ~ is null
//	topic name=t            shows a topic and its settings
//	script name=f           makes a file for RUN SCRIPT
//	log                     shows the log of statements
//	restart [idle] [property=value …]  opens another engine on the same log, whose
//	                        process has set properties; idle is one that runs no
//	                        queries but its own
//	await topic=t records=n waits until a topic has so many records, and shows them
//	await query=q state=s   waits until a query is in a state
//	await query=q committed=n  waits until a query has committed so many records
//	label query=q name=n    shows one line of EXPLAIN
//	groups                  shows the consumer groups
//	delete topic=t          deletes a topic behind the engine's back
//	start                   starts a query and leaves it; ${id} is its id
//	next                    counts the values of the next row of that query
//	rows n=2                shows the next rows of that query, sorted
//	faults                  shows what went wrong with records since the last time
//	commit group=g topic=t offset=n  commits an offset of partition 0
func TestStatements(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		t.Parallel()
		h := newHarness(t)
		datadriven.RunTest(t, path, h.command)
	})
}

// harness is what the commands of one file work on.
type harness struct {
	broker  *embedded.Broker
	cluster broker.Cluster
	log     *exec.MemoryLog
	schemas *registry.Memory
	scripts map[string]string
	engine  *exec.Engine
	session *exec.Session
	rows    query.Rows // of the last start
	events  faults
}

// faults is the lines of what the session was told of.
type faults struct{ lines []string }

// Report is called from the goroutine that runs the query, the test's own. What
// exactly is wrong is for the packages that find it to test.
func (f *faults) Report(e proclog.Event) {
	f.lines = append(f.lines, fmt.Sprintf("kind %d, topic %s, offset %d, skipped: %v", e.Kind, e.Topic, e.Offset, e.Skipped))
}

func (f *faults) take() string {
	text := strings.Join(f.lines, "\n")
	f.lines = nil
	return text
}

// theTime is what the engine's clock says in all tests.
func theTime() time.Time { return time.UnixMilli(1_700_000_000_000) }

// whereFilesStand knows the properties of a connection by how they begin.
func whereFilesStand(name string) string {
	if strings.HasPrefix(name, "ssl.") {
		return "It stands in the file of the connection."
	}
	return ""
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	b, err := embedded.Open(embedded.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	client := b.Config()
	client.Properties["metadata.max.age.ms"] = "50" // new topics are noticed soon
	cluster, err := kafka.Open(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	h := &harness{broker: b, cluster: cluster, log: &exec.MemoryLog{}, schemas: &registry.Memory{}, scripts: map[string]string{}}
	if err := h.open(t, nil, true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.engine.Close(); err != nil {
			t.Error(err)
		}
		cluster.Close()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *harness) open(t *testing.T, properties map[string]string, serve bool) error {
	t.Helper()
	all := map[string]string{"ksql.schema.registry.url": "http://me:secret@registry:8081"}
	maps.Copy(all, properties)
	process, err := config.New(all)
	if err != nil {
		t.Fatal(err)
	}
	options := exec.Options{Cluster: h.cluster, Clock: theTime, Log: h.log, Properties: process, ReadScript: h.read, Serve: serve, Elsewhere: whereFilesStand}
	if h.schemas != nil {
		options.Registry = h.schemas
	}
	engine, err := exec.Open(t.Context(), options)
	if err != nil {
		return err
	}
	h.engine, h.session = engine, engine.NewSession()
	h.session.Watch(&h.events)
	return nil
}

func (h *harness) read(path string) ([]byte, error) {
	if text, ok := h.scripts[path]; ok {
		return []byte(text), nil
	}
	return nil, errors.New("no such file: " + path)
}

func (h *harness) command(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	switch d.Cmd {
	case "run":
		return h.run(ctx, d.Input, showBlocks)
	case "json":
		return h.run(ctx, d.Input, showJSON)
	case "produce":
		var topic string
		d.ScanArgs(t, "topic", &topic)
		return h.produce(ctx, topic, d.Input)
	case "topic":
		var name string
		d.ScanArgs(t, "name", &name)
		return h.topic(ctx, name)
	case "script":
		var name string
		d.ScanArgs(t, "name", &name)
		h.scripts[name] = d.Input
		return ""
	case "log":
		return h.entries(t)
	case "start":
		return h.start(ctx, d.Input)
	case "next":
		return h.next(ctx)
	case "rows":
		var n int
		d.ScanArgs(t, "n", &n)
		return h.nextRows(ctx, n)
	case "faults":
		return h.events.take()
	case "commit":
		return h.commit(ctx, t, d)
	case "restart":
		return h.restart(t, d)
	case "await":
		return h.await(ctx, t, d)
	case "delete":
		var topic string
		d.ScanArgs(t, "topic", &topic)
		if err := h.cluster.DeleteTopic(ctx, topic); err != nil {
			return err.Error()
		}
		return ""
	case "groups":
		return h.groups(ctx)
	case "label":
		var id, name string
		d.ScanArgs(t, "query", &id)
		d.ScanArgs(t, "name", &name)
		return h.label(ctx, id, name)
	}
	t.Fatalf("unknown command %s", d.Cmd)
	return ""
}

// restart opens another engine, with "unregistered" one without a schema registry. The arguments with values are
// properties.
func (h *harness) restart(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	if err := h.engine.Close(); err != nil {
		return err.Error()
	}
	properties := map[string]string{}
	for _, arg := range d.CmdArgs {
		if len(arg.Vals) > 0 {
			properties[arg.Key] = strings.Join(arg.Vals, ",")
		}
	}
	if d.HasArg("unregistered") {
		h.schemas = nil
	}
	if err := h.open(t, properties, !d.HasArg("idle")); err != nil {
		return err.Error()
	}
	return ""
}

// run executes statements and shows what they give, to the first error.
func (h *harness) run(ctx context.Context, script string, show func(*strings.Builder, exec.Entity)) string {
	var out strings.Builder
	for result, err := range h.session.Script(ctx, script) {
		if err != nil {
			out.WriteString(source.Render(err) + "\n")
			break
		}
		switch {
		case result.Rows != nil:
			showRows(ctx, &out, result)
		case result.Lines != nil:
			showLines(ctx, &out, result.Lines)
		case result.Entity != nil:
			show(&out, result.Entity)
		}
		for _, w := range result.Warnings {
			out.WriteString("WARNING: " + w + "\n")
		}
	}
	return settled(out.String())
}

// start starts a query, which stays open until the file ends.
func (h *harness) start(ctx context.Context, statement string) string {
	for result, err := range h.session.Script(ctx, statement) {
		if err != nil {
			return source.Render(err)
		}
		h.rows = result.Rows
	}
	h.session.Define("id", "`"+h.rows.ID()+"`")
	return ""
}

func (h *harness) next(ctx context.Context) string {
	if !h.rows.Next(ctx) {
		return fmt.Sprintf("end %d, error %v", h.rows.End(), h.rows.Err())
	}
	return fmt.Sprint(len(h.rows.Row().Values), " values")
}

// nextRows shows rows of the query that was started, sorted since they may come from
// several partitions.
func (h *harness) nextRows(ctx context.Context, n int) string {
	var rows []string
	columns := h.rows.Columns()
	for len(rows) < n && h.rows.Next(ctx) {
		var row strings.Builder
		for i, v := range h.rows.Row().Values {
			row.WriteString("|" + display.Text(v, columns[i].Type))
		}
		rows = append(rows, row.String()+"|")
	}
	if len(rows) < n {
		rows = append(rows, fmt.Sprintf("end %d, error %v", h.rows.End(), h.rows.Err()))
	}
	slices.Sort(rows)
	return strings.Join(rows, "\n")
}

// commit commits an offset as a consumer of its own would.
func (h *harness) commit(ctx context.Context, t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	var group, topic string
	var offset int64
	d.ScanArgs(t, "group", &group)
	d.ScanArgs(t, "topic", &topic)
	d.ScanArgs(t, "offset", &offset)
	client, err := kgo.NewClient(kgo.SeedBrokers(h.broker.Address()), kgo.Dialer(h.broker.Dial))
	if err != nil {
		return err.Error()
	}
	defer client.Close()
	var offsets kadm.Offsets
	offsets.AddOffset(topic, 0, offset, -1)
	if err := kadm.NewClient(client).CommitAllOffsets(ctx, group, offsets); err != nil {
		return err.Error()
	}
	return ""
}

// settled replaces what is different in every run.
func settled(text string) string {
	text = regexp.MustCompile(`transient_(\w+?)_\d+`).ReplaceAllString(text, "transient_${1}_N")
	return regexp.MustCompile(`(?m)[ \t]+$`).ReplaceAllString(text, "")
}

func showRows(ctx context.Context, out *strings.Builder, result *exec.Result) {
	defer result.Rows.Close()
	columns := result.Rows.Columns()
	for i, c := range columns {
		fmt.Fprintf(out, "|%s %s", c.Name, c.Type)
		if i == len(columns)-1 {
			out.WriteString("|\n")
		}
	}
	for result.Rows.Next(ctx) {
		for i, v := range result.Rows.Row().Values {
			out.WriteString("|" + display.Text(v, columns[i].Type))
		}
		out.WriteString("|\n")
	}
	if err := result.Rows.Err(); err != nil {
		fmt.Fprintf(out, "error: %v\n", err)
	}
	out.WriteString([...]string{"running", "Limit Reached", "Query Completed", "stopped"}[result.Rows.End()] + "\n")
}

func showLines(ctx context.Context, out *strings.Builder, lines exec.Lines) {
	defer lines.Close()
	for lines.Next(ctx) {
		out.WriteString(lines.Line() + "\n")
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintf(out, "error: %v\n", err)
	}
	out.WriteString("Topic printing ceased\n")
}

func showJSON(out *strings.Builder, e exec.Entity) {
	text, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		text = []byte(err.Error())
	}
	out.Write(append(text, '\n'))
}

func showBlocks(out *strings.Builder, e exec.Entity) {
	for _, b := range e.Blocks() {
		if b.Title != "" {
			out.WriteString(b.Title + "\n" + strings.Repeat("-", len(b.Title)) + "\n")
		}
		for _, line := range b.Text {
			out.WriteString(line + "\n")
		}
		for _, l := range b.Labels {
			fmt.Fprintf(out, "%-*s : %s\n", b.LabelWidth, l.Name, l.Value)
		}
		if b.Table != nil {
			showTable(out, b.Table)
		}
	}
}

func showTable(out *strings.Builder, table *exec.Table) {
	widths := make([]int, len(table.Header))
	for _, row := range append([][]string{table.Header}, table.Rows...) {
		for i := range row {
			row[i] = settled(row[i])
			widths[i] = max(widths[i], len(row[i]))
		}
	}
	line := func(row []string) {
		for i, cell := range row {
			fmt.Fprintf(out, " %-*s ", widths[i], cell)
			if i < len(row)-1 {
				out.WriteString("|")
			}
		}
		out.WriteString("\n")
	}
	line(table.Header)
	total := 3*len(widths) - 1
	for _, w := range widths {
		total += w
	}
	out.WriteString(strings.Repeat("-", total) + "\n")
	for _, row := range table.Rows {
		line(row)
	}
	out.WriteString(strings.Repeat("-", total) + "\n")
}

func (h *harness) produce(ctx context.Context, topic, input string) string {
	var messages []broker.Message
	for line := range strings.Lines(input) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " | ")
		messages = append(messages, broker.Message{Key: bytesOf(key), Value: bytesOf(value), Time: 1_600_000_000_000})
	}
	if err := h.cluster.Produce(ctx, topic, messages); err != nil {
		return err.Error()
	}
	return ""
}

func bytesOf(text string) []byte {
	if text == "~" {
		return nil
	}
	return []byte(text)
}

func (h *harness) topic(ctx context.Context, name string) string {
	topics, err := h.cluster.Topics(ctx, name)
	if err != nil {
		return err.Error()
	}
	configs, err := h.cluster.TopicConfigs(ctx, name)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("partitions=%d cleanup.policy=%s retention.ms=%s",
		len(topics[0].Partitions), configs["cleanup.policy"], configs["retention.ms"])
}

func (h *harness) entries(t *testing.T) string {
	t.Helper()
	entries, err := h.log.Entries(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, e := range entries {
		out.WriteString(e.Statement)
		for _, name := range slices.Sorted(maps.Keys(e.Properties)) {
			out.WriteString(" " + name + "=" + e.Properties[name])
		}
		out.WriteString("\n")
	}
	return out.String()
}
