// Command fetch puts the jars of a real Apache Kafka into the user's cache
// folder, for the tests that run against one: make kafka.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/ksqlite/ksqlite/tests/kafka/apache"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := apache.Fetch(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
