package datagen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestRows runs testdata/*.ddt:
//
//	rows KIND [count=3]   shows the columns of a kind and its first rows
//	schema [count=3]      the same for an Avro schema
//	declare [key=x]       shows the statement that declares what an Avro schema describes
func TestRows(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			t.Helper()
			count := 3
			d.MaybeScanArgs(t, "count", &count)
			var kind *Kind
			switch d.Cmd {
			case "rows":
				kind, _ = Find(d.CmdArgs[0].Key)
			case "schema":
				var err error
				if kind, err = FromAvro([]byte(d.Input)); err != nil {
					return "error: " + err.Error()
				}
			}
			if d.Cmd == "declare" {
				return declaration(t, d)
			}
			return firstRows(kind, count)
		})
	})
}

// declaration shows the statement for what an Avro schema describes.
func declaration(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	kind, err := FromAvro([]byte(d.Input))
	if err != nil {
		return "error: " + err.Error()
	}
	w := &Writer{Kind: kind, Topic: "made", KeyFormat: "KAFKA", ValueFormat: "JSON", Formats: serde.New()}
	d.MaybeScanArgs(t, "key", &w.Key)
	d.MaybeScanArgs(t, "format", &w.ValueFormat)
	if err := w.Check(); err != nil {
		return "error: " + err.Error()
	}
	return w.Declaration()
}

// firstRows shows the columns of a kind and the first rows of a series.
func firstRows(kind *Kind, count int) string {
	var b strings.Builder
	columns := kind.Columns()
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.Name + " " + c.Type.String())
	}
	g := NewGenerator(kind, 1)
	for i := range count {
		b.WriteString("\n")
		for at, v := range g.Next(SeededStart + int64(i)*SeededStep.Milliseconds()) {
			if at > 0 {
				b.WriteString(" | ")
			}
			b.WriteString(display.Text(v, columns[at].Type))
		}
	}
	return b.String()
}

// FuzzSchema holds that a schema that is accepted makes rows.
func FuzzSchema(f *testing.F) {
	cases, err := os.ReadFile("testdata/schema.ddt")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range strings.Split(string(cases), "\nschema")[1:] {
		text, _, _ := strings.Cut(c, "\n----\n")
		_, schema, _ := strings.Cut(text, "\n")
		f.Add(schema)
	}
	f.Fuzz(func(t *testing.T, schema string) {
		const costly = 2000 // what is in one another multiplies
		if len(schema) > costly || strings.Count(schema, `"length"`)+strings.Count(schema, `"regex"`) > 4 {
			t.Skip()
		}
		if kind, err := FromAvro([]byte(schema)); err == nil {
			firstRows(kind, 3)
		}
	})
}

// TestSeeds holds that a seed makes its series whatever else is made meanwhile, and
// another seed another one.
func TestSeeds(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		kind, _ := Find(name)
		series := func(seed uint64) string {
			g := NewGenerator(kind, seed)
			var text strings.Builder
			for range 20 {
				for i, v := range g.Next(0) {
					text.WriteString(display.Text(v, kind.fields[i].typ) + "|")
				}
			}
			return text.String()
		}
		if a, b := series(5), series(5); a != b {
			t.Errorf("%s: one seed, two series:\n%s\n%s", name, a, b)
		}
		if name != "clickstream_codes" && series(5) == series(6) {
			t.Errorf("%s: two seeds make the same series", name)
		}
	}
}

// TestEveryFormat writes and reads every kind in every format that can hold it.
func TestEveryFormat(t *testing.T) {
	t.Parallel()
	formats := serde.New(serde.WithRegistry(&registry.Memory{}))
	for _, name := range Names() {
		kind, _ := Find(name)
		for _, format := range formats.Names() {
			t.Run(name+"/"+format, func(t *testing.T) {
				t.Parallel()
				spec := serde.Spec{Format: catalog.Format{Name: format}, Side: catalog.ValueSide, Topic: name, Columns: kind.Columns()}
				if formats.Check(spec.Format, spec.Side, spec.Columns) != nil || format == "NONE" {
					return
				}
				encoder, err := formats.NewEncoder(spec)
				if err != nil {
					t.Fatal(err)
				}
				decoder, err := formats.NewDecoder(spec)
				if err != nil {
					t.Fatal(err)
				}
				back := make(data.Row, len(spec.Columns))
				g := NewGenerator(kind, 3)
				for range 50 {
					row := g.Next(SeededStart)
					encoded, err := encoder.Encode(nil, row)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := decoder.Decode(encoded, back, &data.Arena{}); err != nil {
						t.Fatalf("%q: %v", encoded, err)
					}
					if !slices.EqualFunc(row, back, data.Equal) {
						t.Fatalf("%q is not what was written", encoded)
					}
				}
			})
		}
	}
}

// fakeCluster has one producer.
type fakeCluster struct {
	broker.Cluster
	producer *fakeProducer
}

func (c *fakeCluster) OpenProducer(_ context.Context, options broker.ProducerOptions) (broker.Producer, error) {
	c.producer.acknowledged = options.Acknowledged
	return c.producer, nil
}

// fakeProducer keeps what is written to it.
type fakeProducer struct {
	broker.Producer
	messages []broker.Message
	flushed  int
	each     func(n int)
	// takes is how many messages it acknowledges, when it is flushed; 0 is all of them.
	takes        int
	acknowledged func()
}

func (c *fakeProducer) Produce(_ context.Context, _ string, m broker.Message) error {
	c.messages = append(c.messages, m)
	if c.each != nil {
		c.each(len(c.messages))
	}
	return nil
}

func (c *fakeProducer) Flush(ctx context.Context) error {
	c.flushed = len(c.messages)
	for n := range c.messages {
		if c.takes > 0 && n == c.takes {
			return broker.ErrUnreachable
		}
		c.acknowledged()
	}
	return ctx.Err()
}

func (c *fakeProducer) Close() {}

// writerOf returns a writer of a kind to a fake producer.
func writerOf(kind string) (*Writer, *fakeProducer) {
	c := &fakeProducer{}
	k, _ := Find(kind)
	return &Writer{
		Cluster: &fakeCluster{producer: c}, Formats: serde.New(), Topic: "t", Kind: k, Key: k.Key, KeyFormat: "KAFKA", ValueFormat: "JSON", Count: 3,
		Clock: func() time.Time { return time.UnixMilli(1_800_000_000_000) },
	}, c
}

// TestWriter holds what records look like: the key apart and in the value, the present
// as their time, or that of a column.
func TestWriter(t *testing.T) {
	t.Parallel()
	w, c := writerOf("orders")
	w.Seeded = true
	if err := w.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(c.messages) != 3 || c.flushed != 3 || w.Written() != 3 {
		t.Fatalf("%d written, %d flushed, %d told", len(c.messages), c.flushed, w.Written())
	}
	for i, m := range c.messages {
		if string(m.Key) != string([]byte{0, 0, 0, byte(i + 1)}) || m.Partition != broker.AnyPartition || m.Time != 1_800_000_000_000 {
			t.Errorf("record %d: key %q, time %d, partition %d", i, m.Key, m.Time, m.Partition)
		}
		if want := fmt.Sprintf(`{"ordertime":%d,"orderid":%d,`, SeededStart+int64(i)*100, i+1); !strings.HasPrefix(string(m.Value), want) {
			t.Errorf("%s does not begin with %s", m.Value, want)
		}
	}
	w, c = writerOf("orders")
	w.Seeded, w.Timestamp, w.Key = true, "ordertime", "itemid"
	w.Rate = 1_000_000 // its rows are a microsecond apart
	if err := w.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := c.messages[2]; m.Time != SeededStart || !strings.HasPrefix(string(m.Key), "Item_") {
		t.Errorf("key %q, time %d", m.Key, m.Time)
	}
}

// TestWriterStops holds that what was handed over when a writer is stopped is written,
// also while it waits for its time.
func TestWriterStops(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped")
	for _, rate := range []float64{0, 0.001} {
		ctx, stop := context.WithCancelCause(t.Context())
		w, c := writerOf("users")
		w.Count, w.Rate = 0, rate
		c.each = func(n int) {
			if rate > 0 || n == 100 {
				stop(stopped)
			}
		}
		if err := w.Write(ctx); !errors.Is(err, stopped) || c.flushed != len(c.messages) || w.Written() != int64(c.flushed) {
			t.Errorf("rate %g: %v, %d flushed of %d, %d told", rate, err, c.flushed, len(c.messages), w.Written())
		}
	}
}

// TestWriterCounts holds that what counts as written is what the cluster has acknowledged.
func TestWriterCounts(t *testing.T) {
	t.Parallel()
	w, c := writerOf("users")
	c.takes = 2
	if err := w.Write(t.Context()); !errors.Is(err, broker.ErrUnreachable) || w.Written() != 2 || w.Unwritten() != 1 {
		t.Errorf("%v, %d written, %d not", err, w.Written(), w.Unwritten())
	}
}

// TestWriterRefuses holds that a wrong writer is told before anything is written.
func TestWriterRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change func(*Writer)
		told   string
	}{
		{func(w *Writer) { w.Key = "nothing" }, "key: orders has no column nothing: there are ordertime, orderid"},
		{func(w *Writer) { w.Timestamp = "itemid" }, "timestamp: itemid is no time but of type STRING"},
		{func(w *Writer) { w.ValueFormat = "XML" }, "unknown format XML: there are AVRO, DELIMITED"},
		{func(w *Writer) { w.ValueFormat = "DELIMITED" }, "does not support type 'STRUCT'"},
		{func(w *Writer) { w.ValueFormat = "AVRO" }, "schema registry"},
	} {
		w, cluster := writerOf("orders")
		c.change(w)
		if err := w.Write(t.Context()); err == nil || !strings.Contains(err.Error(), c.told) || len(cluster.messages) > 0 {
			t.Errorf("%v does not say %s", err, c.told)
		}
	}
}
