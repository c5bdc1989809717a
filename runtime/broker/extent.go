package broker

import (
	"context"
	"slices"
)

// Extent is a part of a topic: of each partition, what lies from a start to before an end. The index
// is the partition.
type Extent struct {
	Topic        string
	Starts, Ends []int64
}

// ExtentOf returns all that can be read of a topic at this moment.
func ExtentOf(ctx context.Context, c Cluster, topic string) (Extent, error) {
	x := Extent{Topic: topic}
	var err error
	if x.Starts, err = c.Offsets(ctx, topic, EarliestOffset()); err != nil {
		return x, err
	}
	if x.Ends, err = c.Offsets(ctx, topic, ReadableEnd(DefaultIsolation)); err != nil {
		return x, err
	}
	x.Ends = x.Ends[:min(len(x.Starts), len(x.Ends))] // a partition may have come in between
	x.Starts = x.Starts[:len(x.Ends)]
	return x, nil
}

// Last returns the last offsets of each partition.
func (x Extent) Last(offsets int64) Extent {
	part := Extent{Topic: x.Topic, Starts: slices.Clone(x.Starts), Ends: x.Ends}
	for id, end := range x.Ends {
		part.Starts[id] = max(x.Starts[id], end-offsets)
	}
	return part
}

// Read hands out the records of a part of a topic, chunk by chunk, until take wants no more. What it
// hands out of a chunk is valid until take returns, keys and values longer.
func (x Extent) Read(ctx context.Context, c Cluster, take func(Fetch) (more bool)) error {
	options := ReadOptions{Topic: x.Topic, Default: Earliest, Fixed: true, Starts: []Start{}}
	left := map[int32]bool{}
	for id, end := range x.Ends {
		if x.Starts[id] < end {
			left[int32(id)] = true
			options.Starts = append(options.Starts, Start{Partition: int32(id), Offset: x.Starts[id]})
		}
	}
	if len(left) == 0 {
		return nil
	}
	reader, err := c.OpenReader(ctx, options)
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
			end, messages := x.Ends[f.Partition], f.Messages
			for n := len(f.Messages); n > 0 && f.Messages[n-1].Offset >= end; n-- {
				f.Messages = f.Messages[:n-1]
			}
			f.Next = min(f.Next, end) // what lies behind is not handed out
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
