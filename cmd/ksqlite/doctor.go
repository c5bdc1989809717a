package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/repl/show"
)

const doctorHelp = `Find out why a Kafka cannot be used.

It goes the way of a connection step by step: properties, DNS, TCP, TLS, Kafka,
SASL, metadata, the addresses that the brokers advertise, a read of one topic and
the schema registry. Each step is a line; of one that fails, the line says what is
wrong and the next one what to change. All bootstrap servers are tried at the same
time, within about six seconds, and told in their order up to the first that can be
used; those before it are warnings. Nothing is written to the cluster.

The exit code is 0 when all is well, and 1 when a step has failed.`

const doctorExamples = `  ksqlite doctor --bootstrap-server localhost:9092
  ksqlite doctor --config-file client.properties --topic orders`

func newDoctor() *cobra.Command {
	f := &kafkaFlags{}
	var topic string
	c := &cobra.Command{
		Use:     "doctor [--bootstrap-server HOST:PORT] [--config-file FILE] [--topic TOPIC]",
		Short:   "Find out why a Kafka cannot be used",
		Long:    doctorHelp,
		Example: doctorExamples,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := f.check(); err != nil {
				return usage(c, err)
			}
			return runDoctor(c.Context(), f, topic, c.OutOrStdout())
		},
	}
	set := c.Flags()
	set.SortFlags = false
	f.declare(c)
	set.StringVar(&topic, "topic", "", "a `topic` to read")
	f.completeTopics(c, "topic")
	return c
}

func runDoctor(ctx context.Context, f *kafkaFlags, topic string, out io.Writer) error {
	ctx, stop := untilSignal(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	marks := plainMarks
	if colours() && isTerminal(os.Stdout) {
		marks = colourMarks
	}
	options, err := f.options(io.Discard)
	if unread, ok := errors.AsType[configFileError](err); ok {
		ksqlite.WrongProperties(unread.error, func(found ksqlite.Finding) { marks.print(out, found) })
		return errUnusable()
	}
	if err != nil {
		return err
	}
	faults := ksqlite.Examine(ctx, topic, func(found ksqlite.Finding) {
		if ctx.Err() == nil { // else the step was broken off
			marks.print(out, found)
		}
	}, options...)
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if faults > 0 {
		return errUnusable()
	}
	return nil
}

// errUnusable says what the faults that were told come to.
func errUnusable() error {
	return &show.ShownError{Err: errors.New("the Kafka cannot be used as it is")}
}

// marks stand before what a step has found.
type marks struct{ well, spared, fault, under string }

var (
	plainMarks  = marks{"ok    ", "WARN  ", "FAULT ", "      "}
	colourMarks = marks{"\x1b[32m✓\x1b[0m ", "\x1b[33m!\x1b[0m ", "\x1b[31m✗\x1b[0m ", "  "}
)

// print writes what a step has found.
func (m marks) print(out io.Writer, f ksqlite.Finding) {
	if f.Fault == nil {
		fmt.Fprintf(out, "%s%s: %s\n", m.well, f.Step, f.Said)
		return
	}
	mark := m.fault
	if f.Spared {
		mark = m.spared
	}
	fmt.Fprintf(out, "%s%s: %s\n", mark, f.Step, f.Fault.Cause)
	fmt.Fprintf(out, "%s%s\n", m.under, f.Fault.Change)
}
