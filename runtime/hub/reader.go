package hub

import (
	"context"
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
	hub    *Hub
	topic  string
	source broker.Reader
	cancel context.CancelFunc
	done   chan struct{} // closed when run has returned

	mu      sync.Mutex
	windows map[int32]*window
	subs    map[*Subscription]struct{}
	unread  int           // bytes of chunks that somebody has yet to read
	kept    int           // bytes of chunks that everybody has read
	space   chan struct{} // tells run that there is room again
	spent   []*fetched    // to be given back to source
	err     error         // why reading has ended
}

// window is the chunks of a partition that can still be read, without gaps.
type window struct {
	first  int // number of the first chunk, counted since the reader began
	chunks []*chunk
	lo, hi int64 // offsets covered
}

// open starts a reader at the subscription's positions. The caller holds the hub's mu.
func (h *Hub) open(ctx context.Context, topic string, s *Subscription) (*reader, error) {
	r := &reader{
		hub: h, topic: topic, done: make(chan struct{}), space: make(chan struct{}, 1),
		windows: map[int32]*window{}, subs: map[*Subscription]struct{}{},
	}
	options := broker.ReadOptions{Topic: topic, Default: broker.Earliest}
	for id, p := range s.parts {
		options.Starts = append(options.Starts, broker.Start{Partition: id, Offset: p.position})
		r.windows[id] = &window{lo: p.position, hi: p.position}
	}
	source, err := h.cluster.OpenReader(ctx, options)
	if err != nil {
		return nil, err
	}
	r.source = source
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.cancel = cancel
	r.admit(s)
	go r.run(running)
	return r, nil
}

// close ends the reader and waits for it.
func (r *reader) close() {
	r.cancel()
	<-r.done
}

// run fetches until the reader is closed or cannot go on.
func (r *reader) run(ctx context.Context) {
	defer close(r.done)
	defer r.source.Close()
	for r.makeRoom(ctx) {
		fetches, err := r.source.Poll(ctx)
		if err != nil {
			r.fail(err)
			return
		}
		r.add(fetches)
	}
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

func (r *reader) addFetch(f broker.Fetch) {
	w := r.windows[f.Partition]
	if w == nil {
		w = r.addPartition(f)
	}
	if f.Err != nil {
		for s := range r.subs {
			s.notices = append(s.notices, f.Err)
		}
	}
	if f.Next < w.hi {
		r.rewind(w, f)
		return
	}
	if f.Next == w.hi {
		return
	}
	for _, c := range cut(f, w.hi) {
		c.pending = r.waiting(f.Partition)
		r.count(c)
		w.chunks = append(w.chunks, c)
	}
	w.hi = f.Next
	r.trim(w)
}

// waiting counts the subscriptions that have not reached their end in a partition.
func (r *reader) waiting(partition int32) (n int) {
	for s := range r.subs {
		if !s.parts[partition].done {
			n++
		}
	}
	return n
}

// addPartition begins a window for a partition that the topic has got meanwhile.
func (r *reader) addPartition(f broker.Fetch) *window {
	start := f.Next
	if len(f.Messages) > 0 {
		start = f.Messages[0].Offset
	}
	w := &window{lo: start, hi: start}
	r.windows[f.Partition] = w
	for s := range r.subs {
		s.addPartition(f.Partition, start)
	}
	return w
}

// rewind follows a topic whose offsets have begun anew, as when it was deleted
// and made again between two fetches: what was read before no longer counts.
func (r *reader) rewind(w *window, f broker.Fetch) {
	for _, c := range w.chunks {
		r.forgo(c)
	}
	w.first += len(w.chunks)
	w.chunks, w.lo, w.hi = nil, f.Next, f.Next
	for s := range r.subs {
		s.parts[f.Partition].position, s.parts[f.Partition].chunk = f.Next, w.first
	}
}

// count adds a chunk's bytes to those that are still to be read, or not.
func (r *reader) count(c *chunk) {
	if c.pending > 0 {
		r.unread += c.bytes
	} else {
		r.kept += c.bytes
	}
}

// forgo drops a chunk whether or not somebody is still to read it. It may be
// held at the moment: what is done with it later no longer counts.
func (r *reader) forgo(c *chunk) {
	if c.pending > 0 {
		r.unread -= c.bytes
	} else {
		r.kept -= c.bytes
	}
	c.bytes = 0
}

// trim drops chunks from the front of the window that everybody has read, down to readBytes.
func (r *reader) trim(w *window) {
	for len(w.chunks) > 0 && w.chunks[0].pending == 0 && r.kept > readBytes {
		c := w.chunks[0]
		r.kept -= c.bytes
		w.lo = c.next
		w.chunks[0] = nil
		w.chunks, w.first = w.chunks[1:], w.first+1
		if c.fetch.chunks--; c.fetch.chunks == 0 {
			r.spent = append(r.spent, c.fetch)
		}
	}
}

// passed says that one more subscription has read the chunk. The caller holds mu.
func (r *reader) passed(w *window, c *chunk) {
	if c.pending--; c.pending > 0 {
		return
	}
	c.forget()
	r.unread -= c.bytes
	r.kept += c.bytes
	r.trim(w)
	select {
	case r.space <- struct{}{}:
	default:
	}
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

func (r *reader) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.unread >= unreadBytes
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

// shed lets go of the subscriptions that hold up others.
func (r *reader) shed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	starving := false
	for s := range r.subs {
		starving = starving || s.starving
	}
	for s := range r.subs {
		if starving && !s.starving {
			r.release(s)
		}
	}
}

// tolerance is how far ahead of a window a subscription may begin: reading a
// little too much for it costs less than another reader.
const tolerance = 10_000

// admit takes the subscription in if its positions lie in the windows.
func (r *reader) admit(s *Subscription) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil || len(r.windows) != len(s.parts) {
		return false
	}
	for id, p := range s.parts {
		if w := r.windows[id]; w == nil || !p.done && (p.position < w.lo || p.position > w.hi+tolerance) {
			return false
		}
	}
	for id, p := range s.parts {
		if !p.done {
			r.place(r.windows[id], p)
		}
	}
	r.subs[s] = struct{}{}
	s.reader.Store(r)
	return true
}

