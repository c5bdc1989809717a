package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

const serverHelp = `Run persistent queries until SIGTERM or SIGINT.

On a Kafka it serves a service id (ksql.service.id, ksqlite_ by default): it runs
all persistent queries that shells and programs create under it. One server at
a time holds a service id; others stand by and take over when it ends.

With --data-dir it is a Kafka too, kept in the folder: its queries run, and with
--listen other programs reach its topics. With --listen alone all is gone at the end.

FILE holds the properties of a Kafka client, and those of a ksqlDB server. With a
file of queries (ksql.queries.file) it runs those, and nothing else.

Standard error tells what it does. The exit code is 0 after a clean stop.`

const serverExamples = `  ksqlite server server.properties
  ksqlite server --bootstrap-server localhost:9092 --queries-file queries.sql
  ksqlite server --data-dir ./data --listen localhost:9092`

// serverFlags is what the command line of a server says.
type serverFlags struct {
	kafkaFlags                 // whose config file is FILE
	queries, listen, advertise string
	state                      stateFlags
}

func newServer() *cobra.Command {
	f := &serverFlags{}
	c := &cobra.Command{
		Use:     "server [FILE] [flags]",
		Short:   "Run persistent queries until it is stopped",
		Long:    serverHelp,
		Example: serverExamples,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(c, errors.New("server takes one file of properties at most"))
			}
			if len(args) > 0 {
				f.configFile = args[0]
			}
			return runServer(c.Context(), c, f)
		},
	}
	set := c.Flags()
	set.SortFlags = false
	f.declareNamed(c)
	set.StringVar(&f.queries, "queries-file", "", "a `file` of statements to run instead of those that are kept")
	f.state.declare(c)
	set.StringVar(&f.listen, "listen", "", "the `HOST:PORT` on which others reach the own Kafka; port 0 picks a free one")
	set.StringVar(&f.advertise, "advertise", "", "the `HOST:PORT` that they are told, if it is another one")
	completeFiles(c, "queries-file", "sql")
	completeNothing(c, "listen", "advertise")
	return c
}

// options are those of the engine.
func (f *serverFlags) options(file *ksqlite.PropertiesFile) []ksqlite.Option {
	return append([]ksqlite.Option{
		ksqlite.WithServe(), ksqlite.WithKafkaPropertiesFile(file), ksqlite.WithQueriesFile(f.queries),
		ksqlite.WithListen(f.listen, f.advertise),
	}, f.named()...)
}

// check reports a command line that says neither where to work nor what to keep.
func (f *serverFlags) check(properties map[string]string) error {
	kafka := f.servers != "" || properties["bootstrap.servers"] != "" || properties["ksql.streams.bootstrap.servers"] != ""
	switch {
	case !kafka && f.dataDir == "" && f.listen == "":
		return errors.New("server needs a Kafka, by bootstrap.servers in FILE or --bootstrap-server, or one of its own that is kept or that others reach, by --data-dir DIR or --listen HOST:PORT")
	case kafka && f.dataDir != "":
		return errOtherKafka("--data-dir")
	case kafka && f.listen != "":
		return errOtherKafka("--listen")
	case f.advertise != "" && f.listen == "":
		return errors.New("--advertise needs --listen")
	}
	return cmp.Or(f.kafkaFlags.check(), checkAddresses(f.listen, f.advertise))
}

func runServer(ctx context.Context, c *cobra.Command, f *serverFlags) (err error) {
	file := &ksqlite.PropertiesFile{}
	if f.configFile != "" {
		if file, err = ksqlite.LoadKafkaProperties(f.configFile); err != nil {
			return err
		}
	}
	if err := f.check(file.Values); err != nil {
		return usage(c, err)
	}
	ctx, stop := untilSignal(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	logger := slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil))
	faults := proclog.NewSummary(time.Now)
	options, err := withSecrets(f.options(file))
	if err != nil {
		return err
	}
	engine, err := ksqlite.Open(ctx, slices.Concat(options, f.state.options(),
		[]ksqlite.Option{ksqlite.WithLogger(logger), ksqlite.WithRecordErrors(faults.Report)})...)
	if err != nil {
		return stoppedOr(ctx, err)
	}
	telling := tellFaults(ctx, logger, faults)
	defer telling.Wait()
	defer stop() // before that
	defer func() { err = errors.Join(err, engine.Close()) }()
	return serve(ctx, engine, logger)
}

// serve waits for the end of a server that runs.
func serve(ctx context.Context, engine *ksqlite.Engine, logger *slog.Logger) error {
	location, err := engine.Location(ctx)
	if err != nil {
		return err
	}
	logger.Info("serving "+location, "version", version())
	select {
	case err := <-engine.Failed():
		return err
	case <-ctx.Done():
		logger.Info("stopping", "cause", context.Cause(ctx))
		return nil
	}
}

// tellFaults logs what goes wrong with single records, a line a second at most, until
// ctx is done.
func tellFaults(ctx context.Context, logger *slog.Logger, faults *proclog.Summary) *sync.WaitGroup {
	var telling sync.WaitGroup
	telling.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-faults.Changed():
			}
			wait, _ := faults.Due()
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
			if line, ok := faults.Line(); ok {
				logger.Warn(line)
			}
		}
	})
	return &telling
}
