package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/query"
)

// This file compares queries with a bare consumer of the same topic. A push
// query that keeps a quarter of the records ends by its LIMIT at the last of them.

const (
	peopleQuery = "SELECT NAME FROM people WHERE TITLE = 'Engineer 3' EMIT CHANGES LIMIT %d;"
	orderQuery  = "SELECT ORDER_ID, QUANTITY * PRICE AS TOTAL, SHIP_TO->CITY AS CITY, SHIP_TO->ZIP AS ZIP FROM orders WHERE QUANTITY = 3 EMIT CHANGES LIMIT %d;"
)

// against runs a query that keeps a quarter of n records and a bare consumer in turn.
func against(ctx context.Context, s *settings, topic string, better func(a, b float64) bool, measure func(run func(context.Context) error) round) (ours, base float64, err error) {
	w, err := newWorld(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	columns, text, record := peopleColumns, peopleQuery, person
	if topic == "orders" {
		columns, text, record = orderColumns, orderQuery, order
	}
	n := s.records / 4 * 4
	if err := w.fill(ctx, topic, columns, n, record); err != nil {
		return 0, 0, err
	}
	return best(ctx, s, better, measure(w.run(fmt.Sprintf(text, n/4), n/4)), measure(w.consume(topic, n)))
}

func pushPeople(ctx context.Context, s *settings) (ours, base float64, err error) {
	return against(ctx, s, "people", most, func(run func(context.Context) error) round { return rate(s.records, run) })
}

func pushOrder(ctx context.Context, s *settings) (ours, base float64, err error) {
	return against(ctx, s, "orders", most, func(run func(context.Context) error) round { return rate(s.records, run) })
}

func pushOrderCPU(ctx context.Context, s *settings) (ours, base float64, err error) {
	return against(ctx, s, "orders", least, func(run func(context.Context) error) round { return cpu(float64(s.records), run) })
}

func pushOrderAllocs(ctx context.Context, s *settings) (ours, base float64, err error) {
	return against(ctx, s, "orders", least, func(run func(context.Context) error) round {
		return func(ctx context.Context) (float64, error) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := run(ctx)
			runtime.ReadMemStats(&after)
			return float64(after.Mallocs-before.Mallocs) / float64(s.records), err
		}
	})
}

// hundredQueries compares the CPU time of a hundred push queries, each with a
// filter of its own, with that of one.
func hundredQueries(ctx context.Context, s *settings) (ours, base float64, err error) {
	w, err := newWorld(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	n := s.records / 400 * 100
	if err := w.fill(ctx, "orders", orderColumns, n, order); err != nil {
		return 0, 0, err
	}
	return best(ctx, s, least, cpu(1e6, w.together(100, n)), cpu(1e6, w.together(1, n)))
}

// together runs queries at the same time, of which the i-th keeps one record in
// a hundred: those whose ORDER_ID leaves i. All have begun before the first row
// is asked for, as with queries that have been running for a while.
func (w *world) together(queries, n int) func(context.Context) error {
	return func(ctx context.Context) error {
		all := make([]query.Rows, queries)
		for i := range all {
			var err error
			all[i], err = w.start(ctx, fmt.Sprintf("SELECT ORDER_ID, PRICE FROM orders WHERE ORDER_ID %% 100 = %d EMIT CHANGES LIMIT %d;", i, n/100))
			if err != nil {
				return err
			}
		}
		errs := make([]error, queries)
		var wg sync.WaitGroup
		for i, rows := range all {
			wg.Go(func() { errs[i] = drain(ctx, rows, n/100) })
		}
		wg.Wait()
		return errors.Join(errs...)
	}
}
