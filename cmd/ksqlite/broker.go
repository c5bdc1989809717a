package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
)

const brokerHelp = `Run ksqlite's own Kafka for other programs, until it is interrupted.

It is one broker, for development and tests. Without --tls and --user everybody who
reaches it is let in: listen on localhost then, unless the network is trusted. With them
the file of properties by which clients connect is written and named, so that a client
for a secured Kafka can be tried. Beside it runs a schema registry that
Confluent's clients can use; its address is printed. Clients connect to the address that
--listen names and are told to come back to the one that --advertise names.`

const brokerExamples = `  ksqlite broker --listen localhost:9092 --data-dir ./kafka-data
  ksqlite broker --listen localhost:9093 --data-dir ./secured --tls --user orders:s3cret
  ksqlite --config-file ./secured/client.properties`

// servedBroker is what the command line says of a broker.
type servedBroker struct {
	embedded.Options
	secured securedFlags
	schemas string // the address of the registry
}

func newBroker() *cobra.Command {
	var b servedBroker
	c := &cobra.Command{
		Use:     "broker --listen HOST:PORT --data-dir DIR [--registry HOST:PORT]",
		Short:   "Run a Kafka for other programs",
		Long:    brokerHelp,
		Example: brokerExamples,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := b.check(); err != nil {
				return usage(c, err)
			}
			return b.run(c.Context(), c.ErrOrStderr())
		},
	}
	c.Flags().SortFlags = false
	c.Flags().StringVar(&b.Listen, "listen", "", "the `HOST:PORT` to listen on; port 0 picks a free one")
	c.Flags().StringVar(&b.Advertise, "advertise", "", "the `HOST:PORT` that clients are told, if it is another one")
	c.Flags().StringVar(&b.Dir, "data-dir", "", "the `folder` that keeps the topics and schemas")
	c.Flags().StringVar(&b.schemas, "registry", "localhost:0", "the `HOST:PORT` to serve a schema registry on; port 0 picks a free one, empty serves none")
	b.secured.declare(c)
	completeFolders(c, "data-dir")
	completeNothing(c, "listen", "advertise", "registry")
	return c
}

// run serves until a signal comes. messages are what it tells meanwhile.
func (b *servedBroker) run(ctx context.Context, messages io.Writer) error {
	ctx, stop := untilSignal(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	b.Logger = slog.New(slog.NewTextHandler(messages, &slog.HandlerOptions{Level: slog.LevelWarn}))
	certificates, err := b.secured.secure(&b.Options)
	if err != nil {
		return err
	}
	running, err := embedded.Open(b.Options)
	if err != nil {
		return err
	}
	registry, err := serveRegistry(ctx, messages, b.schemas, b.Dir)
	if err != nil {
		return errors.Join(err, running.Close())
	}
	known := []string{"bootstrap.servers=" + running.Address()}
	if registry != nil {
		known = append(known, "schema.registry.url="+registry.url)
	}
	file, err := b.secured.keep(b.Options, known, certificates)
	if err != nil {
		return errors.Join(err, registry.Close(), running.Close())
	}
	if file != "" {
		fmt.Fprintf(messages, "Clients connect with the properties in %s: ksqlite --config-file %[1]s\n", file)
	}
	fmt.Fprintf(messages, "ksqlite broker listens on %s, data in %s. CTRL-C ends it.\n", running.Address(), b.Dir)
	<-ctx.Done()
	return errors.Join(context.Cause(ctx), registry.Close(), running.Close())
}

func (b *servedBroker) check() error {
	switch {
	case b.Listen == "":
		return errors.New("broker needs --listen HOST:PORT")
	case b.Dir == "":
		return errors.New("broker needs --data-dir DIR")
	}
	return cmp.Or(b.secured.check(), checkAddresses(b.Listen, b.Advertise, b.schemas))
}

// checkAddresses reports those that are neither empty nor HOST:PORT.
func checkAddresses(addresses ...string) error {
	for _, address := range addresses {
		if _, _, err := net.SplitHostPort(address); address != "" && err != nil {
			return fmt.Errorf("%s is not HOST:PORT", address)
		}
	}
	return nil
}
