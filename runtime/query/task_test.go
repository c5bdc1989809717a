package query_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/serde"
	"github.com/ksqlite/ksqlite/runtime/state"
	"github.com/ksqlite/ksqlite/runtime/state/disk"
)

// TestTasks runs testdata/tasks: persistent queries without a broker.
//
//	set      sets a property: its name and its value
//	ddl      CREATE statements
//	task     a CREATE … AS or INSERT INTO … SELECT, which takes the place of the task before it.
//	         With partitions=N, all topics have so many, and records lie where their keys say
//	         With cache, it keeps the changes of its tables back
//	flush    what has been kept back
//	step     records, a line each: @time key value [header=value]; a hyphen is null, \xNN a
//	         byte. They are those of the leftmost topic, or of topic=NAME. It answers with what
//	         comes out, in the same form, and the log
//	analyze  the plan with what each step has done; a millionth of a second passes
//	         whenever somebody reads the clock
func TestTasks(t *testing.T) {
	t.Parallel()
	runTasks(t, nil)
}

// All of it is so too where nothing fits into memory.
func TestTasksOnDisk(t *testing.T) {
	t.Parallel()
	runTasks(t, tiny(t))
}

// tiny returns memory for hardly anything, with a disk behind it.
func tiny(t *testing.T) *state.Memory {
	t.Helper()
	memory, err := state.OpenMemory(64, disk.Open, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := memory.Close(); err != nil {
			t.Error(err)
		}
	})
	return memory
}

func runTasks(t *testing.T, memory *state.Memory) {
	t.Helper()
	datadriven.Walk(t, "testdata/tasks", func(t *testing.T, path string) {
		b := &bench{
			planner: planner.Planner{Catalog: &catalog.Catalog{}, Functions: functions.New(), Formats: serde.New()},
			memory:  memory,
		}
		defer b.close()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "set":
				return b.set(d.Input)
			case "ddl":
				return b.ddl(d.Input)
			case "task":
				b.partitions = 1
				d.MaybeScanArgs(t, "partitions", &b.partitions)
				fault := b.start(d.Input)
				if fault == "" && d.HasArg("cache") {
					b.tasks.Cache(1 << 20)
				}
				return fault
			case "flush":
				return b.flush()
			case "step":
				topic := ""
				d.MaybeScanArgs(t, "topic", &topic)
				return b.step(topic, d.Input)
			case "analyze":
				if memory != nil { // how much is remembered differs
					return d.Expected
				}
				return strings.Join(b.tasks.Analyze(), "\n")
			}
			d.Fatalf(t, "no command %s", d.Cmd)
			return ""
		})
	})
}

// bench holds one query and what it has given.
type bench struct {
	planner planner.Planner
	memory  *state.Memory // nil is memory without a bound
	tasks   *query.Local
	topics  []string
	offset  int64
	// partitions is how many each topic has.
	partitions int32
	out        strings.Builder
	taken      func(broker.Message) // what takes the results, if they are not to be shown
	readings   int                  // of the clock
}

// close ends the query, if there is one.
func (b *bench) close() {
	if b.tasks != nil {
		b.tasks.Close()
	}
}

// now is in the same millisecond for a thousand readings of the clock.
func (b *bench) now() time.Time {
	b.readings++
	return time.UnixMicro(int64(b.readings % 1000))
}

func (b *bench) set(text string) string {
	name, value, _ := strings.Cut(text, " ")
	var err error
	if b.planner.Properties, err = b.planner.Properties.With(name, value); err != nil {
		return err.Error()
	}
	return ""
}

func (b *bench) ddl(text string) string {
	statements, err := parser.Parse(text)
	if err != nil {
		return source.Render(err)
	}
	for _, s := range statements {
		made, err := b.planner.Create(s.Statement.(*ast.CreateSource))
		if err != nil {
			return source.Render(source.In(text, err))
		}
		b.planner.Catalog = b.planner.Catalog.WithSource(made.Source)
	}
	return ""
}

func (b *bench) start(text string) string {
	statements, err := parser.Parse(text)
	if err != nil {
		return source.Render(err)
	}
	p, err := b.plan(statements[0].Statement)
	if err != nil {
		return source.Render(source.In(text, err))
	}
	b.planner.Catalog = b.planner.Catalog.WithSource(p.Root.Into)
	b.close()
	runtime := query.Runtime{
		Memory: b.memory, Formats: serde.New(), Functions: functions.New(), Now: b.now,
		Log: proclog.Func(func(e proclog.Event) { fmt.Fprintf(&b.out, "log %s %s skipped=%t\n", e.Logger, e, e.Skipped) }),
	}
	topology := query.NewTopology(runtime, p.Root, query.Options{ID: "Q"})
	b.topics = topology.Topics()
	if b.tasks, err = query.NewLocal(topology, func(string) int32 { return b.partitions }, b.emit, nil); err != nil {
		return err.Error()
	}
	return ""
}

func (b *bench) plan(s ast.Statement) (*plan.Persistent, error) {
	if insert, ok := s.(*ast.InsertQuery); ok {
		return b.planner.InsertQuery(insert)
	}
	return b.planner.CreateAs(s.(*ast.CreateSourceAs))
}

func (b *bench) emit(m broker.Message) error {
	if b.taken != nil {
		b.taken(m)
		return nil
	}
	fmt.Fprintf(&b.out, "@%d %s %s", m.Time, text(m.Key), text(m.Value))
	for _, h := range m.Headers {
		fmt.Fprintf(&b.out, " %s=%s", h.Key, h.Value)
	}
	b.out.WriteByte('\n')
	return nil
}

// text is bytes as they are, but for what cannot be seen, and a hyphen for none.
func text(bytes []byte) string {
	if bytes == nil {
		return "-"
	}
	if quoted := strconv.QuoteToASCII(string(bytes)); strings.Contains(quoted, `\x`) {
		return strings.Trim(quoted, `"`)
	}
	return string(bytes)
}

func (b *bench) step(topic, input string) string {
	b.out.Reset()
	if topic == "" {
		topic = b.topics[0]
	}
	b.tasks.Reset()
	var messages []broker.Message
	for line := range strings.Lines(input) {
		fields := strings.Fields(line)
		at, err := strconv.ParseInt(fields[0][1:], 10, 64)
		if err != nil {
			return err.Error()
		}
		m := broker.Message{Time: at, Key: orNull(fields[1]), Value: orNull(fields[2]), Offset: b.offset}
		for _, header := range fields[3:] {
			key, value, _ := strings.Cut(header, "=")
			m.Headers = append(m.Headers, broker.Header{Key: key, Value: []byte(value)})
		}
		messages = append(messages, m)
		b.offset++
	}
	if err := b.feed(topic, messages); err != nil {
		fmt.Fprintf(&b.out, "error: %v\n", err)
	}
	return b.out.String()
}

func (b *bench) flush() string {
	b.out.Reset()
	b.tasks.Reset()
	if err := b.tasks.Flush(); err != nil {
		return err.Error()
	}
	return b.out.String()
}

// feed feeds records at once, or one by one if they lie in several partitions.
func (b *bench) feed(topic string, messages []broker.Message) error {
	if b.partitions == 1 {
		return b.tasks.Feed(topic, messages)
	}
	for _, m := range messages {
		m.Partition = broker.PartitionOf(m.Key, b.partitions)
		if err := b.tasks.Feed(topic, []broker.Message{m}); err != nil {
			return err
		}
	}
	return nil
}
