package hub

import (
	"context"
	"io"
	"math"
	"sync/atomic"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// Request says what a subscription reads.
type Request struct {
	Source *catalog.Source
	Wanted Wanted
	// NullFields makes fields that cannot be read NULL, instead of whole records
	// bad. The key of a table has to be whole in any case.
	NullFields bool
	// Latest starts behind the records that are there now, Since at the first record of
	// at least that time, in ms since the epoch; otherwise, with a Since of 0, reading starts
	// at the first record.
	Latest bool
	Since  int64
	// Starts are offsets by partition at which reading starts instead, where there are some.
	Starts map[int32]int64
	// Bounds are where the records are that matter; nil for all. What lies before them in a
	// partition, and partitions out of them, are not read. A bounded subscription ends with
	// them too. Other records may come.
	Bounds *plan.Bounds
	// Ends ends the subscription behind the last offset of its Bounds, if all of the
	// partitions in them are there.
	Ends bool
	// Bounded ends the subscription at the records that are there now: at the
	// last stable offset of each partition if transactions count.
	Bounded bool
	// Partition is the only one to read; nil for all.
	Partition *int32
	// Fault is told of each record, or field, that cannot be decoded. It is
	// called by Next, after the records around it have been handed out, and by
	// TellFaults.
	Fault func(Fault)
	// Notice is told of what happens to the topic: offsets that were gone, a
	// batch that was corrupt. It is called by Next.
	Notice func(error)
}

// Subscription reads all partitions of a topic, in turn. One goroutine at a time may use it.
type Subscription struct {
	hub      *Hub
	request  Request
	topic    string
	decoders *decoders
	wake     chan struct{} // something has been read, or happened
	held     held
	batch    data.Batch
	faults   []Fault // among the records of the last batch, not told yet
	closed   bool

	reader atomic.Pointer[reader] // nil if none serves it at the moment
	lag    atomic.Int64           // of all partitions

	// Guarded by the mutex of the reader that serves it.
	parts   map[int32]*progress
	order   []int32 // partitions, in the order of their turns
	turn    int
	open    int // partitions that have not reached their end
	notices []error
}

// progress is how far a subscription has come in a partition.
type progress struct {
	position int64
	chunk    int   // number of the chunk at the position
	end      int64 // where a bounded subscription ends; never otherwise
	lag      int64 // how many offsets lay behind the position when it was moved last, or at the beginning
	done     bool
	// target is where the partition ended when the query began, as far as what was there is
	// there still; reached says that it was read up to there.
	target  int64
	reached bool
}

// held is the chunk that a batch comes from, and which of its offsets count.
type held struct {
	reader   *reader
	window   *window
	chunk    *chunk
	from, to int64
}

const never = math.MaxInt64

// Partitions is the number of partitions that are read.
func (s *Subscription) Partitions(string) int32 {
	if r := s.reader.Load(); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
	}
	return int32(len(s.parts))
}

func (s *Subscription) offsets(ctx context.Context, at broker.OffsetQuery) ([]int64, error) {
	return s.hub.cluster.Offsets(ctx, s.topic, at)
}

// follow takes a partition in.
func (s *Subscription) follow(id int32, p *progress) {
	s.parts[id] = p
	s.order = append(s.order, id)
	s.open++
	s.lag.Add(p.lag)
	s.settle(p)
}

// settle notes that a partition is read to its target, or to its end.
func (s *Subscription) settle(p *progress) {
	p.reached = p.reached || p.position >= p.target
	if !p.done && p.position >= p.end {
		p.done = true
		s.open--
	}
}

func (s *Subscription) finished() bool { return s.ends() && s.open == 0 }

// ends reports whether the subscription ends by itself.
func (s *Subscription) ends() bool { return s.request.Bounded || s.request.Ends }

// addPartition follows a topic that has got another partition; for a subscription that ends
// it ends where it begins.
func (s *Subscription) addPartition(id int32, start int64) {
	p := &progress{position: start, end: never}
	if s.ends() || !s.wants(id) {
		p.end = start
	}
	s.follow(id, p)
}

// wants reports whether a partition is to be read.
func (s *Subscription) wants(id int32) bool {
	return (s.request.Partition == nil || *s.request.Partition == id) && s.within(id)
}

// within reports whether a partition is in the bounds.
func (s *Subscription) within(id int32) bool {
	return s.request.Bounds == nil || s.request.Bounds.Partition.Has(int64(id))
}

// target returns where a partition ended when the query began, and whether it was read up to there.
func (s *Subscription) target(id int32) (offset int64, reached bool) {
	if r := s.reader.Load(); r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
	}
	return s.parts[id].target, s.parts[id].reached
}

