package ksqlite_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/ksqlite/ksqlite"
)

const createOrders = `
	CREATE STREAM orders (id STRING KEY, item STRING, price DOUBLE)
		WITH (KAFKA_TOPIC='orders', PARTITIONS=1, VALUE_FORMAT='JSON');
	INSERT INTO orders VALUES ('a', 'tea', 12.5);
	INSERT INTO orders VALUES ('b', 'cups', 40);`

// open opens an engine for an example, with the orders in it.
func open(ctx context.Context, opts ...ksqlite.Option) *ksqlite.Engine {
	engine, err := ksqlite.Open(ctx, opts...)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := engine.Exec(ctx, createOrders); err != nil {
		log.Fatal(err)
	}
	return engine
}

func Example() {
	ctx := context.Background()
	engine, err := ksqlite.Open(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()

	_, err = engine.Exec(ctx, createOrders)
	if err != nil {
		log.Fatal(err)
	}
	rows, err := engine.Query(ctx, "SELECT item, price * 2 AS doubled FROM orders WHERE price > 20;")
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	for rows.Next(ctx) {
		var item string
		var doubled float64
		if err := rows.Row().Scan(&item, &doubled); err != nil {
			log.Fatal(err)
		}
		fmt.Println(item, doubled)
	}
	fmt.Println("error:", rows.Err())
	// Output:
	// cups 80
	// error: <nil>
}

func ExampleOpen() {
	ctx := context.Background()
	engine, err := ksqlite.Open(ctx, ksqlite.WithProperties(map[string]string{"auto.offset.reset": "earliest"}))
	if err != nil {
		log.Fatal(err)
	}
	results, err := engine.Exec(ctx, "SHOW TOPICS;")
	fmt.Println(len(results), err)
	fmt.Println(engine.Close())
	// Output:
	// 1 <nil>
	// <nil>
}

func ExampleEngine_Exec() {
	ctx := context.Background()
	engine := open(ctx)
	defer engine.Close()

	results, err := engine.Exec(ctx, "DESCRIBE orders;")
	if err != nil {
		log.Fatal(err)
	}
	for _, block := range results[0].Entity.Blocks() {
		if block.Table == nil {
			continue
		}
		for _, row := range block.Table.Rows {
			fmt.Println(row[0])
		}
	}

	// A fault in a statement tells its place.
	_, err = engine.Exec(ctx, "SHOW TOPICS;\nDROP STREAM nowhere;")
	if fault, ok := errors.AsType[*ksqlite.Error](err); ok {
		fmt.Println("line", fault.Position().Line)
	}
	// Output:
	// ID
	// ITEM
	// PRICE
	// line 2
}

// A push query goes on until it is closed or its context ends.
func ExampleEngine_Query() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	engine := open(ctx)
	defer engine.Close()

	rows, err := engine.Query(ctx, `
		SET 'auto.offset.reset' = 'earliest';
		SELECT id, item FROM orders EMIT CHANGES;`)
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	for row := range rows.All(ctx) {
		fmt.Println(row.Named("ID"), row.Named("ITEM"))
		if row.Named("ID").String() == "b" {
			cancel()
		}
	}
	fmt.Println("error:", rows.Err())
	// Output:
	// a tea
	// b cups
	// error: <nil>
}

func ExampleEngine_NewSession() {
	ctx := context.Background()
	engine := open(ctx)
	defer engine.Close()

	session := engine.NewSession()
	session.Define("topic", "orders")
	if err := session.Set("auto.offset.reset", "earliest"); err != nil {
		log.Fatal(err)
	}
	rows, err := session.Query(ctx, "SELECT item FROM ${topic} EMIT CHANGES LIMIT 1;")
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	for row := range rows.All(ctx) {
		fmt.Println(row.Value(0))
	}
	// Output:
	// tea
}

// Run is for programs that show any statement, as a shell does.
func ExampleSession_Run() {
	ctx := context.Background()
	engine := open(ctx)
	defer engine.Close()

	for result, err := range engine.NewSession().Run(ctx, "SELECT item FROM orders; SHOW STREAMS;") {
		if err != nil {
			log.Fatal(err)
		}
		switch {
		case result.Rows != nil:
			for result.Rows.Next(ctx) {
			}
			fmt.Println("a query:", result.Statement)
			result.Rows.Close()
		case result.Entity != nil:
			fmt.Println("an answer:", result.Statement)
		}
	}
	// Output:
	// a query: SELECT item FROM orders
	// an answer: SHOW STREAMS
}

