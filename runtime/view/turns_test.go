package view_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/serde"
	"github.com/ksqlite/ksqlite/runtime/view"
)

func (b *bench) open(t *testing.T) *view.Feed {
	t.Helper()
	feed, err := b.tables.Open(t.Context(), view.Request{Source: b.source, Tell: b.tell()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(feed.Close)
	return feed
}

// rest counts the rows that a feed still has.
func rest(t *testing.T, feed *view.Feed) (rows int) {
	t.Helper()
	for {
		batch, err := feed.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows += len(batch.Records)
	}
}

func (b *bench) putMany(t *testing.T, prefix string, n int) {
	t.Helper()
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "%s%04d={\"N\":%d}\n", prefix, i, i)
	}
	b.put(t, lines.String())
}

// TestWrittenWhileItReads writes records behind the end of a reader, which has fetched them with its own: they
// are those of the next reader.
func TestWrittenWhileItReads(t *testing.T) {
	t.Parallel()
	b := newBench(t, catalog.Window{})
	b.putMany(t, "a", 10)
	first := b.open(t)
	b.putMany(t, "b", 10)
	if rows := rest(t, first); rows != 10 {
		t.Errorf("%d rows, want 10", rows)
	}
	if rows := rest(t, b.open(t)); rows != 20 {
		t.Errorf("%d rows, want 20", rows)
	}
}

// TestLateTurn has a reader that asked first have its turn after another one, who saw more: that loses nothing.
func TestLateTurn(t *testing.T) {
	t.Parallel()
	b := newBench(t, catalog.Window{})
	b.putMany(t, "a", 10)
	early := b.open(t)
	b.putMany(t, "b", 1000)
	late := b.open(t)
	batch, err := late.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rows := len(batch.Records)
	if rows := rest(t, early); rows < 10 {
		t.Errorf("%d rows, want 10 or more", rows)
	}
	if rows += rest(t, late); rows != 1010 {
		t.Errorf("%d rows, want 1010", rows)
	}
}

// TestMadeAnewWhileItReads tells a reader in the midst of the rows of a topic that there is another one.
func TestMadeAnewWhileItReads(t *testing.T) {
	t.Parallel()
	b := newBench(t, catalog.Window{})
	b.putMany(t, "a", 1000)
	feed := b.open(t)
	if _, err := feed.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.cluster.DeleteTopic(t.Context(), "t"); err != nil {
		t.Fatal(err)
	}
	b.create(t)
	if rows := rest(t, b.open(t)); rows != 0 {
		t.Errorf("%d rows, want none", rows)
	}
	if _, err := feed.Next(t.Context()); err == nil || !strings.Contains(err.Error(), "made anew") {
		t.Errorf("got %v", err)
	}
}

// TestFailOnFault fails as often as it is asked, whoever else has passed the record by.
func TestFailOnFault(t *testing.T) {
	t.Parallel()
	b := newBench(t, catalog.Window{})
	b.put(t, `a={"N":1} b={"N":"x"} c={"N":3}`)
	if rows := rest(t, b.open(t)); rows != 2 {
		t.Errorf("%d rows, want 2", rows)
	}
	for range 2 {
		feed, err := b.tables.Open(t.Context(), view.Request{Source: b.source, FailOnFault: true, Tell: b.tell()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := feed.Next(t.Context()); err == nil || !strings.Contains(err.Error(), `cannot read "x"`) {
			t.Errorf("got %v", err)
		}
		feed.Close()
	}
}

// shy is a registry that answers only when it is up.
type shy struct {
	*registry.Memory
	up bool
}

func (s *shy) Schema(ctx context.Context, id int) (registry.Schema, error) {
	if !s.up {
		return registry.Schema{}, errors.New("connection refused")
	}
	return s.Memory.Schema(ctx, id)
}

// TestRegistryDown has records that cannot be read as long as the registry does not answer: no row is left out for that.
func TestRegistryDown(t *testing.T) {
	t.Parallel()
	schemas := &shy{Memory: new(registry.Memory)}
	id, err := schemas.Register(t.Context(), "t-value", registry.Schema{Type: registry.JSON, Text: `{"type":"object","properties":{"N":{"type":"integer","connect.type":"int32"}}}`})
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, catalog.Window{})
	b.tables.Formats = serde.New(serde.WithRegistry(schemas))
	b.source.Value.Name = "JSON_SR"
	value := string(binary.BigEndian.AppendUint32([]byte{0}, uint32(id))) + `{"N":1}`
	if err := b.cluster.Produce(t.Context(), "t", []broker.Message{{Key: []byte("a"), Value: []byte(value)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.read(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "table T: connection refused") {
		t.Errorf("got %v", err)
	}
	schemas.up = true
	if rows, err := b.read(t.Context(), nil); err != nil || rows != "a=1\n" {
		t.Errorf("%q, %v", rows, err)
	}
}

// readings counts how often a topic is read.
type readings struct {
	broker.Cluster
	count atomic.Int64
}

func (r *readings) OpenReader(ctx context.Context, o broker.ReadOptions) (broker.Reader, error) {
	r.count.Add(1)
	return r.Cluster.OpenReader(ctx, o)
}

// TestIdle forgets a table that nobody asks for, though others are asked for all the time.
func TestIdle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, catalog.Window{})
		b.put(t, `a={"N":1}`)
		counted := &readings{Cluster: b.cluster}
		b.tables.Cluster = counted
		other := *b.source
		ask := func(source *catalog.Source) {
			feed, err := b.tables.Open(t.Context(), view.Request{Source: source, Tell: b.tell()})
			if err != nil {
				t.Fatal(err)
			}
			if rows := rest(t, feed); rows != 1 {
				t.Errorf("%d rows, want 1", rows)
			}
			feed.Close()
		}
		ask(b.source)
		for range 30 {
			ask(&other)
			time.Sleep(time.Minute)
		}
		ask(b.source)
		if n := counted.count.Load(); n != 3 {
			t.Errorf("topics were read %d times, want 3", n)
		}
	})
}
