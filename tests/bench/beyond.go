package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/metrics"
	"time"

	"github.com/ksqlite/ksqlite/runtime/state"
	"github.com/ksqlite/ksqlite/runtime/state/disk"
)

// This file measures state that does not fit into memory: a group for each of many keys, whose
// records come in random order, each key twice.

// perKey is how many bytes of memory there are for each key: 256 MB for ten million.
const perKey = 256 << 20 / 10_000_000

// beyond compares such a query with one that has all memory it wants.
func beyond(ctx context.Context, s *settings) (ours, base float64, err error) {
	w, text, err := newBeyond(ctx, s)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	n := 2 * s.keys
	bounded := func(ctx context.Context) error { return w.bounded(ctx, s, text) }
	return best(ctx, &settings{rounds: min(s.rounds, 3)}, most, rate(n, bounded), rate(n, w.run(text, n)))
}

// beyondHeap compares the largest heap of such a query with what it may take for state.
func beyondHeap(ctx context.Context, s *settings) (ours, base float64, err error) {
	w, text, err := newBeyond(ctx, s)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	done := make(chan error)
	go func() { done <- w.bounded(ctx, s, text) }()
	for most := uint64(0); ; {
		select {
		case err := <-done:
			return float64(most) / (1 << 20), float64(s.keys*perKey) / (1 << 20), err
		case <-time.After(10 * time.Millisecond):
			live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
			metrics.Read(live)
			most = max(most, live[0].Value.Uint64())
		}
	}
}

// newBeyond returns a world with the records, and the query.
func newBeyond(ctx context.Context, s *settings) (*world, string, error) {
	w, err := newWorld(ctx)
	if err != nil {
		return nil, "", err
	}
	const prime, atOnce = 1_000_003, 100_000
	for from := 0; from < 2*s.keys && err == nil; from += atOnce {
		event := func(_ *rand.Rand, i int) []byte {
			return fmt.Appendf(nil, `{"id":%d,"n":%d}`, (from+i)%s.keys*prime%s.keys, i)
		}
		n := min(atOnce, 2*s.keys-from)
		if from == 0 {
			err = w.fill(ctx, "events", "ID BIGINT, N INT", n, event)
		} else {
			err = w.produce(ctx, "events", samples(n, event))
		}
	}
	if err != nil {
		w.close()
	}
	return w, fmt.Sprintf("SELECT ID, COUNT(*) AS C, SUM(N) AS Q FROM events GROUP BY ID EMIT CHANGES LIMIT %d;", 2*s.keys), err
}

// bounded runs the query with so little memory.
func (w *world) bounded(ctx context.Context, s *settings, text string) error {
	memory, err := state.OpenMemory(int64(s.keys*perKey), disk.Open, "")
	if err != nil {
		return err
	}
	with := *w
	with.runtime.Memory = memory
	if err := with.run(text, 2*s.keys)(ctx); err != nil {
		return err
	}
	return memory.Close()
}