// place finds the chunk at a subscription's position and counts it as a reader of what follows.
func (r *reader) place(w *window, p *progress) {
	i := 0
	for i < len(w.chunks) && w.chunks[i].next <= p.position {
		i++
	}
	p.chunk = w.first + i
	for _, c := range w.chunks[i:] {
		if c.pending == 0 {
			r.kept -= c.bytes
			r.unread += c.bytes
		}
		c.pending++
	}
}

// next gives a subscription its next chunk, partition by partition in turn;
// none if it has read everything, and the reader's error if nothing will come.
func (r *reader) next(s *Subscription) (found held, notices []error, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, here := r.subs[s]; !here {
		return held{}, nil, nil // let go meanwhile, and woken
	}
	notices, s.notices = s.notices, nil
	for range s.order {
		s.turn = (s.turn + 1) % len(s.order)
		id := s.order[s.turn]
		p, w := s.parts[id], r.windows[id]
		if i := p.chunk - w.first; !p.done && i < len(w.chunks) {
			s.starving = false
			return r.pass(s, p, w, w.chunks[i]), notices, nil
		}
	}
	s.starving = true
	return held{}, notices, r.err
}

// pass moves a subscription behind a chunk. If it has reached its end, it is
// no longer counted as a reader of what follows.
func (r *reader) pass(s *Subscription, p *progress, w *window, c *chunk) held {
	h := held{reader: r, window: w, chunk: c, from: p.position, to: min(c.next, p.end)}
	p.position, p.chunk = max(p.position, c.next), p.chunk+1
	if s.settle(p); p.done {
		r.leaveTo(w, p)
	}
	return h
}

// leaveTo leaves all chunks from a subscription's position on to the others.
func (r *reader) leaveTo(w *window, p *progress) {
	for n := p.chunk; n < w.first+len(w.chunks); n++ {
		if n >= w.first {
			r.passed(w, w.chunks[n-w.first])
		}
	}
}

// release takes the subscription out, and wakes it. The chunk that it is reading
// stays as it is until it has been read. The caller holds mu.
func (r *reader) release(s *Subscription) {
	delete(r.subs, s)
	for id, p := range s.parts {
		if !p.done {
			r.leaveTo(r.windows[id], p)
		}
	}
	s.reader.Store(nil)
	s.wakeUp()
}

// dismiss is release for a subscription that ends.
func (r *reader) dismiss(s *Subscription) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, here := r.subs[s]; here {
		r.release(s)
	}
}

// idle reports whether the reader serves nobody.
func (r *reader) idle() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.subs) == 0
}

func (r *reader) wakeAll() {
	for s := range r.subs {
		s.wakeUp()
	}
}
