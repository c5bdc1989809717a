package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner"
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/functions"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/proclog"
	"github.com/ksqlite/ksqlite/runtime/query"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// world is an embedded broker in this process with our engine beside it, so
// that both sides of a comparison read the same topic in the same way.
type world struct {
	broker  *embedded.Broker
	cluster broker.Cluster
	planner planner.Planner
	runtime query.Runtime
}

const partitions = 4

func newWorld(ctx context.Context) (*world, error) {
	b, err := embedded.Open(embedded.Options{})
	if err != nil {
		return nil, err
	}
	c, err := b.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &world{
		broker: b, cluster: c,
		planner: planner.Planner{Catalog: &catalog.Catalog{}, Functions: functions.New(), Formats: serde.New()},
		runtime: query.Runtime{Hub: hub.New(c, serde.New()), Formats: serde.New(), Functions: functions.New(), Now: time.Now, Log: proclog.Discard},
	}, nil
}

func (w *world) close() {
	w.cluster.Close()
	w.broker.Close()
}

// fill makes a stream over a new topic and puts n records into it.
func (w *world) fill(ctx context.Context, name, columns string, n int, record func(*rand.Rand, int) []byte) error {
	statements, err := parser.Parse(fmt.Sprintf("CREATE STREAM %s (%s) WITH (kafka_topic='%s', value_format='JSON');", name, columns, name))
	if err != nil {
		return err
	}
	made, err := w.planner.Create(statements[0].Statement.(*ast.CreateSource))
	if err != nil {
		return err
	}
	w.planner.Catalog = w.planner.Catalog.WithSource(made.Source)
	if err := w.cluster.CreateTopic(ctx, broker.NewTopic{Name: name, Partitions: partitions}); err != nil {
		return err
	}
	return w.produce(ctx, name, samples(n, record))
}

func (w *world) produce(ctx context.Context, topic string, values [][]byte) error {
	records := make([]kgo.Record, len(values))
	for i, value := range values {
		records[i].Value = value
	}
	return w.produceRecords(ctx, topic, records, kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))
}

// produceRecords writes records to the partitions that their keys or the options say.
func (w *world) produceRecords(ctx context.Context, topic string, records []kgo.Record, options ...kgo.Opt) error {
	client, err := w.client(append(options, kgo.DefaultProduceTopic(topic), kgo.ProducerBatchCompression(kgo.NoCompression()))...)
	if err != nil {
		return err
	}
	defer client.Close()
	var first error
	for i := range records {
		client.Produce(ctx, &records[i], func(_ *kgo.Record, err error) {
			if err != nil {
				first = err
			}
		})
	}
	if err := client.Flush(ctx); err != nil {
		return err
	}
	return first
}

// client is a bare franz-go client of the broker.
func (w *world) client(options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(w.broker.Address()), kgo.Dialer(w.broker.Dial)}, options...)...)
}

// consume reads n records with a bare franz-go consumer, which is the floor
// under every query.
func (w *world) consume(topic string, n int) func(context.Context) error {
	return func(ctx context.Context) error {
		client, err := w.client(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
		if err != nil {
			return err
		}
		defer client.Close()
		for seen := 0; seen < n; {
			fetches := client.PollFetches(ctx)
			if err := fetches.Err0(); err != nil {
				return err
			}
			seen += fetches.NumRecords()
		}
		return nil
	}
}

// start starts a query from the beginning of its topic.
func (w *world) start(ctx context.Context, text string) (query.Rows, error) {
	statements, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	p, err := w.planner.Query(statements[0].Statement.(*ast.Query))
	if err != nil {
		return nil, err
	}
	return query.Start(ctx, w.runtime, p, query.Options{ID: "bench"})
}

// run runs a query to its end and checks the number of its rows.
func (w *world) run(text string, want int) func(context.Context) error {
	return func(ctx context.Context) error {
		rows, err := w.start(ctx, text)
		if err != nil {
			return err
		}
		return drain(ctx, rows, want)
	}
}

// take runs a query that has no end until it has given so many rows.
func (w *world) take(text string, want int) func(context.Context) error {
	return func(ctx context.Context) error {
		rows, err := w.start(ctx, text)
		if err != nil {
			return err
		}
		defer rows.Close()
		for range want {
			if !rows.Next(ctx) {
				return cmp.Or(rows.Err(), ctx.Err())
			}
		}
		return nil
	}
}

func drain(ctx context.Context, rows query.Rows, want int) error {
	defer rows.Close()
	n := 0
	for rows.Next(ctx) {
		n++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if n != want {
		return fmt.Errorf("%s gave %d rows, not %d", rows.ID(), n, want)
	}
	return ctx.Err()
}

// ends returns where each partition of a topic ends.
func (w *world) ends(ctx context.Context, topic string) ([]int64, error) {
	return w.cluster.Offsets(ctx, topic, broker.EndOffset())
}
