package query

import (
	"context"
	"errors"
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
		at := place{stage, p}
		if !w.serves(at) { // taken away meanwhile
			continue
		}
		var err error
		if station.task, err = w.query.topology.NewTask(stage, station); err != nil {
			return err
		}
		w.stations[at] = station
	}
	return nil
}

// restore reads partitions of a changelog into their stores.
func (w *worker) restore(ctx context.Context, topic string, stores map[int32]state.Store) error {
	if len(stores) == 0 {
		return nil
	}
	open, err := w.ends(ctx, topic, stores)
	if len(open) == 0 || err != nil {
		return err
	}
	options := broker.ReadOptions{Topic: topic, Starts: []broker.Start{}, Fixed: true, Isolation: w.isolation()}
	for p := range open {
		options.Starts = append(options.Starts, broker.Start{Partition: p, Offset: broker.Earliest})
	}
	reader, err := w.query.options.Cluster.OpenReader(ctx, options)
	if err != nil {
		return err
	}
	defer reader.Close()
	seen := w.query.runtime.Now()
	for len(open) > 0 {
		if err := restoreSome(ctx, reader, open, stores); err != nil {
			return fmt.Errorf("restoring the state of the query from %s: %w", topic, err)
		}
		if now := w.query.runtime.Now(); now.Sub(seen) >= showing {
			seen = now
			if err := w.show(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// ends returns up to where each partition of a changelog is to be read. That is its
// end with all open transactions: they are ended or aborted in a moment, and may be
// the last ones of this query. A changelog whose beginning is gone would give a
// state that never was.
func (w *worker) ends(ctx context.Context, topic string, stores map[int32]state.Store) (map[int32]int64, error) {
	cluster := w.query.options.Cluster
	starts, err := cluster.Offsets(ctx, topic, broker.EarliestOffset())
	if err != nil {
		return nil, err
	}
	ends, err := cluster.Offsets(ctx, topic, broker.EndOffset())
	if err != nil {
		return nil, err
	}
	open := map[int32]int64{}
	for p := range stores {
		switch {
		case int(p) >= len(ends) || int(p) >= len(starts):
			return nil, fmt.Errorf("the changelog %s has no partition %d: %w", topic, p, ErrState)
		case starts[p] > 0:
			return nil, fmt.Errorf("the changelog %s is truncated: partition %d begins with offset %d: %w", topic, p, starts[p], ErrState)
		case ends[p] > 0:
			open[p] = ends[p]
		}
	}
	return open, nil
}

// ErrState says that what a query has remembered is lost, so that it cannot go on.
var ErrState = errors.New("the state of the query cannot be restored; TERMINATE it and create it again")

// restoreSome reads a part of a changelog. Partitions that are read to their end are
// removed from open.
func restoreSome(ctx context.Context, reader broker.Reader, open map[int32]int64, stores map[int32]state.Store) error {
	waiting, cancel := context.WithTimeout(ctx, showing)
	defer cancel()
	fetches, err := reader.Poll(waiting)
	if err != nil {
		if waiting.Err() != nil {
			return ctx.Err()
		}
		return err
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
