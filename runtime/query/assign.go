package query

import (
	"context"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file follows the assignment of a worker: it makes the tasks of partitions
// that the worker gets, with their stores, and drops those of partitions that it loses.

// gained notes partitions that the group gives to this member. Nothing of them is
// read before their tasks are there, which ends the wait for records: see settle.
func (w *worker) gained(_ context.Context, at []broker.Position) error {
	for _, p := range at {
		w.assigned[p.TopicPartition] = p.Offset
		w.query.reach.begins(p.TopicPartition, p.Offset)
		w.fresh = append(w.fresh, p.TopicPartition)
		w.group.Pause(p.TopicPartition)
	}
	w.wake()
	return nil
}

// settle makes the tasks of partitions that were gained. To fill their stores may take
// longer than a transaction may be open, so the last one is committed before; and
// longer than the group waits, so it is not done while the group does.
func (w *worker) settle(ctx, working context.Context) error {
	if len(w.fresh) == 0 {
		return nil
	}
	if err := w.commit(working); err != nil {
		return err
	}
	w.query.restoring.starts(w.query.topology.Remembers())
	defer w.query.restoring.starts(false)
	for len(w.fresh) > 0 { // the group may give more meanwhile
		fresh := w.fresh
		w.fresh = nil
		for stage, partitions := range w.tasksOf(fresh) {
			if err := w.open(ctx, stage, partitions); err != nil {
				return err
			}
		}
		if err := w.meet(ctx, fresh); err != nil {
			return err
		}
		if !w.paused {
			w.group.Resume(fresh...)
		}
	}
	return nil
}

// tasksOf returns for each stage the partitions that it has to look after because
// those of its topics are read.
func (w *worker) tasksOf(partitions []broker.TopicPartition) map[int][]int32 {
	tasks := map[int][]int32{}
	for _, p := range partitions {
		for _, stage := range w.query.topology.Readers(logical(w.query.options.Group, p.Topic)) {
			if !slices.Contains(tasks[stage], p.Partition) {
				tasks[stage] = append(tasks[stage], p.Partition)
			}
		}
	}
	return tasks
}

// showing is how often the group has to see that the member lives.
const showing = 5 * time.Second

// show takes part in what the group does while the worker is at something else. What
// comes meanwhile is held.
func (w *worker) show(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	fetches, err := w.group.Poll(waiting)
	w.held = append(w.held, fetches...)
	if ended(waiting, err) {
		return ctx.Err()
	}
	return err
}

// revoked finishes with partitions before another member gets them.
func (w *worker) revoked(ctx context.Context, partitions []broker.TopicPartition) error {
	ctx, cancel := outlasting(ctx, closing) // a commit that has begun is finished
	defer cancel()
	err := w.commit(ctx)
	w.forget(partitions)
	return err
}

// lost forgets partitions that another member may have already. With transactions
// everything since the last commit is undone, and read again; and so it is where
// something is remembered of it.
func (w *worker) lost(_ context.Context, partitions []broker.TopicPartition) error {
	w.forget(partitions)
	if w.query.options.ExactlyOnce || w.query.topology.Remembers() {
		return broker.ErrRebalanced
	}
	return nil
}

// forget drops partitions, the tasks that none is read for any more, and what was read of
// them.
func (w *worker) forget(partitions []broker.TopicPartition) {
	gone := func(p broker.TopicPartition) bool { return slices.Contains(partitions, p) }
	w.query.reach.leaves(partitions)
	for _, p := range partitions {
		delete(w.assigned, p)
		delete(w.read, p)
		w.leave(p)
	}
	for stage, list := range w.tasksOf(partitions) {
		for _, p := range list {
			if at := (place{stage, p}); !w.serves(at) { // by any other topic
				w.leaveStation(at)
			}
		}
	}
	w.fresh = slices.DeleteFunc(w.fresh, gone)
	w.held = slices.DeleteFunc(w.held, func(f broker.Fetch) bool {
		return gone(broker.TopicPartition{Topic: f.Topic, Partition: f.Partition})
	})
}

// leaveStation drops a task.
func (w *worker) leaveStation(at place) {
	if station := w.stations[at]; station != nil {
		station.task.leave()
		station.close()
		delete(w.stations, at)
	}
}

// serves reports whether any partition is read for that place.
func (w *worker) serves(at place) bool {
	if !w.query.topology.Stateful(at.stage) {
		return true
	}
	for p := range w.assigned {
		if p.Partition == at.partition && slices.Contains(w.query.topology.Readers(logical(w.query.options.Group, p.Topic)), at.stage) {
			return true
		}
	}
	return false
}
