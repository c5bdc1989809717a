package hub

// ahead decodes what a merge will hand out next while the records before it are worked on: what
// many sources feed is more work than decoding them. Its goroutine runs from newAhead to close.
type ahead struct {
	wanted chan *Subscription
	done   chan struct{}
}

func newAhead() *ahead {
	a := &ahead{wanted: make(chan *Subscription, 64), done: make(chan struct{})}
	go a.run()
	return a
}

func (a *ahead) run() {
	defer close(a.done)
	for s := range a.wanted {
		s.decodeNext()
	}
}

// want asks for the next chunk of a subscription, unless there is too much to do already.
func (a *ahead) want(s *Subscription) {
	select {
	case a.wanted <- s:
	default:
	}
}

// close waits until nothing is decoded any more.
func (a *ahead) close() {
	close(a.wanted)
	<-a.done
}

// decodeNext decodes the chunk that a subscription of one partition will read next, if that is
// at hand. It may be called beside the goroutine that uses the subscription.
func (s *Subscription) decodeNext() {
	r := s.reader.Load()
	if r == nil {
		return
	}
	w, c := r.hold(s)
	if c == nil {
		return
	}
	defer r.letGo(w, c)
	defer func() { _ = recover() }() // who reads the chunk meets it again, and tells
	c.decode(s.decoders, s.request.Wanted)
}

// hold keeps the next chunk of a subscription of one partition from being used again until letGo
// is called; nil if it has not been fetched.
func (r *reader) hold(s *Subscription) (*window, *chunk) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, here := r.subs[s]; !here {
		return nil, nil
	}
	for id, p := range s.parts {
		w := r.windows[id]
		if p.done || !w.has(p) {
			continue
		}
		c := w.chunks[p.chunk-w.first]
		if len(c.messages) == 0 {
			return nil, nil
		}
		c.pending++
		return w, c
	}
	return nil, nil
}

func (r *reader) letGo(w *window, c *chunk) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passed(w, c)
}
