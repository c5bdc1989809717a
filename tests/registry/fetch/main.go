// Command fetch puts a real schema registry, and a client of registries that is not
// written in Go, into the user's cache folder, for the tests that use them: make registries.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"github.com/ksqlite/ksqlite/tests/registry/apicurio"
	"github.com/ksqlite/ksqlite/tests/registry/npm"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := errors.Join(apicurio.Fetch(ctx, os.Stdout), npm.Fetch(ctx, os.Stdout)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
