package query_test

import (
	"fmt"
	"testing"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// BenchmarkFilter is the whole path of a push query that keeps a quarter of the
// records: fetch, decode, filter, project. One operation is one record.
func BenchmarkFilter(b *testing.B) {
	w := benchWorld(b)
	const records = 200_000
	statements, err := parser.Parse(`SELECT ORDER_ID, QUANTITY * PRICE AS TOTAL, SHIP_TO->CITY AS CITY FROM orders
		WHERE QUANTITY = 3 EMIT CHANGES LIMIT 50000;`)
	if err != nil {
		b.Fatal(err)
	}
	fillOrders(b, w, records)
	p, err := w.planner.Query(statements[0].Statement.(*ast.Query))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		rows, err := query.Start(b.Context(), w.runtime, p, query.Options{ID: "q"})
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next(b.Context()) {
			_ = rows.Row()
		}
		if rows.End() != query.LimitReached {
			b.Fatal(rows.End(), rows.Err())
		}
		rows.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
}

func benchWorld(b *testing.B) *world {
	b.Helper()
	w := newWorld(b)
	if text := w.ddl(`CREATE STREAM orders (ORDER_ID BIGINT, CUSTOMER STRING, QUANTITY INT, PRICE DOUBLE, STATUS STRING,
		SHIP_TO STRUCT<STREET STRING, CITY STRING, ZIP STRING, LAT DOUBLE, LON DOUBLE>)
		WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON');`); text != "" {
		b.Fatal(text)
	}
	return w
}

func fillOrders(b *testing.B, w *world, n int) {
	b.Helper()
	messages := make([]broker.Message, n)
	for i := range messages {
		messages[i].Value = fmt.Appendf(nil, `{"order_id":%d,"customer":"customer-%d","quantity":%d,"price":%d.25,"status":"sent",`+
			`"ship_to":{"street":"%d Analytical Row","city":"City %d","zip":"%05d","lat":51.50853,"lon":-0.12574}}`, i, i, i%4, i, i%999, i%100, i)
	}
	for len(messages) > 0 {
		batch := messages[:min(len(messages), 5000)]
		if err := w.cluster.Produce(b.Context(), "orders", batch); err != nil {
			b.Fatal(err)
		}
		messages = messages[len(batch):]
	}
}
