package hub

import "io"

// This file is how a reader serves its subscriptions. All of it happens under the
// reader's mutex.

// tolerance is how far ahead of a window a subscription may begin: reading a
// little too much for it costs less than another reader.
const tolerance = 10_000

// admit takes the subscription in if its positions lie in the windows.
func (r *reader) admit(s *Subscription) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil || r.partitions != len(s.parts) {
		return false
	}
	for id, p := range s.parts {
		if w := r.windows[id]; !p.done && (w == nil || p.position < w.lo || p.position > w.hi+tolerance) {
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
			w.unread += c.bytes
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
		if p.done {
			continue
		}
		if i := p.chunk - w.first; i < len(w.chunks) {
			return r.pass(s, p, w, w.chunks[i]), notices, nil
		}
	}
	if s.finished() {
		return held{}, notices, io.EOF
	}
	return held{}, notices, r.err
}

// behind reports whether there is something that a subscription has yet to read.
func (r *reader) behind(s *Subscription) bool {
	for id, p := range s.parts {
		if w := r.windows[id]; !p.done && w.has(p) {
			return true
		}
	}
	return false
}

// pass moves a subscription behind a chunk. If it has reached its end, it is
// no longer counted as a reader of what follows.
func (r *reader) pass(s *Subscription, p *progress, w *window, c *chunk) held {
	h := held{reader: r, window: w, chunk: c, from: p.position, to: min(c.next, p.end)}
	p.position, p.chunk = max(p.position, c.next), p.chunk+1
	lag := max(0, min(w.end, p.end)-p.position)
	s.lag.Add(lag - p.lag)
	p.lag = lag
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
