package query

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// This file keeps snapshots of stores in a folder, so that a restart has to read no
// more of the changelogs than what came after them. They can be lost without harm.

// folderOf is the folder of a query's snapshots.
func folderOf(stateDir, group string) string { return filepath.Join(stateDir, group) }

// RemoveSnapshots deletes the snapshots of a query, if there are any.
func RemoveSnapshots(stateDir, group string) error {
	if stateDir == "" {
		return nil
	}
	return os.RemoveAll(folderOf(stateDir, group))
}

// snapshotFile is where the snapshot of a store is kept.
func (w *worker) snapshotFile(store string, partition int32) string {
	o := &w.query.options
	return filepath.Join(folderOf(o.StateDir, o.Group), fmt.Sprintf("%s-%d.snapshot", store, partition))
}

const (
	// fewChanges is how many changes are not worth a snapshot while the query runs.
	fewChanges = 10_000
	// leastAge is how old snapshots are at least before others are made.
	leastAge = time.Minute
	// share bounds the part of its time that a worker makes snapshots.
	share = 50
)

// saveIfDue makes snapshots if enough has changed. What was remembered has just been committed.
func (w *worker) saveIfDue(ctx context.Context) {
	now := w.query.runtime.Now()
	if w.changes < fewChanges || now.Sub(w.saved) < max(leastAge, share*w.saving) {
		return
	}
	w.save(ctx)
	w.saving = w.query.runtime.Now().Sub(now)
}

// save makes snapshots of all stores, or tells why it cannot. The query goes on without: the
// changelogs have all of it, and the next restart takes longer.
func (w *worker) save(ctx context.Context) {
	if w.query.options.StateDir == "" || w.changes == 0 {
		return
	}
	w.saved, w.changes = w.query.runtime.Now(), 0
	if err := w.saveAll(ctx); err != nil && w.query.options.Unsaved != nil {
		w.query.options.Unsaved(err)
	}
}

// saveAll makes snapshots, up to the first that cannot be made.
func (w *worker) saveAll(ctx context.Context) error {
	for stage, s := range w.query.topology.stages {
		for _, store := range s.stores {
			topic := changelogTopic(w.query.options.Group, store.name)
			id, err := w.topicID(ctx, topic)
			if err != nil {
				return err
			}
			ends, err := w.query.options.Cluster.Offsets(ctx, topic, broker.EndOffset())
			if err != nil {
				return err
			}
			for at, station := range w.stations {
				if at.stage != stage || int(at.partition) >= len(ends) {
					continue
				}
				from := state.Origin{Topic: id, Offset: ends[at.partition]}
				if err := state.Save(w.snapshotFile(store.name, at.partition), from, station.stores[store.name]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (w *worker) topicID(ctx context.Context, topic string) ([16]byte, error) {
	found, err := w.query.options.Cluster.Topics(ctx, topic)
	if err != nil {
		return [16]byte{}, err
	}
	return found[0].ID, nil
}

// load returns a store as its snapshot has it, and the offset of the changelog up to
// which that goes. Without one that can be used, which has to lie within the
// changelog, it is an empty store.
func (w *worker) load(store storeOf, partition int32, log changelog) (state.Store, int64) {
	loaded := w.owner.NewStore(store.order)
	if w.query.options.StateDir == "" {
		return loaded, 0
	}
	offset, err := state.Load(w.snapshotFile(store.name, partition), log.id, loaded)
	if err != nil || offset < log.starts[partition] || offset > log.ends[partition] {
		_ = loaded.Close()
		return w.owner.NewStore(store.order), 0
	}
	return loaded, offset
}

// changelog is the topic of a store's changes at the moment when it is read.
type changelog struct {
	topic        string
	id           [16]byte
	starts, ends []int64
}

// changelogOf looks at the changelog of a store. Its ends are those with all open
// transactions: they are ended or aborted in a moment, and may be the last ones of
// this query.
func (w *worker) changelogOf(ctx context.Context, store storeOf) (changelog, error) {
	cluster := w.query.options.Cluster
	log := changelog{topic: changelogTopic(w.query.options.Group, store.name)}
	var errs [3]error
	log.id, errs[0] = w.topicID(ctx, log.topic)
	log.starts, errs[1] = cluster.Offsets(ctx, log.topic, broker.EarliestOffset())
	log.ends, errs[2] = cluster.Offsets(ctx, log.topic, broker.EndOffset())
	return log, errors.Join(errs[:]...)
}
