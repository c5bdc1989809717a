package kafka

import (
	"fmt"
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// partition is one that is read, and how far.
type partition struct {
	id     int32
	leader int32
	// near is a replica that the leader has named for client.rack, -1 for none, and nearLeft
	// after how many more descriptions of the topic the leader is asked again.
	near     int32
	nearLeft int
	// position is the next offset to fetch. Earliest and Latest stand for
	// one the keeper has to look up first.
	position int64
	// lost is the offset that was out of range and led to the look-up, or -1.
	lost int64
	// move is raised whenever the partition is given another position, so
	// that what was fetched before can be told from what comes after.
	move uint64
	// stale partitions wait for the keeper to find their leader.
	stale, paused bool
}

// nearLooks is for how many descriptions of a topic a replica is read from that a leader has named: five
// minutes, with metadata.max.age.ms as it is by default.
const nearLooks = 60

// from is the broker to read from.
func (p *partition) from() int32 {
	if p.near >= 0 {
		return p.near
	}
	return p.leader
}

func (p *partition) fetchable() bool { return !p.stale && !p.paused && p.position >= 0 }

// partitions are those a reader reads. It is safe for concurrent use.
type partitions struct {
	mu    sync.Mutex
	topic string
	byID  map[int32]*partition
	// order is the one in which they are asked for: those that were
	// answered last come last, which is what makes reading fair.
	order []int32
	// known is how many partitions the topic had when it was last described.
	known  int
	reset  int64
	moves  uint64
	events []broker.Fetch
}

func newPartitions(o broker.ReadOptions) partitions {
	return partitions{topic: o.Topic, byID: make(map[int32]*partition), reset: o.Default}
}

// open takes over the partitions to begin with.
func (t *partitions) open(topic described, o broker.ReadOptions) error {
	starts := o.Starts
	if starts == nil {
		for _, p := range topic.Partitions {
			starts = append(starts, broker.Start{Partition: p.ID, Offset: o.Default})
		}
	}
	leaders := topic.leaders()
	for _, s := range starts {
		if _, ok := leaders[s.Partition]; !ok {
			return fmt.Errorf("topic %s has no partition %d: %w", o.Topic, s.Partition, broker.ErrInvalid)
		}
		t.move(s)
	}
	t.lead(topic, true)
	return nil
}

// move gives a partition a position, reading it from now on if it wasn't.
func (t *partitions) move(s broker.Start) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.place(s)
}

func (t *partitions) place(s broker.Start) {
	p, ok := t.byID[s.Partition]
	if !ok {
		p = &partition{id: s.Partition, leader: -1, near: -1, stale: true}
		t.byID[s.Partition] = p
		t.order = append(t.order, s.Partition)
	}
	t.moves++
	p.move, p.position, p.lost = t.moves, s.Offset, -1
	if s.Offset < broker.Earliest {
		p.position = broker.Earliest
	}
}

// lead sets the leaders a description names and adds partitions that are new,
// unless the reader is fixed to those it has. It returns whether some can be
// fetched that could not before, and whether every one has a leader.
func (t *partitions) lead(topic described, fixed bool) (woken, led bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !fixed {
		t.grow(topic)
	}
	t.known = max(t.known, len(topic.Partitions))
	led = true
	leaders := topic.leaders()
	for _, p := range t.byID {
		if leader, ok := leaders[p.id]; ok {
			p.leader = leader
		}
		was := p.stale
		p.stale = p.leader < 0
		woken = woken || was && !p.stale
		if p.nearLeft--; p.near >= 0 && p.nearLeft <= 0 {
			p.near, woken = -1, true
		}
		led = led && !p.stale
	}
	return woken, led
}

// grow adds the partitions a topic has got, from their beginning.
func (t *partitions) grow(topic described) {
	for _, added := range topic.Partitions {
		id := added.ID
		if int(id) < t.known || t.byID[id] != nil {
			continue
		}
		t.place(broker.Start{Partition: id, Offset: 0})
		t.events = append(t.events, broker.Fetch{Topic: t.topic, Partition: id, Added: true})
	}
}

// remove forgets partitions.
func (t *partitions) remove(ids []int32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	gone := func(id int32) bool { return slices.Contains(ids, id) }
	t.order = slices.DeleteFunc(t.order, gone)
	t.events = slices.DeleteFunc(t.events, func(f broker.Fetch) bool { return gone(f.Partition) })
	for _, id := range ids {
		delete(t.byID, id)
	}
}

