package view_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/memory"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/serde"
	"github.com/ksqlite/ksqlite/runtime/view"
)

// bench is a table on a cluster in memory, and what it has told.
type bench struct {
	cluster *memory.Cluster
	tables  *view.Tables
	source  *catalog.Source
	told    []string
}

func newBench(t testing.TB, window catalog.Window) *bench {
	t.Helper()
	b := &bench{cluster: memory.New(false)}
	b.tables = view.New(view.Options{Cluster: b.cluster, Formats: serde.New(), Now: time.Now})
	t.Cleanup(b.tables.Close)
	b.source = &catalog.Source{
		Name: "T", Kind: catalog.Table, Topic: "t", Key: catalog.Format{Name: "KAFKA", Unwrapped: true}, Value: catalog.Format{Name: "JSON"}, Window: window,
		Schema: &types.Schema{Key: []types.Column{{Name: "K", Type: types.String}}, Value: []types.Column{{Name: "N", Type: types.Int}}},
	}
	b.create(t)
	return b
}

func (b *bench) create(t testing.TB) {
	t.Helper()
	if err := b.cluster.CreateTopic(t.Context(), broker.NewTopic{Name: "t", Partitions: 2}); err != nil {
		t.Fatal(err)
	}
}

// put writes lines of key=value, key@start=value for windowed tables; no value is a tombstone.
func (b *bench) put(t testing.TB, lines string) {
	t.Helper()
	var messages []broker.Message
	for line := range strings.FieldsSeq(lines) {
		key, value, _ := strings.Cut(line, "=")
		name, at, windowed := strings.Cut(key, "@")
		m := broker.Message{Key: []byte(name), Partition: broker.AnyPartition, Time: int64(len(messages))}
		if windowed {
			var start int64
			if _, err := fmt.Sscan(at, &start); err != nil {
				t.Fatal(err)
			}
			m.Key = binary.BigEndian.AppendUint64(m.Key, uint64(start))
			m.Partition = 0
		}
		if value != "" {
			m.Value = []byte(value)
		}
		messages = append(messages, m)
	}
	if err := b.cluster.Produce(t.Context(), "t", messages); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) tell() view.Tell {
	return view.Tell{
		Fault:  func(f hub.Fault) { b.told = append(b.told, f.Err.Error()) },
		Record: func(_ *data.Record, err error, _ bool) { b.told = append(b.told, err.Error()) },
		Gap:    func(err error) { b.told = append(b.told, err.Error()) },
	}
}

// read returns the rows of some keys, nil for all.
func (b *bench) read(ctx context.Context, keys []data.Row) (string, error) {
	feed, err := b.tables.Open(ctx, view.Request{Source: b.source, Keys: keys, Tell: b.tell()})
	if err != nil {
		return "", err
	}
	defer feed.Close()
	var out strings.Builder
	for {
		batch, err := feed.Next(ctx)
		if errors.Is(err, io.EOF) {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		for _, r := range batch.Records {
			out.WriteString(r.Key[0].Text())
			if b.source.Windowed() {
				fmt.Fprintf(&out, "@%d", r.Window.Start)
			}
			fmt.Fprintf(&out, "=%d\n", r.Value[0].Int64())
		}
	}
}

// TestTables runs testdata: put writes records, read and read key=… tell the rows.
func TestTables(t *testing.T) {
	t.Parallel()
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var window catalog.Window
		if strings.Contains(path, "windowed") {
			window = catalog.Window{Type: catalog.Tumbling, Size: 10 * time.Millisecond, Retention: 30 * time.Millisecond}
		}
		b := newBench(t, window)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "put":
				b.put(t, d.Input)
				return ""
			case "recreate":
				if err := b.cluster.DeleteTopic(t.Context(), "t"); err != nil {
					d.Fatalf(t, "%s", err)
				}
				b.create(t)
				return ""
			case "read":
				var keys []data.Row
				for _, arg := range d.CmdArgs {
					for _, key := range arg.Vals {
						keys = append(keys, data.Row{data.String(key)})
					}
				}
				out, err := b.read(t.Context(), keys)
				if err != nil {
					return err.Error() + "\n"
				}
				if len(b.told) > 0 {
					out += "told: " + strings.Join(b.told, "\ntold: ") + "\n"
				}
				b.told = nil
				return out
			default:
				d.Fatalf(t, "no command %s", d.Cmd)
				return ""
			}
		})
	})
}

// TestManyReaders has readers of one table at the same time, beside one who writes.
func TestManyReaders(t *testing.T) {
	t.Parallel()
	b := newBench(t, catalog.Window{})
	for i := range 2000 {
		b.put(t, fmt.Sprintf(`k%04d={"N":%d}`, i, i))
	}
	var reading sync.WaitGroup
	for range 4 {
		reading.Go(func() {
			feed, err := b.tables.Open(t.Context(), view.Request{Source: b.source})
			if err != nil {
				t.Error(err)
				return
			}
			defer feed.Close()
			rows := 0
			for {
				batch, err := feed.Next(t.Context())
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Error(err)
					return
				}
				rows += len(batch.Records)
			}
			if rows < 2000 {
				t.Errorf("%d rows, want 2000 or more", rows)
			}
		})
	}
	for i := range 100 {
		b.put(t, fmt.Sprintf(`m%d={"N":%d}`, i, i))
	}
	reading.Wait()
}

// TestEndedWhileItReads goes on where a reader left off whose context was done.
func TestEndedWhileItReads(t *testing.T) {
	t.Parallel()
	b := newBench(t, catalog.Window{})
	b.put(t, `a={"N":1}`)
	ctx, cancel := context.WithCancel(t.Context())
	feed, err := b.tables.Open(ctx, view.Request{Source: b.source, Tell: b.tell()})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := feed.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	feed.Close()
	if rows, err := b.read(t.Context(), nil); err != nil || rows != "a=1\n" {
		t.Fatalf("%q, %v", rows, err)
	}
}

// BenchmarkKey looks one of 100,000 keys up.
func BenchmarkKey(b *testing.B) {
	bench := newBench(b, catalog.Window{})
	var lines strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&lines, "k%d={\"N\":%d}\n", i, i)
	}
	bench.put(b, lines.String())
	if _, err := bench.read(b.Context(), []data.Row{}); err != nil {
		b.Fatal(err)
	}
	keys := []data.Row{{data.String("k4711")}}
	b.ReportAllocs()
	for b.Loop() {
		if rows, err := bench.read(b.Context(), keys); rows != "k4711=4711\n" || err != nil {
			b.Fatal(rows, err)
		}
	}
}
