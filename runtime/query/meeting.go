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

// meeting is a partition of all topics whose records meet in a stage.
type meeting struct {
	lanes []*lane // what stands on the left first
}

// meetingPlace is where records meet: topics that are read together, and a partition.
type meetingPlace struct {
	topics    int
	partition int32
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
	stopped       bool         // nothing more is fetched, as too much waits
}

// arrival is what was fetched at once.
type arrival struct {
	broker.Fetch
	times []int64 // of the records; nil for those of the messages
}

// laneBytes is how much of a partition waits for another one at most; what was asked
// for before comes on top of it.
const laneBytes = 4 << 20

func sizeOf(messages []broker.Message) (n int) {
	for i := range messages {
		n += len(messages[i].Key) + len(messages[i].Value)
	}
	return n
}

func (l *lane) add(f broker.Fetch) {
	l.position, l.end = f.Next, f.End
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
	first := -1
	for i, l := range m.lanes {
		switch {
		case len(l.waiting) == 0 && l.position < l.end:
			return part, nil, false
		case len(l.waiting) == 0:
		case len(l.waiting[0].Messages) == 0:
			part, done = l.take(0)
			return part, done, true
		case first < 0 || l.time() < m.lanes[first].time():
			first = i
		}
	}
	if first < 0 {
		return part, nil, false
	}
	l, n := m.lanes[first], 1
	for most := len(l.waiting[0].Messages) - l.taken; n < most && m.before(l.timeOf(l.taken+n), first); {
		n++
	}
	part, done = l.take(n)
	return part, done, true
}

// before reports whether a record of a lane comes before all that others have. Of the
// same time, those of the left come first.
func (m *meeting) before(time int64, of int) bool {
	for i, other := range m.lanes {
		if i == of || len(other.waiting) == 0 || len(other.waiting[0].Messages) == 0 {
			continue
		}
		if at := other.time(); time > at || time == at && i < of {
			return false
		}
	}
	return true
}

// sourceClock tells the times of records that have them in a column.
type sourceClock struct{ decoder *hub.Private }

// clockOf returns the clock of a topic, nil where messages have the times themselves.
func (q *Persistent) clockOf(topic string) (*sourceClock, error) {
	for _, step := range q.topology.sources() {
		s := step.Source
		if s.Topic != topic || s.Timestamp == "" {
			continue
		}
		none := hub.Wanted{Key: make([]bool, len(s.Schema.Key)), Value: make([]bool, len(s.Schema.Value))}
		decoder, err := hub.NewPrivate(hub.Request{Source: s, Wanted: none, NullFields: q.topology.options.NullFields}, q.runtime.Formats)
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
	topics, ok := w.query.topology.meets[logical(w.query.options.Group, at.Topic)]
	return meetingPlace{topics, at.Partition}, ok
}

// meet opens lanes for partitions that were gained.
func (w *worker) meet(ctx context.Context, fresh []broker.TopicPartition) error {
	ends := map[string][]int64{}
	for _, at := range fresh {
		place, ok := w.placeOf(at)
		if !ok {
			continue
		}
		if ends[at.Topic] == nil {
			var err error
			if ends[at.Topic], err = w.query.options.Cluster.Offsets(ctx, at.Topic, broker.ReadableEnd(w.isolation())); err != nil {
				return err
			}
		}
		topic := logical(w.query.options.Group, at.Topic)
		l := &lane{at: at, rank: w.query.topology.rank(topic), position: w.assigned[at]}
		if int(at.Partition) < len(ends[at.Topic]) {
			l.end = ends[at.Topic][at.Partition]
		}
		var err error
		if l.clock, err = w.query.clockOf(topic); err != nil {
			return err
		}
		if w.meetings[place] == nil {
			w.meetings[place] = &meeting{}
		}
		lanes := append(w.meetings[place].lanes, l)
		slices.SortFunc(lanes, func(a, b *lane) int { return a.rank - b.rank })
		w.meetings[place].lanes = lanes
	}
	return nil
}

// leave closes the lane of a partition.
func (w *worker) leave(at broker.TopicPartition) {
	if place, ok := w.placeOf(at); ok && w.meetings[place] != nil {
		m := w.meetings[place]
		m.lanes = slices.DeleteFunc(m.lanes, func(l *lane) bool { return l.at == at })
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
	for {
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
		case !l.stopped && l.bytes > laneBytes:
			w.group.Pause(l.at)
			l.stopped = true
		case l.stopped && l.bytes <= laneBytes/2:
			w.group.Resume(l.at)
			l.stopped = false
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
// directly or by way of others, have the same number. An answer of another task waits
// for nobody, as that task may wait for what is asked here.
func meetingsOf(stages []*stage) map[string]int {
	meets := map[string]int{}
	for number, s := range stages {
		topics := s.meeting()
		if len(topics) < 2 {
			continue
		}
		for _, topic := range topics {
			if old, ok := meets[topic]; ok {
				for other, n := range meets {
					if n == old {
						meets[other] = number
					}
				}
			}
			meets[topic] = number
		}
	}
	return meets
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