func (t *partitions) setPaused(ids []int32, paused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		if p := t.byID[id]; p != nil {
			p.paused = paused
		}
	}
}

// current reports whether a chunk is still wanted: its partition is read and
// was not moved since.
func (t *partitions) current(c *chunk) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.byID[c.partition]
	return p != nil && p.move == c.move
}

// takeEvents moves what there is to be told to a Poll's result.
func (t *partitions) takeEvents(to []broker.Fetch) []broker.Fetch {
	t.mu.Lock()
	defer t.mu.Unlock()
	to = append(to, t.events...)
	t.events = t.events[:0]
	return to
}

// brokers returns the brokers to read from.
func (t *partitions) brokers() []int32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var ids []int32
	for _, p := range t.byID {
		if from := p.from(); from >= 0 && !slices.Contains(ids, from) {
			ids = append(ids, from)
		}
	}
	return ids
}

// ask lists what to fetch from a broker, and notes in asked at which move each
// partition was. It also tells whether some are left out because they pause.
func (t *partitions) ask(from, maxBytes int32, asked map[int32]uint64) (list []kmsg.FetchRequestTopicPartition, paused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(asked)
	for _, id := range t.order {
		p := t.byID[id]
		if p.from() != from {
			continue
		}
		paused = paused || p.paused
		if !p.fetchable() {
			continue
		}
		asked[id] = p.move
		request := kmsg.NewFetchRequestTopicPartition()
		request.Partition, request.FetchOffset, request.PartitionMaxBytes = id, p.position, maxBytes
		list = append(list, request)
	}
	return list, paused
}

// answer is what a broker said about one partition.
type answer struct {
	*kmsg.FetchResponseTopicPartition
	by  int32 // the broker
	end int64
}

// accept takes over an answer: it moves the position behind the records and
// returns them as a chunk. It reports whether the keeper is needed.
func (t *partitions) accept(a answer, move uint64) (c chunk, keeper bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.byID[a.Partition]
	if p == nil || p.move != move || p.from() != a.by {
		return chunk{}, false
	}
	switch near := a.PreferredReadReplica; {
	case a.ErrorCode != 0 && p.near >= 0: // the leader knows better
		p.near, p.stale = -1, true
		return chunk{}, true
	case a.ErrorCode == 0 && near >= 0 && near != p.leader && len(a.RecordBatches) == 0:
		p.near, p.nearLeft = near, nearLooks
		return chunk{}, true
	}
	switch a.ErrorCode {
	case 0:
	case kerr.OffsetOutOfRange.Code:
		p.lost, p.position = p.position, t.reset
		return chunk{}, true
	default:
		p.stale = true
		return chunk{}, true
	}
	if len(a.RecordBatches) == 0 {
		return chunk{}, false
	}
	c = chunk{
		of: t, topic: t.topic, partition: p.id, move: move, position: p.position, end: a.end,
		raw: a.RecordBatches, aborted: newAbortedList(a.AbortedTransactions),
	}
	next := c.scan()
	p.stale = next == p.position // unreadable: ask again, but not at once
	p.position = next
	t.toBack(p.id)
	return c, p.stale
}

func (t *partitions) toBack(id int32) {
	if i := slices.Index(t.order, id); i >= 0 {
		t.order = append(slices.Delete(t.order, i, i+1), id)
	}
}

// suspend makes partitions wait for the keeper.
func (t *partitions) suspend(asked map[int32]uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id := range asked {
		if p := t.byID[id]; p != nil {
			p.stale, p.near = true, -1
		}
	}
}

// unplaced returns which offsets have to be looked up.
func (t *partitions) unplaced() (earliest, latest bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.byID {
		earliest = earliest || p.position == broker.Earliest
		latest = latest || p.position == broker.Latest
	}
	return earliest, latest
}

// settle gives the partitions that wait at a symbolic offset the one looked
// up, and tells of those whose own was lost. It returns whether there were
// any.
func (t *partitions) settle(symbol int64, offsets map[int32]kadm.ListedOffset) (woken bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range t.order {
		p, o := t.byID[id], offsets[id]
		if _, ok := offsets[id]; !ok || p.position != symbol || o.Err != nil {
			continue
		}
		p.position, woken = o.Offset, true
		if p.lost < 0 {
			continue
		}
		t.events = append(t.events, broker.Fetch{Topic: t.topic, Partition: id, Next: o.Offset, End: o.Offset, Err: &broker.OffsetResetError{
			Topic: t.topic, Partition: id, Wanted: p.lost, Resumed: o.Offset,
		}})
		p.lost = -1
	}
	return woken
}
