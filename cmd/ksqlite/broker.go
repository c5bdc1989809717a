package main

import (
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

It is one broker without authentication, for development and tests: listen on
localhost unless the network is trusted. Beside it runs a schema registry that
Confluent's clients can use; its address is printed. Clients connect to the address that
--listen names and are told to come back to the one that --advertise names.`

func newBroker() *cobra.Command {
	var o embedded.Options
	var schemas string
	c := &cobra.Command{
		Use:     "broker --listen HOST:PORT --data-dir DIR [--registry HOST:PORT]",
		Short:   "Run a Kafka for other programs",
		Long:    brokerHelp,
		Example: "  ksqlite broker --listen localhost:9092 --data-dir ./kafka-data",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkBroker(o, schemas); err != nil {
				return usage(c, err)
			}
			return runBroker(c.Context(), c.ErrOrStderr(), o, schemas)
		},
	}
	c.Flags().SortFlags = false
	c.Flags().StringVar(&o.Listen, "listen", "", "the `HOST:PORT` to listen on; port 0 picks a free one")
	c.Flags().StringVar(&o.Advertise, "advertise", "", "the `HOST:PORT` that clients are told, if it is another one")
	c.Flags().StringVar(&o.Dir, "data-dir", "", "the `folder` that keeps the topics and schemas")
	c.Flags().StringVar(&schemas, "registry", "localhost:0", "the `HOST:PORT` to serve a schema registry on; port 0 picks a free one, empty serves none")
	completeFolders(c, "data-dir")
	completeNothing(c, "listen", "advertise", "registry")
	return c
}

// runBroker serves until a signal comes. messages are what it tells meanwhile.
func runBroker(ctx context.Context, messages io.Writer, o embedded.Options, schemas string) error {
	ctx, stop := untilSignal(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	o.Logger = slog.New(slog.NewTextHandler(messages, &slog.HandlerOptions{Level: slog.LevelWarn}))
	b, err := embedded.Open(o)
	if err != nil {
		return err
	}
	registry, err := serveRegistry(ctx, messages, schemas, o.Dir)
	if err != nil {
		return errors.Join(err, b.Close())
	}
	fmt.Fprintf(messages, "ksqlite broker listens on %s, data in %s. CTRL-C ends it.\n", b.Address(), o.Dir)
	<-ctx.Done()
	return errors.Join(context.Cause(ctx), registry.Close(), b.Close())
}

func checkBroker(o embedded.Options, schemas string) error {
	switch {
	case o.Listen == "":
		return errors.New("broker needs --listen HOST:PORT")
	case o.Dir == "":
		return errors.New("broker needs --data-dir DIR")
	}
	return checkAddresses(o.Listen, o.Advertise, schemas)
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
