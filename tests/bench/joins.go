package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file measures joins, each against a query that filters orders, in records read a second.

// people of a table of customers, each of whom has orders.
const customers = 100_000

const (
	streamStream = "SELECT o.ORDER_ID, o.PRICE, p.PRICE FROM orders o JOIN payments p WITHIN 1 DAY ON o.ORDER_ID = p.ORDER_ID EMIT CHANGES;"
	streamTable  = "SELECT o.ORDER_ID, c.NAME FROM orders o JOIN customers c ON o.CUSTOMER = c.ID EMIT CHANGES;"
	tableTable   = "SELECT c.ID, c.NAME, r.NAME FROM customers c JOIN regions r ON c.ID = r.ID EMIT CHANGES;"
	foreignKey   = "SELECT o.ID, c.NAME FROM purchases o JOIN customers c ON o.NAME = c.ID EMIT CHANGES;"
)

// joined compares a join whose sides have so many records each with the filter. Tables are
// filled first, so that each record of the left side meets its match.
func joined(text string, fill func(ctx context.Context, w *world, n int) (read, rows int, err error)) func(context.Context, *settings) (ours, base float64, err error) {
	return func(ctx context.Context, s *settings) (ours, base float64, err error) {
		w, err := newWorld(ctx)
		if err != nil {
			return 0, 0, err
		}
		defer w.close()
		n := s.records / 4 * 4
		read, rows, err := fill(ctx, w, n)
		if err != nil {
			return 0, 0, err
		}
		if err := w.fill(ctx, "orders", orderColumns, n, order); err != nil {
			return 0, 0, err
		}
		return best(ctx, s, most, rate(read, w.take(text, rows)), rate(n, w.run(fmt.Sprintf(orderQuery, n/4), n/4)))
	}
}

func fillPayments(ctx context.Context, w *world, n int) (read, rows int, err error) {
	return 2 * n, n, w.fill(ctx, "payments", orderColumns, n, order)
}

func fillCustomers(ctx context.Context, w *world, n int) (read, rows int, err error) {
	return n + customers, n, w.table(ctx, "customers", customers, named)
}

func fillRegions(ctx context.Context, w *world, n int) (read, rows int, err error) {
	if err := w.table(ctx, "customers", n, named); err != nil {
		return 0, 0, err
	}
	return 2 * n, n, w.table(ctx, "regions", n, named)
}

func fillPurchases(ctx context.Context, w *world, n int) (read, rows int, err error) {
	if err := w.table(ctx, "customers", customers, named); err != nil {
		return 0, 0, err
	}
	return n + customers, n, w.table(ctx, "purchases", n, func(i int) string { return fmt.Sprintf("customer-%05d", i%customers) })
}

func named(i int) string { return fmt.Sprintf("Person %d", i) }

// table makes a table over a new topic with n rows, each with a name.
func (w *world) table(ctx context.Context, topic string, n int, name func(int) string) error {
	statements, err := parser.Parse(fmt.Sprintf("CREATE TABLE %s (ID STRING PRIMARY KEY, NAME STRING) WITH (kafka_topic='%s', value_format='JSON');", topic, topic))
	if err != nil {
		return err
	}
	made, err := w.planner.Create(statements[0].Statement.(*ast.CreateSource))
	if err != nil {
		return err
	}
	w.planner.Catalog = w.planner.Catalog.WithSource(made.Source)
	if err := w.cluster.CreateTopic(ctx, broker.NewTopic{Name: topic, Partitions: partitions}); err != nil {
		return err
	}
	records := make([]kgo.Record, n)
	for i := range records {
		records[i].Key = fmt.Appendf(nil, "customer-%05d", i)
		records[i].Value = fmt.Appendf(nil, `{"NAME":%q}`, name(i))
	}
	rand.New(rand.NewPCG(3, 4)).Shuffle(n, func(i, j int) { records[i], records[j] = records[j], records[i] })
	return w.produceRecords(ctx, topic, records)
}
