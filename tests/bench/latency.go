package main

import (
	"context"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// latencies is how many records a round follows from the producer to the reader.
const latencies = 2000

// latency compares the time from producing a record to having its row with the
// time to having it in a bare consumer: the 99th percentile, in microseconds.
func latency(ctx context.Context, s *settings) (ours, base float64, err error) {
	w, err := newWorld(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer w.close()
	if err := w.fill(ctx, "people", peopleColumns, 4, person); err != nil {
		return 0, 0, err
	}
	return best(ctx, s, least, w.latencyOfQuery, w.latencyOfConsumer)
}

func (w *world) latencyOfQuery(ctx context.Context) (float64, error) {
	rows, err := w.start(ctx, "SELECT ID FROM people WHERE NAME <> '' EMIT CHANGES;")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	return w.p99(ctx, func() error {
		rows.Next(ctx)
		return rows.Err()
	})
}

func (w *world) latencyOfConsumer(ctx context.Context) (float64, error) {
	client, err := w.client(kgo.ConsumeTopics("people"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	ready := 0
	return w.p99(ctx, func() error {
		if ready > 0 {
			ready--
			return nil
		}
		fetches := client.PollFetches(ctx)
		ready = fetches.NumRecords() - 1
		return fetches.Err0()
	})
}

// p99 produces records one after the other and measures how long each takes to come through.
func (w *world) p99(ctx context.Context, next func() error) (float64, error) {
	there, err := w.count(ctx)
	if err != nil {
		return 0, err
	}
	for range there {
		if err := next(); err != nil {
			return 0, err
		}
	}
	client, err := w.client(kgo.DefaultProduceTopic("people"), kgo.ProducerLinger(0))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	took := make([]time.Duration, latencies)
	for i, value := range samples(latencies, person) {
		start := time.Now()
		if err := client.ProduceSync(ctx, &kgo.Record{Value: value}).FirstErr(); err != nil {
			return 0, err
		}
		if err := next(); err != nil {
			return 0, err
		}
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	return float64(took[latencies*99/100].Nanoseconds()) / 1000, nil
}

// count returns how many records the topic has.
func (w *world) count(ctx context.Context) (n int64, err error) {
	ends, err := w.ends(ctx, "people")
	for _, end := range ends {
		n += end
	}
	return n, err
}
