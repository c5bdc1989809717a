package hub

import "github.com/ksqlite/ksqlite/runtime/broker"

// window is the chunks of a partition that can still be read, without gaps.
type window struct {
	partition int32

	first  int // number of the first chunk, counted since the reader began
	chunks []*chunk
	lo, hi int64 // offsets covered
	end    int64 // how far could be read when it was fetched last
	unread int   // bytes of chunks that somebody has yet to read
	paused bool  // nothing more is fetched, as that is much
	missed bool  // somebody has waited for more of it, while it was paused, when that was looked at last
}

// share is how much of each partition is fetched ahead while others are waited for.
func (r *reader) share() int { return unreadBytes / len(r.windows) }

// holdBack stops fetching the partitions of which much is unread, if somebody waits for another
// one: a query that takes the records of all of them by their times reads no further before
// it knows those. It reports whether that is so.
func (r *reader) holdBack() bool {
	if !r.starves() {
		return false
	}
	var ahead []int32
	for id, w := range r.windows {
		if !w.paused && w.unread >= r.share() {
			w.paused = true
			ahead = append(ahead, id)
		}
	}
	r.source.Pause(ahead...)
	return true
}

// goOn fetches a partition again of which little is unread now.
func (r *reader) goOn(w *window) {
	if w.paused && w.unread < r.share()/2 {
		r.resume(w)
	}
}

func (r *reader) resume(w *window) {
	w.paused, w.missed = false, false
	r.source.Resume(w.partition)
}

// holdsBack reports whether any partition is held back. One of which nobody has anything to read
// is so no longer, however large what is still held is. Where somebody waits for longer than the
// patience, the subscriptions that are behind are let go.
func (r *reader) holdsBack() (some bool) {
	over := false
	select {
	case <-r.looks.C:
		over = true
	default:
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, w := range r.windows {
		if !w.paused {
			continue
		}
		behind, missed := r.readersOf(id, w)
		switch {
		case len(behind) == 0:
			r.resume(w)
		case over && missed && w.missed:
			r.releaseAll(behind)
		case over:
			w.missed = missed
		}
		some = some || w.paused
	}
	return some
}

// readersOf returns who has yet to read something of a partition, and whether somebody else
// has read all there is and waits for more.
func (r *reader) readersOf(id int32, w *window) (behind []*Subscription, missed bool) {
	for s := range r.subs {
		switch p := s.parts[id]; {
		case p.done:
		case w.has(p):
			behind = append(behind, s)
		default:
			missed = true
		}
	}
	return behind, missed
}

// has reports whether the window has chunks that a subscription has yet to read.
func (w *window) has(p *progress) bool { return p.chunk < w.first+len(w.chunks) }

// starves reports whether somebody has read all there is of a partition of which not much
// is unread.
func (r *reader) starves() bool {
	for s := range r.subs {
		for id, p := range s.parts {
			if w := r.windows[id]; !p.done && !w.has(p) && w.unread < r.share() {
				return true
			}
		}
	}
	return false
}

func (r *reader) addFetch(f broker.Fetch) {
	w := r.windows[f.Partition]
	if w == nil {
		w = r.addPartition(f)
	}
	w.end = f.End
	if f.Err != nil {
		for s := range r.subs {
			s.notices = append(s.notices, f.Err)
		}
	}
	if f.Next < w.hi {
		r.rewind(w, f.Partition, begin(f))
	}
	if f.Next == w.hi {
		return
	}
	for _, c := range cut(f, w.hi) {
		c.pending = r.waiting(f.Partition)
		r.count(w, c)
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
	start := begin(f)
	w := &window{partition: f.Partition, lo: start, hi: start}
	r.windows[f.Partition] = w
	r.partitions++
	for s := range r.subs {
		s.addPartition(f.Partition, start)
	}
	return w
}

// begin is where a fetch begins that does not follow upon another.
func begin(f broker.Fetch) int64 {
	if len(f.Messages) > 0 {
		return f.Messages[0].Offset
	}
	return f.Next
}

// rewind follows a partition whose offsets have begun anew, as when its log was
// lost: what was read before no longer counts.
func (r *reader) rewind(w *window, id int32, start int64) {
	for _, c := range w.chunks {
		r.forgo(w, c)
	}
	w.first += len(w.chunks)
	w.chunks, w.lo, w.hi = nil, start, start
	r.goOn(w)
	for s := range r.subs {
		s.restart(id, start, w.first)
	}
}

// count adds a chunk's bytes to those that are still to be read, or not.
func (r *reader) count(w *window, c *chunk) {
	if c.pending > 0 {
		r.unread += c.bytes
		w.unread += c.bytes
	} else {
		r.kept += c.bytes
	}
}

// forgo drops a chunk whether or not somebody is still to read it. It may be
// held at the moment: what is done with it later no longer counts.
func (r *reader) forgo(w *window, c *chunk) {
	if c.pending > 0 {
		r.unread -= c.bytes
		w.unread -= c.bytes
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
	w.unread -= c.bytes
	r.kept += c.bytes
	r.trim(w)
	r.goOn(w)
	select {
	case r.space <- struct{}{}:
	default:
	}
}
