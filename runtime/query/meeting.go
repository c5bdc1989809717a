package query

import (
	"context"
	"math"
	"slices"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/hub"
)

// This file chooses between the partitions that a task reads together, as a join does:
// their records come in the order of their times as far as they are on the cluster
// already, so that what comes of them does not depend on which is fetched first. Kafka
// Streams does the same (KIP-353, KIP-695 with max.task.idle.ms=0).

// meeting is a partition of all topics whose records meet in a stage, or all partitions of
// topics whose records are sent on by other keys: they meet in the next one.
type meeting struct {
	lanes []*lane // what stands on the left first
}

// meetingPlace is where records meet: topics that are read together, and a partition, or 0
// for all.
type meetingPlace struct {
	topics    int
	partition int32
}

// meetings are the topics whose records are put in order together.
type meetings struct {
	topics map[string]int // those that meet have the same number
	whole  map[int]bool   // numbers of those of which all partitions meet
}

// lane is one of the partitions of a meeting.
type lane struct {
	at            broker.TopicPartition
	rank          int
	clock         *sourceClock // nil for the times of the messages
	waiting       []arrival    // what is not processed yet
	taken         int          // how many messages of the first of them are
	bytes         int          // of what waits
	position, end int64        // how far was fetched, and how far can be
	written       int64        // up to where a transaction has written that is committed
	asked         bool         // how far it can be read, since something came into the meeting
	stopped       bool         // nothing more is fetched, as too much waits
}

// arrival is what was fetched at once.
type arrival struct {
	broker.Fetch
	times []int64 // of the records; nil for those of the messages
}

// meetingBytes is how much of a meeting waits at most, and laneBytes how much of a partition
// at least; what was asked for before comes on top of it.
const (
	meetingBytes = 8 << 20
	laneBytes    = 256 << 10
)

// most is how much of a lane waits for others at most.
func (m *meeting) most() int { return max(meetingBytes/len(m.lanes), laneBytes) }

func sizeOf(messages []broker.Message) (n int) {
	for i := range messages {
		n += messages[i].Size()
	}
	return n
}

func (l *lane) add(f broker.Fetch) {
	if f.Err != nil { // what was written may be gone
		l.written = 0
	}
	l.position, l.end = f.Next, max(f.End, l.written)
	l.bytes += sizeOf(f.Messages)
	l.waiting = append(l.waiting, arrival{f, l.clock.times(f.Messages)})
}

// time is that of the record that comes next.
func (l *lane) time() int64 { return l.timeOf(l.taken) }

func (l *lane) timeOf(i int) int64 {
	if times := l.waiting[0].times; times != nil {
		return times[i]
	}
	return l.waiting[0].Messages[i].Time
}

// take returns the next n messages, and all that were fetched with them if those are
// the last.
func (l *lane) take(n int) (part broker.Fetch, done []broker.Message) {
	head := l.waiting[0].Fetch
	part = head
	if l.taken > 0 {
		part.Err = nil // is told
	}
	part.Messages = head.Messages[l.taken : l.taken+n]
	l.taken += n
	if l.taken < len(head.Messages) {
		part.Next = head.Messages[l.taken].Offset
		return part, nil
	}
	l.bytes -= sizeOf(head.Messages)
	l.waiting, l.taken = slices.Delete(l.waiting, 0, 1), 0
	return part, head.Messages
}

// next returns the messages that come next, all of one lane: none while a lane has
// nothing at hand but more on the cluster. Done are those that were fetched with them,
// when none of them is needed any more.
func (m *meeting) next() (part broker.Fetch, done []broker.Message, ok bool) {
	for _, l := range m.lanes {
		switch {
		case len(l.waiting) == 0 && l.position < l.end:
			return part, nil, false
		case len(l.waiting) > 0 && len(l.waiting[0].Messages) == 0:
			part, done = l.take(0)
			return part, done, true
		}
	}
	first, last := hub.First(len(m.lanes), func(i int) (int64, bool) {
		if len(m.lanes[i].waiting) == 0 {
			return 0, false
		}
		return m.lanes[i].time(), true
	})
	if first < 0 {
		return part, nil, false
	}
	l, n := m.lanes[first], 1
	for most := len(l.waiting[0].Messages) - l.taken; n < most && l.timeOf(l.taken+n) <= last; {
		n++
	}
	part, done = l.take(n)
	return part, done, true
}

// sourceClock tells the times of records that have them in a column.
type sourceClock struct{ decoder *hub.Private }

