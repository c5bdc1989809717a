package hub

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

const (
	// unreadBytes bounds what is fetched ahead of the slowest subscription.
	unreadBytes = 8 << 20
	// readBytes is how much of what everybody has read is kept for subscriptions
	// that come a little later.
	readBytes = 1 << 20
	// patience is how long a slow subscription may hold up others that have
	// nothing left to read.
	patience = 100 * time.Millisecond
)

// reader fetches one topic and keeps the last chunks of each partition for the
// subscriptions it serves.
type reader struct {
	source broker.Reader
	cancel context.CancelFunc
	done   chan struct{} // closed when run has returned
	looks  *time.Ticker  // whether somebody waits for what is held back

	mu sync.Mutex
	// windows are of the partitions that are read; those that the bounds of the first
	// subscription leave out are not. partitions is how many the topic has.
	windows    map[int32]*window
	partitions int
	subs       map[*Subscription]struct{}
	unread     int           // bytes of chunks that somebody has yet to read
	kept       int           // bytes of chunks that everybody has read
	space      chan struct{} // tells run that there is room again
	spent      []*fetched    // to be given back to source
	err        error         // why reading has ended
}

// open starts a reader at the subscription's positions.
func (h *Hub) open(ctx context.Context, s *Subscription) (*reader, error) {
	r := &reader{
		done: make(chan struct{}), space: make(chan struct{}, 1),
		windows: map[int32]*window{}, subs: map[*Subscription]struct{}{},
	}
	options := broker.ReadOptions{Topic: s.topic, Default: broker.Earliest, Starts: []broker.Start{}}
	r.partitions = len(s.parts)
	for id, p := range s.parts {
		if !s.within(id) {
			continue
		}
		options.Starts = append(options.Starts, broker.Start{Partition: id, Offset: p.position})
		r.windows[id] = &window{partition: id, lo: p.position, hi: p.position}
	}
	source, err := h.cluster.OpenReader(ctx, options)
	if err != nil {
		return nil, err
	}
	r.source = source
	if err := r.readAdded(ctx, s); err != nil {
		source.Close()
		return nil, err
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.cancel, r.looks = cancel, time.NewTicker(patience)
	r.admit(s)
	go r.run(running)
	return r, nil
}

// readAdded reads the partitions too that the topic has got since the
// subscription was located: the source tells only of those that come after it was opened.
func (r *reader) readAdded(ctx context.Context, s *Subscription) error {
	starts, err := s.offsets(ctx, broker.EarliestOffset())
	if err != nil {
		return err
	}
	for id := len(s.parts); id < len(starts); id++ {
		r.source.Add(broker.Start{Partition: int32(id), Offset: starts[id]})
		s.addPartition(int32(id), starts[id])
		r.windows[int32(id)] = &window{partition: int32(id), lo: starts[id], hi: starts[id]}
		r.partitions++
	}
	return nil
}

// close ends the reader and waits for it.
func (r *reader) close() {
	r.cancel()
	<-r.done
}

// run fetches until the reader is closed or cannot go on.
func (r *reader) run(ctx context.Context) {
	defer close(r.done)
	defer r.looks.Stop()
	defer r.source.Close()
	for r.makeRoom(ctx) {
		fetches, err := r.poll(ctx)
		if err != nil {
			r.fail(err)
			return
		}
		r.add(fetches)
	}
}

// poll waits for what comes next. Meanwhile it sees to it that nobody waits for long for a
// partition that is held back.
func (r *reader) poll(ctx context.Context) ([]broker.Fetch, error) {
	for r.holdsBack() {
		waiting, cancel := context.WithTimeout(ctx, patience)
		fetches, err := r.source.Poll(waiting)
		over := waiting.Err() != nil && errors.Is(err, waiting.Err())
		cancel()
		if !over || ctx.Err() != nil {
			return fetches, err
		}
	}
	return r.source.Poll(ctx)
}

// fail passes the error on to all subscriptions, once they have read what is there.
func (r *reader) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
	r.wakeAll()
}

// add puts what was fetched into the windows.
func (r *reader) add(fetches []broker.Fetch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range fetches {
		r.addFetch(f)
	}
	r.wakeAll()
}

// makeRoom waits until there is room for more, and gives back memory. It
// returns false when ctx is done.
func (r *reader) makeRoom(ctx context.Context) bool {
	r.recycle()
	for r.full() {
		impatient := time.NewTimer(patience)
		select {
		case <-ctx.Done():
			impatient.Stop()
			return false
		case <-r.space:
			impatient.Stop()
		case <-impatient.C:
			r.shed()
		}
	}
	return ctx.Err() == nil
}

// full reports whether somebody has to read before more is fetched. What is held
// by one who has read everything else does not count, however large it is, and what is unread
// of some partitions does not keep others from being read.
func (r *reader) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unread < unreadBytes {
		return false
	}
	for s := range r.subs {
		if r.behind(s) {
			return !r.holdBack()
		}
	}
	return false
}

func (r *reader) recycle() {
	r.mu.Lock()
	spent := r.spent
	r.spent = nil
	r.mu.Unlock()
	for _, f := range spent {
		r.source.Recycle(f.messages)
	}
}

// shed lets go of the subscriptions that hold up others, which have read
// everything.
func (r *reader) shed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	var slow []*Subscription
	for s := range r.subs {
		if r.behind(s) {
			slow = append(slow, s)
		}
	}
	if len(slow) < len(r.subs) {
		r.releaseAll(slow)
	}
}

func (r *reader) releaseAll(slow []*Subscription) {
	for _, s := range slow {
		r.release(s)
	}
}
