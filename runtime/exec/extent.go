package exec

import (
	"context"
	"slices"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// extent is a part of a topic: of each partition, what lies from a start to before an end.
type extent struct {
	topic        string
	starts, ends []int64
}

// extent returns all that can be read of a topic at this moment.
func (e *Engine) extent(ctx context.Context, topic string) (extent, error) {
	x := extent{topic: topic}
	var err error
	if x.starts, err = e.options.Cluster.Offsets(ctx, topic, broker.EarliestOffset()); err != nil {
		return x, err
	}
	if x.ends, err = e.options.Cluster.Offsets(ctx, topic, broker.ReadableEnd(broker.DefaultIsolation)); err != nil {
		return x, err
	}
	x.ends = x.ends[:min(len(x.starts), len(x.ends))] // a partition may have come in between
	x.starts = x.starts[:len(x.ends)]
	return x, nil
}

// last returns the last offsets of each partition.
func (x extent) last(offsets int64) extent {
	part := extent{topic: x.topic, starts: slices.Clone(x.starts), ends: x.ends}
	for id, end := range x.ends {
		part.starts[id] = max(x.starts[id], end-offsets)
	}
	return part
}

// read hands out the records of a part of a topic, chunk by chunk, until take wants no more. What it
// hands out of a chunk is valid until take returns, keys and values longer.
func (e *Engine) read(ctx context.Context, x extent, take func(broker.Fetch) (more bool)) error {
	options := broker.ReadOptions{Topic: x.topic, Default: broker.Earliest, Fixed: true, Starts: []broker.Start{}}
	left := map[int32]bool{}
	for id, end := range x.ends {
		if x.starts[id] < end {
			left[int32(id)] = true
			options.Starts = append(options.Starts, broker.Start{Partition: int32(id), Offset: x.starts[id]})
		}
	}
	if len(left) == 0 {
		return nil
	}
	reader, err := e.options.Cluster.OpenReader(ctx, options)
	if err != nil {
		return err
	}
	defer reader.Close()
	for len(left) > 0 {
		fetches, err := reader.Poll(ctx)
		if err != nil {
			return err
		}
		for _, f := range fetches {
			end, messages := x.ends[f.Partition], f.Messages
			for n := len(f.Messages); n > 0 && f.Messages[n-1].Offset >= end; n-- {
				f.Messages = f.Messages[:n-1]
			}
			if !take(f) {
				return nil
			}
			reader.Recycle(messages)
			if f.Next >= end {
				delete(left, f.Partition)
				reader.Remove(f.Partition)
			}
		}
	}
	return nil
}
