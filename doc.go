// Package ksqlite runs ksqlDB's SQL inside a Go program: streams and tables over
// Kafka topics, and queries whose rows arrive as the records do. It needs no
// server. Without an address it brings its own Kafka broker, in the process.
//
//	engine, err := ksqlite.Open(ctx)
//	defer engine.Close()
//
//	_, err = engine.Exec(ctx, `
//		CREATE STREAM orders (id STRING KEY, price DOUBLE)
//			WITH (KAFKA_TOPIC='orders', PARTITIONS=1, VALUE_FORMAT='JSON');
//		INSERT INTO orders VALUES ('a', 12.5);`)
//
//	rows, err := engine.Query(ctx, "SELECT id, price * 2 FROM orders;")
//	defer rows.Close()
//	for rows.Next(ctx) {
//		err := rows.Row().Scan(&id, &price)
//	}
//	err = rows.Err()
//
// The path of a record:
//
//	Kafka ─▶ broker ─▶ hub ─▶ serde ─▶ operators ─▶ Rows ─▶ your variables
//	         bytes     one    typed    filter,       one
//	                   read   values   project       by one
//	                   a topic
//
// What goes wrong goes one of three ways. A fault in the text of a statement is
// an [*Error] with its place, returned where the statement was given. A record
// that cannot be decoded is skipped and given to [WithRecordErrors]; its query
// goes on. What ends a query is told by [Rows.Err].
//
// This package is stable, as is reading SQL with package parser. The packages
// below them change as they need to.
package ksqlite
