package ksqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ksqlite/ksqlite"
)

// TestMain holds that no engine of any test or example leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestOpenAndCloseOften opens and closes a thousand engines and holds that it
// leaves no file behind either.
func TestOpenAndCloseOften(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	n := 1000
	if testing.Short() {
		n = 50
	}
	for range n {
		engine, err := ksqlite.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := engine.Close(); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%d left behind, %v", len(left), err)
	}
}

func newEngine(t *testing.T, opts ...ksqlite.Option) *ksqlite.Engine {
	t.Helper()
	engine, err := ksqlite.Open(t.Context(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}

func exec(t *testing.T, engine *ksqlite.Engine, sql string) {
	t.Helper()
	if _, err := engine.Exec(t.Context(), sql); err != nil {
		t.Fatal(ksqlite.Render(err))
	}
}

// TestCancelledWhileWaiting holds that the end of its context ends an idle push
// query at once, without an error.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	exec(t, engine, createOrders)
	rows, err := engine.Query(t.Context(), "SELECT * FROM orders EMIT CHANGES;")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if rows.Next(ctx) {
		t.Error("a row from nowhere")
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
	rows.Close()
	rows.Close()
}

// TestCloseEndsQueries holds that closing the engine ends what waits for rows.
func TestCloseEndsQueries(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	exec(t, engine, createOrders)
	rows, err := engine.Query(t.Context(), "SELECT * FROM orders EMIT CHANGES;")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan bool)
	go func() { ended <- rows.Next(t.Context()) }()
	if err := engine.Close(); err != nil {
		t.Error(err)
	}
	select {
	case more := <-ended:
		if more {
			t.Error("a row from nowhere")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("still waiting")
	}
}

func TestQueryAndExecRefuse(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	exec(t, engine, createOrders)
	if _, err := engine.Exec(t.Context(), "SELECT * FROM orders;"); !errors.Is(err, ksqlite.ErrQuery) {
		t.Errorf("Exec of a query: %v", err)
	}
	if _, err := engine.Exec(t.Context(), "PRINT orders;"); !errors.Is(err, ksqlite.ErrQuery) {
		t.Errorf("Exec of PRINT: %v", err)
	}
	for _, sql := range []string{"", "SHOW TOPICS;", "PRINT orders;"} {
		if _, err := engine.Query(t.Context(), sql); !errors.Is(err, ksqlite.ErrNotQuery) {
			t.Errorf("Query of %q: %v", sql, err)
		}
	}
	for _, sql := range []string{"SELECT * FROM orders; SHOW TOPICS;", "SELECT * FROM orders; SELECT * FROM orders;"} {
		if _, err := engine.Query(t.Context(), sql); !errors.Is(err, ksqlite.ErrQuery) {
			t.Errorf("Query of %q: %v", sql, err)
		}
	}
	results, err := engine.Exec(t.Context(), "SHOW TOPICS; DROP STREAM nowhere;")
	if len(results) != 1 || err == nil {
		t.Errorf("%d results before the fault, %v", len(results), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]ksqlite.Option{
		"an address without a port":  ksqlite.WithBootstrapServers("localhost"),
		"an unknown Kafka property":  ksqlite.WithKafkaProperties(map[string]string{"bootstrap.serverz": "x:1"}),
		"properties without servers": ksqlite.WithKafkaProperties(map[string]string{"acks": "all"}),
		"an unknown property":        ksqlite.WithProperties(map[string]string{"no.such.property": "1"}),
		"a folder that is a file":    ksqlite.WithDataDir("engine_test.go"),
	} {
		engine, err := ksqlite.Open(t.Context(), option)
		if err == nil {
			t.Errorf("%s: accepted, %v", name, engine.Close())
		}
	}
}

// BenchmarkOpen measures the start and the end of an engine on its own broker.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		engine, err := ksqlite.Open(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if err := engine.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// scanTypes is one row with a value of each type, and one with NULLs.
const scanTypes = `
	CREATE STREAM types (k STRING KEY, b BOOLEAN, i INT, l BIGINT, d DOUBLE, n DECIMAL(5,2), s STRING, y BYTES,
		da DATE, ti TIME, ts TIMESTAMP, a ARRAY<INT>, m MAP<STRING, DOUBLE>, r STRUCT<name STRING, age INT>)
		WITH (KAFKA_TOPIC='types', PARTITIONS=1, VALUE_FORMAT='JSON');
	INSERT INTO types VALUES ('k', TRUE, -7, 9223372036854775807, 1.5E0, 12.30, 'text', TO_BYTES('YWJj','base64'),
		'2020-02-29', '10:30:05', '2020-02-29T10:30:05.000', ARRAY[1, NULL], MAP('x' := 1E0), STRUCT(name := 'Ann', age := 41));
	INSERT INTO types (k) VALUES ('none');`

// scanned returns a value of each type by the name of its column.
func scanned(t *testing.T, use func(ksqlite.Row)) {
	t.Helper()
	engine := newEngine(t)
	exec(t, engine, scanTypes)
	rows, err := engine.Query(t.Context(), "SELECT * FROM types;")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for row := range rows.All(t.Context()) {
		use(row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestAny(t *testing.T) {
	t.Parallel()
	var got []string
	scanned(t, func(row ksqlite.Row) {
		for _, name := range []string{"B", "I", "L", "D", "N", "S", "Y", "DA", "TI", "TS", "A", "M", "R"} {
			v := row.Named(name).Any()
			got = append(got, fmt.Sprintf("%T %v", v, v))
		}
	})
	want := []string{
		"bool true", "int32 -7", "int64 9223372036854775807", "float64 1.5", "types.Decimal 12.30", "string text",
		"[]uint8 [97 98 99]", "time.Time 2020-02-29 00:00:00 +0000 UTC", "time.Duration 10h30m5s",
		"time.Time 2020-02-29 10:30:05 +0000 UTC", "[]interface {} [1 <nil>]", "map[string]interface {} map[x:1]",
		"map[string]interface {} map[AGE:41 NAME:Ann]",
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s, want %s", got[i], want[i])
		}
		if null := got[len(want)+i]; null != "<nil> <nil>" {
			t.Errorf("NULL is %s", null)
		}
	}
}

// TestClosed holds that nothing can be done with a closed engine, and that its
// end can be asked for again.
func TestClosed(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	exec(t, engine, createOrders)
	if err := errors.Join(engine.Close(), engine.Close()); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"SHOW TOPICS;", "INSERT INTO orders VALUES ('c', 'x', 1);", "SELECT * FROM orders;"} {
		if _, err := engine.Query(t.Context(), sql); !errors.Is(err, ksqlite.ErrClosed) {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := engine.Exec(t.Context(), "SHOW STREAMS;"); !errors.Is(err, ksqlite.ErrClosed) {
		t.Errorf("SHOW STREAMS: %v", err)
	}
}

// TestConcurrentUse uses one engine from many goroutines.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	exec(t, engine, createOrders)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			rows, err := engine.Query(t.Context(), "SET 'auto.offset.reset'='earliest'; SELECT id FROM orders EMIT CHANGES LIMIT 2;")
			if err != nil {
				t.Error(err)
				return
			}
			defer rows.Close()
			n := 0
			for range rows.All(t.Context()) {
				n++
			}
			if n != 2 || rows.Err() != nil {
				t.Errorf("%d rows, %v", n, rows.Err())
			}
		})
	}
	wg.Wait()
}

// TestTopicsWithoutDeclaration reads a topic whose columns nobody has listed.
func TestTopicsWithoutDeclaration(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	exec(t, engine, `CREATE STREAM p (id STRING KEY, price DOUBLE) WITH (kafka_topic='orders', value_format='JSON', partitions=1);
		INSERT INTO p VALUES ('a', 1.5);
		CREATE STREAM o WITH (kafka_topic='orders', value_format='JSON');`)
	for _, query := range []string{"SELECT rowkey, price FROM o;", "SELECT rowkey, price FROM TOPIC 'orders';"} {
		rows, err := engine.Query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		var id string
		var price float64
		if !rows.Next(t.Context()) {
			t.Fatalf("%s: no row, %v", query, rows.Err())
		}
		if err := rows.Row().Scan(&id, &price); err != nil || id != "a" || price != 1.5 {
			t.Errorf("%s: %s, %v, %v", query, id, price, err)
		}
		rows.Close()
	}
}
