package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// This file measures queries that remember something.

// grouped compares a push query that groups orders by an expression with the least
// that can be done for the same: a map of Go over the same rows.
func grouped(by string) func(context.Context, *settings) (ours, base float64, err error) {
	return func(ctx context.Context, s *settings) (ours, base float64, err error) {
		w, err := newWorld(ctx)
		if err != nil {
			return 0, 0, err
		}
		defer w.close()
		if err := w.fill(ctx, "orders", orderColumns, s.records, order); err != nil {
			return 0, 0, err
		}
		text := fmt.Sprintf("SELECT %s AS K, COUNT(*) AS N, SUM(QUANTITY) AS Q FROM orders GROUP BY %s EMIT CHANGES LIMIT %d;", by, by, s.records)
		return best(ctx, s, most, rate(s.records, w.run(text, s.records)), rate(s.records, w.countInMap(by, s.records)))
	}
}

// countInMap counts and sums the rows of a query in a map.
func (w *world) countInMap(by string, n int) func(context.Context) error {
	return func(ctx context.Context) error {
		rows, err := w.start(ctx, fmt.Sprintf("SELECT CAST(%s AS STRING), QUANTITY FROM orders EMIT CHANGES LIMIT %d;", by, n))
		if err != nil {
			return err
		}
		defer rows.Close()
		type total struct{ count, sum int64 }
		totals := map[string]total{}
		for rows.Next(ctx) {
			values := rows.Row().Values
			t := totals[string(values[0].Raw())]
			totals[string(values[0].Raw())] = total{t.count + 1, t.sum + values[1].Int64()}
		}
		return rows.Err()
	}
}

// windowed compares a push query with windows of orders, of which each is in so many, with
// one that filters them.
func windowed(window string, each int) func(context.Context, *settings) (ours, base float64, err error) {
	return func(ctx context.Context, s *settings) (ours, base float64, err error) {
		w, err := newWorld(ctx)
		if err != nil {
			return 0, 0, err
		}
		defer w.close()
		n := s.records / 4 * 4
		if err := w.fill(ctx, "orders", orderColumns, n, order); err != nil {
			return 0, 0, err
		}
		text := fmt.Sprintf("SELECT STATUS, COUNT(*) AS N FROM orders WINDOW %s GROUP BY STATUS EMIT CHANGES;", window)
		return best(ctx, s, most, rate(n, w.take(text, each*n)), rate(n, w.run(fmt.Sprintf(orderQuery, n/4), n/4)))
	}
}

// exactlyOnce compares a persistent aggregation with transactions with one without.
func exactlyOnce(ctx context.Context, s *settings) (ours, base float64, err error) {
	w, err := newWorld(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	if err := w.fill(ctx, "orders", orderColumns, s.records, order); err != nil {
		return 0, 0, err
	}
	run := 0
	count := func(exactlyOnce bool) round {
		return rate(s.records, func(ctx context.Context) error {
			run++
			return w.countInto(ctx, fmt.Sprintf("counted%d", run), s.records, exactlyOnce)
		})
	}
	return best(ctx, s, most, count(true), count(false))
}

// countInto counts the orders of each customer into a table, until all results are written.
func (w *world) countInto(ctx context.Context, into string, n int, exactlyOnce bool) error {
	p, err := w.planCreateAs(fmt.Sprintf("CREATE TABLE %s WITH (kafka_topic='%s') AS SELECT CUSTOMER, COUNT(*) AS N FROM orders GROUP BY CUSTOMER;", into, into))
	if err != nil {
		return err
	}
	if err := w.cluster.CreateTopic(ctx, broker.NewTopic{Name: into, Partitions: partitions}); err != nil {
		return err
	}
	q, err := query.StartPersistent(w.runtime, p, query.PersistentOptions{
		Options: query.Options{ID: into}, Cluster: w.cluster, Group: into, Default: broker.Earliest, ExactlyOnce: exactlyOnce,
		CommitInterval: 200 * time.Millisecond, RetryInitial: time.Second, RetryMax: time.Second,
	})
	if err != nil {
		return err
	}
	defer q.Stop()
	return until(ctx, q, func(now query.Status) bool { return now.Written >= int64(n) })
}