func ExampleRow_Map() {
	ctx := context.Background()
	engine := open(ctx)
	defer engine.Close()

	rows, err := engine.Query(ctx, "SELECT item, CAST(price AS DECIMAL(6, 2)) AS price, SPLIT(id, '') AS ids FROM orders LIMIT 1;")
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	for _, c := range rows.Columns() {
		fmt.Println(c.Name, c.Type)
	}
	for row := range rows.All(ctx) {
		fmt.Println(row.Map())
	}
	// Output:
	// ITEM STRING
	// PRICE DECIMAL(6, 2)
	// IDS ARRAY<STRING>
	// map[IDS:[a] ITEM:tea PRICE:12.50]
}

func ExampleAs() {
	ctx := context.Background()
	engine := open(ctx)
	defer engine.Close()

	rows, err := engine.Query(ctx, "SELECT STRUCT(item := item, price := price) AS o FROM orders;")
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	type order struct {
		Item  string
		Price float64
	}
	for row := range rows.All(ctx) {
		o, err := ksqlite.As[order](row.Value(0))
		fmt.Println(o.Item, o.Price, err)
	}
	// Output:
	// tea 12.5 <nil>
	// cups 40 <nil>
}

// A record that cannot be decoded is skipped, and told.
func ExampleWithRecordErrors() {
	ctx := context.Background()
	faults := make(chan ksqlite.RecordError, 10)
	engine := open(ctx, ksqlite.WithRecordErrors(func(e ksqlite.RecordError) { faults <- e }))
	defer engine.Close()

	rows, err := engine.Query(ctx, `
		CREATE STREAM misread (item ARRAY<INT>) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON');
		SELECT * FROM misread;`)
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next(ctx) {
		n++
	}
	fault := <-faults
	fmt.Println(n, "rows; topic", fault.Topic, "offset", fault.Offset, "skipped", fault.Skipped)
	// Output:
	// 0 rows; topic orders offset 0 skipped true
}

// With a data folder, streams and topics are there again at the next start.
func ExampleWithDataDir() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	first := open(ctx, ksqlite.WithDataDir(filepath.Join(dir, "data")))
	_, err = ksqlite.Open(ctx, ksqlite.WithDataDir(filepath.Join(dir, "data")))
	fmt.Println(errors.Is(err, ksqlite.ErrDataDirInUse))
	first.Close()

	second, err := ksqlite.Open(ctx, ksqlite.WithDataDir(filepath.Join(dir, "data")))
	if err != nil {
		log.Fatal(err)
	}
	defer second.Close()
	rows, err := second.Query(ctx, "SELECT item FROM orders;")
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	for row := range rows.All(ctx) {
		fmt.Println(row.Value(0))
	}
	// Output:
	// true
	// tea
	// cups
}

func ExampleWithBootstrapServers() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, err := ksqlite.Open(ctx,
		ksqlite.WithBootstrapServers("localhost:1"),
		ksqlite.WithKafkaProperties(map[string]string{"default.api.timeout.ms": "200"}))
	fmt.Println(errors.Is(err, ksqlite.ErrUnreachable))
	// Output:
	// true
}

func ExampleWithClock() {
	ctx := context.Background()
	noon := func() time.Time { return time.Date(2020, 1, 1, 12, 0, 0, 0, time.UTC) }
	engine := open(ctx, ksqlite.WithClock(noon))
	defer engine.Close()

	rows, err := engine.Query(ctx, "SELECT FROM_UNIXTIME(ROWTIME) AS t FROM orders LIMIT 1;")
	if err != nil {
		log.Fatal(err)
	}
	defer rows.Close()
	for row := range rows.All(ctx) {
		fmt.Println(row.Value(0))
	}
	// Output:
	// 2020-01-01T12:00:00.000
}

func ExampleRender() {
	ctx := context.Background()
	engine := open(ctx)
	defer engine.Close()
	_, err := engine.Exec(ctx, "DROP STREAM nowhere;")
	fmt.Println(ksqlite.Render(err))
	// Output:
	// line 1:13: Stream NOWHERE does not exist
	// DROP STREAM nowhere;
	//             ^^^^^^^
}
