package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/query"
)

// restore compares how long a query with a group for each record takes to go on after
// a restart: from its snapshots, and from its changelog.
func restore(ctx context.Context, s *settings) (ours, base float64, err error) {
	w, err := newWorld(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	if err := w.fill(ctx, "orders", orderColumns, s.records, order); err != nil {
		return 0, 0, err
	}
	p, err := w.planCreateAs("CREATE TABLE counted WITH (kafka_topic='counted') AS SELECT ORDER_ID, COUNT(*) AS N, SUM(QUANTITY) AS Q FROM orders GROUP BY ORDER_ID;")
	if err != nil {
		return 0, 0, err
	}
	if err := w.cluster.CreateTopic(ctx, broker.NewTopic{Name: "counted", Partitions: partitions}); err != nil {
		return 0, 0, err
	}
	dir, err := os.MkdirTemp("", "ksqlite-bench-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	if _, err := w.resume(ctx, p, dir, int64(s.records)); err != nil {
		return 0, 0, err
	}
	again := func(dir string) round {
		return func(ctx context.Context) (float64, error) {
			if err := w.produce(ctx, "orders", [][]byte{order(rand.New(rand.NewPCG(1, 1)), 1)}); err != nil {
				return 0, err
			}
			return w.resume(ctx, p, dir, 1)
		}
	}
	return best(ctx, s, least, again(dir), again(""))
}

// resume runs the query until it has written so many results, and returns how long
// that took in milliseconds.
func (w *world) resume(ctx context.Context, p *plan.Persistent, dir string, n int64) (float64, error) {
	start := time.Now()
	q, err := query.StartPersistent(w.runtime, p, query.PersistentOptions{
		Options: query.Options{ID: "counted"}, Cluster: w.cluster, Group: "counted", Default: broker.Earliest, StateDir: dir,
		ExactlyOnce: true, CommitInterval: 20 * time.Millisecond, RetryInitial: time.Second, RetryMax: time.Second,
	})
	if err != nil {
		return 0, err
	}
	defer q.Stop()
	if err := until(ctx, q, func(now query.Status) bool { return now.Written >= n }); err != nil {
		return 0, fmt.Errorf("counting: %w", err)
	}
	return float64(time.Since(start).Milliseconds()), nil
}
