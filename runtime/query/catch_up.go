package query

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// reach is how far a persistent query has come. Its worker tells it, others wait for it.
type reach struct {
	mu        sync.Mutex
	positions map[broker.TopicPartition]int64 // behind what was worked on
	open      bool                            // something of that is not committed
	asked     bool                            // for a commit
	commits   int64                           // that were asked for and are done
	// written is where the topics end that the query writes to, as the commit has left them that was asked for
	// last; nil if there was another one since.
	written map[string][]int64
	next    time.Time     // when another one may be asked for
	changed chan struct{} // closed at the next change; nil while nobody waits
}

// begins notes where a partition that was gained begins.
func (r *reach) begins(at broker.TopicPartition, position int64) { r.moved(at, position, false) }

// moves notes up to where a partition was worked on.
func (r *reach) moves(at broker.TopicPartition, position int64) { r.moved(at, position, true) }

func (r *reach) moved(at broker.TopicPartition, position int64, worked bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.positions == nil {
		r.positions = map[broker.TopicPartition]int64{}
	}
	r.positions[at] = position
	r.open = r.open || worked
	r.tell()
}

// leaves forgets the position of partitions that are not read any more.
func (r *reach) leaves(partitions []broker.TopicPartition) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, at := range partitions {
		delete(r.positions, at)
	}
}

// wanted reports whether somebody waits for a commit.
func (r *reach) wanted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// committed notes that everything which was worked on is committed.
func (r *reach) committed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open, r.written = false, nil
	r.tell()
}

// stops notes that the worker is gone: what it has not committed will be worked on again.
func (r *reach) stops() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.positions)
	r.open, r.written = false, nil
}

// commitShare is the part of the time that commits may take which are asked for: one of so many.
const commitShare = 10

// answered notes that a commit which was asked for is done, from when to when, and what is written then.
func (r *reach) answered(began, done time.Time, written map[string][]int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked, r.written, r.next = false, written, done.Add((commitShare-1)*done.Sub(began))
	r.commits++
	r.tell()
}

func (r *reach) tell() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// await waits until something holds, which is asked under the lock.
func (r *reach) await(ctx context.Context, holds func() bool) error {
	for {
		r.mu.Lock()
		if holds() {
			r.mu.Unlock()
			return nil
		}
		if r.changed == nil {
			r.changed = make(chan struct{})
		}
		changed := r.changed
		r.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// missing is how many offsets lie between what was worked on of topics and their ends. A partition that
// was not gained yet counts as one.
func (r *reach) missing(ends map[string][]int64) (n int64) {
	for topic, list := range ends {
		for p, end := range list {
			position, gained := r.positions[broker.TopicPartition{Topic: topic, Partition: int32(p)}]
			switch {
			case gained:
				n += max(0, end-position)
			case end > 0:
				n++
			}
		}
	}
	return n
}

// mostBehind is how far behind a query may be for somebody to wait until it has caught up.
const mostBehind = 50_000

// ErrBehind says that a query is too far behind to wait for it.
var ErrBehind = errors.New("the query is far behind its sources")

// CatchUp waits until what its sources held when it was called is worked on and committed, through all stages
// of the query, and can be read. A query that does not run at the moment is not waited for.
func (q *Persistent) CatchUp(ctx context.Context) error {
	if q.Status().State != StateRunning || q.topology.Pattern() != "" {
		return nil
	}
	ends, err := q.ends(ctx, broker.ReadableEnd(q.isolation()), q.topology.Topics())
	if err != nil {
		return err
	}
	var written map[string][]int64
	for range len(q.topology.edges()) + 1 { // what a commit has written to the next stage is worked on after it
		if err := q.awaitEnds(ctx, ends); err != nil {
			return err
		}
		if written, err = q.awaitCommit(ctx); err != nil {
			return err
		}
		ends = maps.Clone(written)
		delete(ends, q.plan.Root.Into.Topic)
	}
	return q.awaitReadable(ctx, written)
}

// ends returns where topics end.
func (q *Persistent) ends(ctx context.Context, at broker.OffsetQuery, topics []string) (map[string][]int64, error) {
	ends := map[string][]int64{}
	for _, topic := range topics {
		var err error
		if ends[topic], err = q.options.Cluster.Offsets(ctx, topic, at); err != nil {
			return nil, err
		}
	}
	return ends, nil
}

// awaitEnds waits until topics are worked on up to some ends.
func (q *Persistent) awaitEnds(ctx context.Context, ends map[string][]int64) error {
	behind := int64(0)
	err := q.reach.await(ctx, func() bool {
		behind = q.reach.missing(ends)
		return behind == 0 || behind > mostBehind
	})
	if err == nil && behind > 0 {
		return ErrBehind
	}
	return err
}

// awaitCommit waits until what was worked on is committed, and returns where the topics end then to which the
// query writes.
func (q *Persistent) awaitCommit(ctx context.Context) (written map[string][]int64, err error) {
	for written == nil && err == nil {
		q.reach.mu.Lock()
		open, commits, wait := q.reach.open, q.reach.commits, q.reach.next.Sub(q.runtime.Now())
		written = q.reach.written
		q.reach.mu.Unlock()
		if !open && written != nil {
			return written, nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		q.askForCommit()
		err = q.reach.await(ctx, func() bool {
			written = q.reach.written
			return q.reach.commits > commits
		})
	}
	return written, err
}

// askForCommit has the worker commit what it has done, or say that there is nothing.
func (q *Persistent) askForCommit() {
	q.reach.mu.Lock()
	q.reach.asked = true
	q.reach.mu.Unlock()
	q.mu.Lock()
	q.wake()
	q.mu.Unlock()
}

// again is how long it takes until somebody who waits for a cluster looks again.
const again = 2 * time.Millisecond

// awaitReadable waits until the results can be read up to some ends: a cluster says that a transaction is
// committed before all of its partitions know.
func (q *Persistent) awaitReadable(ctx context.Context, written map[string][]int64) error {
	sink := q.plan.Root.Into.Topic
	for wait := again; ; wait *= 2 {
		readable, err := q.options.Cluster.Offsets(ctx, sink, broker.ReadableEnd(broker.DefaultIsolation))
		if err != nil {
			return err
		}
		missing := false
		for p, end := range written[sink] {
			missing = missing || p < len(readable) && readable[p] < end
		}
		if !missing {
			return nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// commitForOthers commits for those who wait, and tells them where the topics end then to which the query writes.
func (w *worker) commitForOthers(ctx context.Context) error {
	began := w.query.runtime.Now()
	if err := w.commit(ctx); err != nil {
		return err
	}
	done := w.query.runtime.Now()
	written, err := w.query.ends(ctx, broker.EndOffset(), append(w.query.repartitions(), w.query.plan.Root.Into.Topic))
	if err != nil {
		return err
	}
	w.query.reach.answered(began, done, written)
	return nil
}
