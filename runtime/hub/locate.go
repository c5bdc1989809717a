package hub

import (
	"context"
	"math"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// locate finds out where each partition begins and ends.
func (s *Subscription) locate(ctx context.Context) error {
	// The ends come first: what arrives while the rest is asked for lies behind them.
	ends, err := s.offsets(ctx, broker.ReadableEnd(broker.DefaultIsolation))
	if err != nil {
		return err
	}
	starts, err := s.starts(ctx, ends)
	if err != nil {
		return err
	}
	if b := s.request.Bounds; b == nil || b.Partition.First < 0 || b.Partition.Last >= int64(len(starts)) {
		s.request.Ends = false
	}
	for id, start := range starts {
		if given, ok := s.request.Starts[int32(id)]; ok {
			start = given
		}
		p := &progress{position: start, end: never}
		if s.request.Bounded {
			if id == len(ends) {
				break // partitions that came after the ends were taken
			}
			p.end = ends[id]
		}
		if b := s.request.Bounds; b != nil && s.ends() && b.Offset.Last < math.MaxInt64 {
			p.end = min(p.end, b.Offset.Last+1)
		}
		if !s.wants(int32(id)) {
			p.end = start
		}
		if id < len(ends) {
			p.lag = max(0, min(ends[id], p.end)-start)
		}
		s.follow(int32(id), p)
	}
	return nil
}

// only returns a subscription to one partition, which begins where this one would. Both
// are not read yet. Target is where the partition ended when the query began.
func (s *Subscription) only(id int32, target int64) *Subscription {
	one := &Subscription{hub: s.hub, request: s.request, topic: s.topic, wake: s.wake, parts: map[int32]*progress{}}
	one.request.Partition = &id
	for _, other := range s.order {
		p := *s.parts[other]
		p.target, p.reached = target, false
		if other != id {
			p.end, p.lag = p.position, 0
		}
		one.follow(other, &p)
	}
	return one
}

// starts returns where reading begins in each partition.
func (s *Subscription) starts(ctx context.Context, ends []int64) ([]int64, error) {
	if s.request.Latest && s.request.Bounds == nil {
		return ends, nil
	}
	starts, err := s.offsets(ctx, broker.EarliestOffset())
	if err != nil {
		return nil, err
	}
	if s.request.Latest {
		raise(starts, ends, ends)
	}
	since := s.request.Since
	if b := s.request.Bounds; b != nil {
		since = max(since, b.Time.First)
		for id := range starts {
			raise(starts[id:id+1], []int64{b.Offset.First}, ends[min(id, len(ends)):])
		}
	}
	if since > 0 {
		at, err := s.offsets(ctx, broker.OffsetAt(since))
		if err != nil {
			return nil, err
		}
		raise(starts, at, ends)
	}
	return starts, nil
}

// raise moves starts to later offsets, but not behind the ends. A position there would be taken
// for one that is gone; and that no record is of a certain time was perhaps answered before one came.
func raise(starts, to, ends []int64) {
	for id := range min(len(starts), len(to), len(ends)) {
		starts[id] = max(starts[id], min(to[id], ends[id]))
	}
}
