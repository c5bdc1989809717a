package query

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/op"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// End implements [Surroundings].
func (*station) End() op.Input { return nil }

// open makes the tasks of a stage for some partitions, and fills their stores from
// snapshots and changelogs: they are then as they were at the last commit.
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
	defer func() {
		for _, station := range stations { // that have come to nothing
			station.close()
		}
	}()
	for _, store := range s.stores {
		if err := w.fill(ctx, store, stations); err != nil {
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
		delete(stations, p)
	}
	return nil
}

// filling is a store that is read from its changelog.
type filling struct {
	store     state.Store
	timeline  bool
	next, end int64 // offsets
}

// fill restores a store of some stations: its snapshot, and what has been logged
// since. A changelog whose beginning is gone would give a state that never was.
func (w *worker) fill(ctx context.Context, store storeOf, stations map[int32]*station) error {
	if len(stations) == 0 {
		return nil
	}
	log, err := w.changelogOf(ctx, store)
	if err != nil {
		return err
	}
	for p := range stations {
		if int(p) >= len(log.ends) || int(p) >= len(log.starts) {
			return fmt.Errorf("the changelog %s has no partition %d: %w", log.topic, p, ErrState)
		}
	}
	open := w.loadAll(store, log, stations)
	for p, f := range open {
		stations[p].stores[store.name] = state.NewLogged(f.store)
	}
	for p, f := range open {
		if f.next < log.starts[p] {
			return fmt.Errorf("the changelog %s is truncated: partition %d begins with offset %d: %w", log.topic, p, log.starts[p], ErrState)
		}
		if f.next >= f.end {
			delete(open, p)
		}
	}
	if len(open) == 0 {
		return nil
	}
	return w.restore(ctx, log.topic, open)
}

// loadAll loads the snapshots of a store, as many at a time as there are processors.
func (w *worker) loadAll(store storeOf, log changelog, stations map[int32]*station) map[int32]*filling {
	loaded := map[int32]*filling{}
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	var loading sync.WaitGroup
	for p := range stations {
		f := &filling{timeline: store.timeline, end: log.ends[p]}
		loaded[p] = f
		loading.Go(func() {
			turn <- struct{}{}
			f.store, f.next = w.load(store, p, log)
			<-turn
		})
	}
	loading.Wait()
	return loaded
}

// ErrState says that what a query has remembered is lost, so that it cannot go on.
var ErrState = errors.New("the state of the query cannot be restored; TERMINATE it and create it again")

// lost returns an error of a task. What a store holds that operators cannot read is none that
// another try could mend: somebody else has written to the changelog.
func lost(err error) error {
	if damaged := errors.Is(err, state.ErrDamaged) || errors.Is(err, data.ErrDamaged); damaged && !errors.Is(err, ErrState) {
		return fmt.Errorf("the changelogs are damaged: %w: %w", err, ErrState)
	}
	return err
}

// restore reads partitions of a changelog into their stores.
func (w *worker) restore(ctx context.Context, topic string, open map[int32]*filling) error {
	options := broker.ReadOptions{Topic: topic, Starts: []broker.Start{}, Fixed: true, Isolation: w.query.isolation()}
	records := int64(0)
	for p, f := range open {
		records += f.end - f.next
		options.Starts = append(options.Starts, broker.Start{Partition: p, Offset: f.next})
	}
	reader, err := w.query.options.Cluster.OpenReader(ctx, options)
	if err != nil {
		return err
	}
	defer reader.Close()
	seen := w.query.runtime.Now()
	w.query.restoring.expects(records, seen)
	for len(open) > 0 {
		n, err := restoreSome(ctx, reader, open)
		if err != nil {
			return fmt.Errorf("restoring the state of the query from %s: %w", topic, err)
		}
		now := w.query.runtime.Now()
		progress := w.query.restoring.restored(n, now)
		if now.Sub(seen) >= showing {
			seen = now
			if w.query.options.Restoring != nil {
				w.query.options.Restoring(progress)
			}
			if err := w.show(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// restoreSome reads a part of a changelog and returns how many offsets that is. Partitions
// that are read to their end are removed from open.
func restoreSome(ctx context.Context, reader broker.Reader, open map[int32]*filling) (n int64, err error) {
	waiting, cancel := context.WithTimeout(ctx, showing)
	defer cancel()
	fetches, err := reader.Poll(waiting)
	if err != nil {
		if ended(waiting, err) {
			return 0, ctx.Err()
		}
		return 0, err
	}
	for _, f := range fetches {
		filling := open[f.Partition]
		if filling == nil {
			continue // what others have written since
		}
		if err := filling.replay(f); err != nil {
			return n, lost(err)
		}
		n += min(f.Next, filling.end) - filling.next
		filling.next = f.Next
		if f.Next >= filling.end {
			delete(open, f.Partition)
		}
		reader.Recycle(f.Messages)
	}
	return n, nil
}

// replay applies changes to the store.
func (f *filling) replay(changes broker.Fetch) error {
	for i := range changes.Messages {
		m := &changes.Messages[i]
		var err error
		if m.Value == nil {
			err = f.store.Delete(m.Key)
		} else {
			err = f.store.Put(m.Key, m.Value)
		}
		if err == nil && f.timeline {
			err = op.Reindex(f.store, m.Key, m.Value != nil)
		}
		if err != nil {
			return err
		}
	}
	return changes.Err
}