// clockOf returns the clock of a topic, nil where messages have the times themselves.
func (t *Topology) clockOf(topic string) (*sourceClock, error) {
	for _, step := range t.sources() {
		s := step.Source
		if s.Topic != topic || s.Timestamp == "" {
			continue
		}
		none := hub.Wanted{Key: make([]bool, len(s.Schema.Key)), Value: make([]bool, len(s.Schema.Value))}
		decoder, err := hub.NewPrivate(hub.Request{Source: s, Wanted: none, NullFields: t.options.NullFields}, t.runtime.Formats)
		return &sourceClock{decoder}, err
	}
	return nil, nil
}

// times are those of the records of messages. One that cannot be decoded, which is told
// when it is processed, holds nothing up: it has the time of that before it.
func (c *sourceClock) times(messages []broker.Message) []int64 {
	if c == nil || len(messages) == 0 {
		return nil
	}
	records := c.decoder.Decode(messages, func(hub.Fault) {}).Records
	times := make([]int64, len(messages))
	last := int64(math.MinInt64)
	for i := range messages {
		if len(records) > 0 && records[0].Offset == messages[i].Offset {
			last = records[0].Time
			records = records[1:]
		}
		times[i] = last
	}
	return times
}

// placeOf is where the records of a partition meet others, if they do.
func (w *worker) placeOf(at broker.TopicPartition) (meetingPlace, bool) {
	meets := w.query.topology.meets
	topics, ok := meets.topics[logical(w.query.options.Group, at.Topic)]
	if meets.whole[topics] {
		return meetingPlace{topics: topics}, ok
	}
	return meetingPlace{topics, at.Partition}, ok
}

// meet opens lanes for partitions that were gained, but not for those that have been taken away
// since, or are to be given once more.
func (w *worker) meet(ctx context.Context, fresh []broker.TopicPartition) error {
	var opened []*lane
	for _, at := range fresh {
		place, ok := w.placeOf(at)
		position, mine := w.assigned[at]
		if !ok || !mine || slices.Contains(w.fresh, at) {
			continue
		}
		topic := logical(w.query.options.Group, at.Topic)
		clock, err := w.query.topology.clockOf(topic)
		if err != nil {
			return err
		}
		opened = append(opened, &lane{at: at, rank: w.query.topology.rank(topic), clock: clock, position: position})
		if w.meetings[place] == nil {
			w.meetings[place] = &meeting{}
		}
		lanes := append(w.meetings[place].lanes, opened[len(opened)-1])
		slices.SortFunc(lanes, func(a, b *lane) int { return a.rank - b.rank })
		w.meetings[place].lanes = lanes
	}
	if err := w.ask(ctx, opened, broker.ReadableEnd(w.query.isolation())); err != nil {
		return err
	}
	return w.committed(ctx) // of an earlier try
}

// leave closes the lane of a partition. Others may have waited for it, and go on in the next turn.
func (w *worker) leave(at broker.TopicPartition) {
	if m, l := w.laneOf(at); l != nil {
		m.lanes = slices.DeleteFunc(m.lanes, func(other *lane) bool { return other == l })
		w.left = append(w.left, m)
	}
}

// laneOf returns the lane of a partition and the meeting that it is part of; nil if its
// records meet no others.
func (w *worker) laneOf(at broker.TopicPartition) (*meeting, *lane) {
	place, ok := w.placeOf(at)
	if !ok || w.meetings[place] == nil {
		return nil, nil
	}
	m := w.meetings[place]
	if i := slices.IndexFunc(m.lanes, func(l *lane) bool { return l.at == at }); i >= 0 {
		return m, m.lanes[i]
	}
	return nil, nil
}

// proceed processes what comes next in a meeting, as long as that is known.
func (w *worker) proceed(ctx context.Context, m *meeting) error {
	for _, l := range m.lanes {
		l.asked = false
	}
	for {
		if err := w.lookAhead(ctx, m); err != nil {
			return err
		}
		part, done, ok := m.next()
		if !ok {
			break
		}
		if err := w.consume(ctx, part); err != nil {
			return err
		}
		w.group.Recycle(done)
	}
	for _, l := range m.lanes {
		switch {
		case !l.stopped && l.bytes > m.most():
			w.group.Pause(l.at)
			l.stopped = true
		case l.stopped && l.bytes <= m.most()/2:
			w.group.Resume(l.at)
			l.stopped = false
		}
	}
	return nil
}

// lookAhead asks how far the lanes can be read that have run dry while others have something:
// what was written together must not depend on which side is fetched first.
func (w *worker) lookAhead(ctx context.Context, m *meeting) error {
	if !slices.ContainsFunc(m.lanes, func(l *lane) bool { return len(l.waiting) > 0 }) {
		return nil
	}
	var dry []*lane
	for _, l := range m.lanes {
		if !l.asked && len(l.waiting) == 0 && l.position >= l.end {
			l.asked = true
			dry = append(dry, l)
		}
	}
	return w.ask(ctx, dry, broker.ReadableEnd(w.query.isolation()))
}