// restart goes on at another position of a partition, whose offsets have begun
// anew. What was there when the query began is gone.
func (s *Subscription) restart(id int32, position int64, chunk int) {
	p := s.parts[id]
	p.position, p.chunk = position, chunk
	p.target, p.reached = min(p.target, position), true
	if s.ends() && !p.done {
		p.end = min(p.end, position)
	}
	s.settle(p)
}

// Next waits for the next batch: records of one partition, at least one. The
// batch is shared with others and valid until the next call. It returns io.EOF at
// the end of a bounded subscription, the error of ctx when that is done,
// broker.ErrClosed after Close, and what has ended the reading, such as
// broker.ErrTopicDeleted.
func (s *Subscription) Next(ctx context.Context) (*data.Batch, error) {
	if s.closed {
		return nil, broker.ErrClosed
	}
	s.TellFaults(never)
	s.putBack()
	for {
		found, err := s.find(ctx)
		if err != nil {
			return nil, err
		}
		if found {
			return &s.batch, nil
		}
		if err := s.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// More implements [Feed].
func (*Subscription) More() bool { return false }

// find goes on to the next batch and reports whether there is one at hand.
func (s *Subscription) find(ctx context.Context) (bool, error) {
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		found, idle, err := s.advance(ctx)
		if found || idle || err != nil {
			return found, err
		}
	}
}

// advance goes on by one chunk. It reports whether there is a batch now, and
// whether there is nothing at hand.
func (s *Subscription) advance(ctx context.Context) (found, idle bool, err error) {
	r := s.reader.Load()
	if r == nil {
		if s.finished() {
			return false, false, io.EOF
		}
		return false, false, s.hub.attach(ctx, s)
	}
	next, notices, err := r.next(s)
	s.tell(notices)
	if err != nil {
		return false, false, err
	}
	if next.chunk == nil {
		return false, true, nil
	}
	if s.fill(next) {
		return true, false, nil
	}
	s.putBack()
	return false, false, nil
}

// Source returns the source that is read.
func (s *Subscription) Source() *catalog.Source { return s.request.Source }

// Lag returns how many offsets there were behind the records handed out last, and in partitions
// of which there were none yet, when reading began. It may be called by several goroutines.
func (s *Subscription) Lag() int64 { return s.lag.Load() }

// Topic returns the topic that is read.
func (s *Subscription) Topic() string { return s.topic }

// tell passes on what has happened to the topic.
func (s *Subscription) tell(notices []error) {
	for _, err := range notices {
		if s.request.Notice != nil {
			s.request.Notice(err)
		}
	}
}

// fill decodes the chunk and reports whether there is a record in it to be read.
func (s *Subscription) fill(h held) bool {
	s.held = h
	if len(h.chunk.messages) == 0 {
		return false
	}
	done := h.chunk.decode(s.decoders, s.request.Wanted)
	s.faults = s.faults[:0]
	for _, f := range done.faults {
		if f.Message.Offset >= h.from && f.Message.Offset < h.to {
			s.faults = append(s.faults, f)
		}
	}
	s.batch.Records = done.between(h.from, h.to)
	if len(s.batch.Records) == 0 {
		s.TellFaults(never)
		return false
	}
	return true
}

// TellFaults tells Fault of what could not be decoded around the last batch, up to
// an offset. Next does the same for the rest: a query that ends within a batch
// says nothing of what lies behind its last row.
func (s *Subscription) TellFaults(before int64) {
	told := 0
	for told < len(s.faults) && s.faults[told].Message.Offset < before {
		if f := s.faults[told]; s.request.Fault != nil {
			s.request.Fault(f)
		}
		told++
	}
	s.faults = s.faults[told:]
}

// putBack lets go of the last batch.
func (s *Subscription) putBack() {
	h := s.held
	if h.chunk == nil {
		return
	}
	h.reader.mu.Lock()
	defer h.reader.mu.Unlock()
	s.held, s.batch.Records = held{}, nil
	h.reader.passed(h.window, h.chunk)
}

func (s *Subscription) wait(ctx context.Context) error {
	select {
	case <-s.wake:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Subscription) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Close ends the subscription, and the reading of its topic if nobody else reads
// it. It waits until nothing of it is left running. The last batch stays as it
// is: whoever closes a query may not be the one who reads its rows. Further calls do
// nothing.
func (s *Subscription) Close() {
	if s.closed {
		return
	}
	s.closed = true
	if s.held.chunk != nil {
		s.held.chunk.disown()
	}
	s.putBack()
	s.hub.leave(s)
}
