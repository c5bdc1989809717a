// Command embed runs ksqlDB's SQL inside a Go program: it makes a stream, puts
// rows into it, and reads a push query until it has seen three of them. Without
// -bootstrap-server the program brings its own broker.
//
//	go run ./examples/embed
//	go run ./examples/embed -bootstrap-server localhost:9092
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite"
)

func main() {
	servers := flag.String("bootstrap-server", "", "addresses of a Kafka, with commas between them")
	flag.Parse()
	var options []ksqlite.Option
	if *servers != "" {
		options = append(options, ksqlite.WithBootstrapServers(strings.Split(*servers, ",")...))
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, options); err != nil {
		log.Fatal(ksqlite.Render(err))
	}
}

const statements = `
	SET 'auto.offset.reset' = 'earliest';
	CREATE STREAM readings (sensor STRING KEY, celsius DOUBLE, taken_at TIMESTAMP)
	  WITH (kafka_topic='readings', value_format='JSON', partitions=1);
	INSERT INTO readings VALUES ('cellar', 11.5, '2026-05-01T08:00:00.000');
	INSERT INTO readings VALUES ('attic',  34.0, '2026-05-01T08:00:10.000');
	INSERT INTO readings VALUES ('attic',  36.5, '2026-05-01T08:01:10.000');
	INSERT INTO readings VALUES ('garden', 31.0, '2026-05-01T08:02:00.000');`

func run(ctx context.Context, options []ksqlite.Option) error {
	options = append(options, ksqlite.WithRecordErrors(func(e ksqlite.RecordError) { log.Print(e) }))
	engine, err := ksqlite.Open(ctx, options...)
	if err != nil {
		return err
	}
	defer engine.Close()
	if _, err := engine.Exec(ctx, statements); err != nil {
		return err
	}
	rows, err := engine.Query(ctx, "SELECT sensor, celsius * 9 / 5 + 32 AS fahrenheit, taken_at FROM readings WHERE celsius > 30 EMIT CHANGES LIMIT 3;")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next(ctx) {
		var (
			sensor     string
			fahrenheit float64
			at         time.Time
		)
		if err := rows.Row().Scan(&sensor, &fahrenheit, &at); err != nil {
			return err
		}
		fmt.Printf("%s %-7s %.1f °F\n", at.Format(time.TimeOnly), sensor, fahrenheit)
	}
	return rows.Err()
}