// committed is told that there has been a commit. What it has made readable is not so in all partitions at the
// same moment, so the lanes between stages are read up to where the transaction has written.
func (w *worker) committed(ctx context.Context) error {
	var between []*lane
	for _, m := range w.meetings {
		for _, l := range m.lanes {
			if IsInternal(w.query.options.Group, l.at.Topic) {
				between = append(between, l)
			}
		}
	}
	if err := w.ask(ctx, between, broker.EndOffset()); err != nil {
		return err
	}
	for _, l := range between {
		l.written = l.end
	}
	return nil
}

// ask asks how far lanes can be read.
func (w *worker) ask(ctx context.Context, lanes []*lane, at broker.OffsetQuery) error {
	ends := map[string][]int64{}
	for _, l := range lanes {
		if ends[l.at.Topic] == nil {
			var err error
			if ends[l.at.Topic], err = w.query.options.Cluster.Offsets(ctx, l.at.Topic, at); err != nil {
				return err
			}
		}
		if of := ends[l.at.Topic]; int(l.at.Partition) < len(of) {
			l.end = max(l.end, of[l.at.Partition])
		}
	}
	return nil
}

// stopped are the partitions of which nothing is fetched for now.
func (w *worker) stopped() (list []broker.TopicPartition) {
	for _, m := range w.meetings {
		for _, l := range m.lanes {
			if l.stopped {
				list = append(list, l.at)
			}
		}
	}
	return list
}

// meetingsOf numbers the topics that meet in stages: those that are read together,
// directly or by way of others, have the same number. If order counts, those of a stage that
// sends records on by other keys meet with all their partitions, even if it is one topic. An
// answer of another task waits for nobody, as that task may wait for what is asked here.
func meetingsOf(stages []*stage, ordered bool) meetings {
	m := meetings{topics: map[string]int{}, whole: map[int]bool{}}
	for number, s := range stages {
		topics := s.meeting()
		sends := ordered && s.to != nil && !s.to.back
		if len(topics) < 2 && !sends {
			continue
		}
		m.whole[number] = sends
		for _, topic := range topics {
			if old, ok := m.topics[topic]; ok {
				m.join(old, number)
			}
			m.topics[topic] = number
		}
	}
	if ordered {
		m.meetBefore(stages)
	}
	return m
}

// meetBefore lets those topics meet whose records are sent on to the same stage, or to stages whose
// topics meet. So a commit is never ahead of the others with one of them: whatever it comes between,
// all records up to some time have been sent on, and none is late there because another topic was
// fetched first.
func (m *meetings) meetBefore(stages []*stage) {
	for m.meetOnce(stages) { // what meets now may have others meet before it
	}
}

// meetOnce lets topics meet that are sent on to those that meet, and reports whether any did not before.
func (m *meetings) meetOnce(stages []*stage) (changed bool) {
	first := map[int]int{} // numbers by those of the topics of the stage that they are sent on to
	for _, s := range stages {
		to := readerOf(stages, s.to)
		topics := s.meeting()
		if to == nil || s.to.back || len(topics) == 0 {
			continue
		}
		number, behind := m.topics[topics[0]], m.topics[to.meeting()[0]]
		if known, ok := first[behind]; ok && known != number {
			m.join(known, number)
			return true
		}
		first[behind] = number
	}
	return false
}

// readerOf is the stage that reads what is sent through an edge; nil for no edge.
func readerOf(stages []*stage, to *edge) *stage {
	for _, s := range stages {
		if to != nil && slices.Contains(s.inputs, to.step) {
			return s
		}
	}
	return nil
}

// join gives all topics of one number another one.
func (m *meetings) join(old, number int) {
	for topic, n := range m.topics {
		if n == old {
			m.topics[topic] = number
		}
	}
	m.whole[number] = m.whole[number] || m.whole[old]
}

// meeting are the topics of the stage that wait for each other, each once.
func (s *stage) meeting() (topics []string) {
	for _, input := range s.inputs {
		if e := edgeOf(input); e != nil && e.back {
			continue
		}
		if topic := topicOf(input); !slices.Contains(topics, topic) {
			topics = append(topics, topic)
		}
	}
	return topics
}

// rank is where a topic stands in the query, counted from the left.
func (t *Topology) rank(topic string) (n int) {
	for _, s := range t.stages {
		for _, input := range s.inputs {
			if topicOf(input) == topic {
				return n
			}
			n++
		}
	}
	return n
}
