package main

import (
	"context"
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/parser"
	"github.com/ksqlite/ksqlite/parser/ast"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// csasFilterOrder compares a persistent query that reads orders, keeps a quarter
// and writes them with a consumer that does nothing with them.
func csasFilterOrder(ctx context.Context, s *settings) (ours, base float64, err error) {
	w, err := newWorld(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	n := s.records / 4 * 4
	if err := w.fill(ctx, "orders", orderColumns, n, order); err != nil {
		return 0, 0, err
	}
	run := 0
	return best(ctx, s, most, rate(n, func(ctx context.Context) error {
		run++
		return w.persist(ctx, fmt.Sprintf("kept%d", run), n)
	}), rate(n, w.consume("orders", n)))
}

// persist runs a query over all orders into a new topic, until everything is written and committed.
func (w *world) persist(ctx context.Context, into string, n int) error {
	p, err := w.planCreateAs(fmt.Sprintf("CREATE STREAM %s WITH (kafka_topic='%s') AS SELECT ORDER_ID, QUANTITY * PRICE AS TOTAL, "+
		"SHIP_TO->CITY AS CITY, SHIP_TO->ZIP AS ZIP FROM orders WHERE QUANTITY = 3;", into, into))
	if err != nil {
		return err
	}
	if err := w.cluster.CreateTopic(ctx, broker.NewTopic{Name: into, Partitions: partitions}); err != nil {
		return err
	}
	q, err := query.StartPersistent(w.runtime, p, query.PersistentOptions{
		Options: query.Options{ID: into}, Cluster: w.cluster, Group: into, Default: broker.Earliest,
		CommitInterval: 2 * time.Second, RetryInitial: time.Second, RetryMax: time.Second,
	})
	if err != nil {
		return err
	}
	defer q.Stop() // commits
	if err := until(ctx, q, func(now query.Status) bool { return now.Read >= int64(n) }); err != nil {
		return err
	}
	if got := q.Status().Written; got != int64(n/4) {
		return fmt.Errorf("%d records were written, not %d", got, n/4)
	}
	return nil
}

// until waits for a query to be somewhere.
func until(ctx context.Context, q *query.Persistent, there func(query.Status) bool) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		now := q.Status()
		if now.Err != nil || there(now) {
			return now.Err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (w *world) planCreateAs(text string) (*plan.Persistent, error) {
	statements, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	return w.planner.CreateAs(statements[0].Statement.(*ast.CreateSourceAs))
}
