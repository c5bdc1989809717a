package main

import (
	"context"
	"time"
)

// round measures something once.
type round func(context.Context) (float64, error)

// least and most say which of several rounds is the best.
func least(a, b float64) bool { return a < b }
func most(a, b float64) bool  { return a > b }

// best runs ours and base in turn and returns the best of each.
func best(ctx context.Context, s *settings, better func(a, b float64) bool, ours, base round) (o, b float64, err error) {
	for i := range s.rounds {
		if o, err = keep(ctx, i, o, better, ours); err != nil {
			return 0, 0, err
		}
		if b, err = keep(ctx, i, b, better, base); err != nil {
			return 0, 0, err
		}
	}
	return o, b, nil
}

func keep(ctx context.Context, i int, so float64, better func(a, b float64) bool, run round) (float64, error) {
	v, err := run(ctx)
	if err == nil && i > 0 && !better(v, so) {
		v = so
	}
	return v, err
}

// rate makes a round that gives n divided by the seconds that run takes.
func rate(n int, run func(context.Context) error) round {
	return func(ctx context.Context) (float64, error) {
		start := time.Now()
		err := run(ctx)
		return float64(n) / time.Since(start).Seconds(), err
	}
}

// cpu makes a round that gives the CPU time of the process during run, in nanoseconds divided by n.
func cpu(n float64, run func(context.Context) error) round {
	return func(ctx context.Context) (float64, error) {
		start := cpuTime()
		err := run(ctx)
		return float64(cpuTime()-start) / n, err
	}
}
