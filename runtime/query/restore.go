package query

import (
	"context"
	"fmt"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// End implements [Surroundings].
func (*station) End() op.Input { return nil }

// open makes the tasks of a stage for some partitions, and fills their stores from
// the changelogs: they are then as they were at the last commit.
func (w *worker) open(ctx context.Context, stage int, partitions []int32) error {
	s := w.query.topology.stages[stage]
	stations := map[int32]*station{}
	for _, p := range partitions {
		if !s.stateful {
			p = 0
		}
		if w.stations[place{stage, p}] == nil {
			stations[p] = &station{worker: w, partition: p, stores: map[string]*state.Logged{}}
		}
	}
	for _, store := range s.stores {
		filled := map[int32]state.Store{}
		for p, station := range stations {
			filled[p] = newMemory(store.scanned)
			station.stores[store.name] = state.NewLogged(filled[p])
		}
		if err := w.restore(ctx, changelogTopic(w.query.options.Group, store.name), filled); err != nil {
			return err
		}
	}
	for p, station := range stations {
		var err error
		if station.task, err = w.query.topology.NewTask(stage, station); err != nil {
			return err
		}
		w.stations[place{stage, p}] = station
	}
	return nil
}

// restore reads partitions of a changelog into their stores.
func (w *worker) restore(ctx context.Context, topic string, stores map[int32]state.Store) error {
	if len(stores) == 0 {
		return nil
	}
	isolation := w.isolation()
	ends, err := w.query.options.Cluster.Offsets(ctx, topic, broker.ReadableEnd(isolation))
	if err != nil {
		return err
	}
	options := broker.ReadOptions{Topic: topic, Starts: []broker.Start{}, Fixed: true, Isolation: isolation}
	open := map[int32]int64{}
	for p := range stores {
		if int(p) < len(ends) && ends[p] > 0 {
			options.Starts = append(options.Starts, broker.Start{Partition: p, Offset: broker.Earliest})
			open[p] = ends[p]
		}
	}
	if len(open) == 0 {
		return nil
	}
	reader, err := w.query.options.Cluster.OpenReader(ctx, options)
	if err != nil {
		return err
	}
	defer reader.Close()
	for len(open) > 0 {
		fetches, err := reader.Poll(ctx)
		if err != nil {
			return fmt.Errorf("restoring from %s: %w", topic, err)
		}
		for _, f := range fetches {
			if err := replay(f, stores[f.Partition]); err != nil {
				return err
			}
			if f.Next >= open[f.Partition] {
				delete(open, f.Partition)
			}
			reader.Recycle(f.Messages)
		}
	}
	return nil
}

// replay applies changes to a store.
func replay(f broker.Fetch, store state.Store) error {
	for i := range f.Messages {
		m := &f.Messages[i]
		var err error
		if m.Value == nil {
			err = store.Delete(m.Key)
		} else {
			err = store.Put(m.Key, m.Value)
		}
		if err != nil {
			return err
		}
	}
	return f.Err
}
