package query

import (
	"cmp"
	"context"
	"fmt"

	"github.com/ksqlite/ksqlite/planner/plan"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/proclog"
)

// This file follows one record through a query, which is what EXPLAIN RECORD does.

// Trace is the way of one record through a query.
type Trace struct {
	// Steps are those that the record came to, in that order.
	Steps []TraceStep
	// Before is how many records were processed for what the query remembers, which is
	// nothing unless Remembers.
	Before    int64
	Remembers bool
	// Ordered says that the query itself puts records of all partitions in the order of their
	// times, where it does not read each partition by itself.
	Ordered bool
}

// TraceStep is what became of a record in one step.
type TraceStep struct {
	Step plan.Step
	// Results are the records that came out, as JSON.
	Results []string
	// Reasons say why none came out, or what was wrong with some of it.
	Reasons []string
}

// Trace has tasks of its own process a record of a topic. If the query remembers something,
// they process what came before it first, from the beginning of all topics that the query
// reads. The query itself, if it runs, notices nothing, and nothing is written.
func (t *Topology) Trace(ctx context.Context, cluster broker.Cluster, topic string, message broker.Message) (*Trace, error) {
	silent := *t
	silent.runtime.Log = proclog.Discard
	b := &beforehand{
		cluster: cluster, topology: &silent, offset: message.Offset,
		until: broker.TopicPartition{Topic: topic, Partition: message.Partition}, queues: map[broker.TopicPartition]*upcoming{},
	}
	if t.Remembers() {
		defer b.close()
		if err := b.open(ctx); err != nil {
			return nil, err
		}
	}
	local, err := NewLocal(&silent, b.partitions, func(broker.Message) error { return nil }, nil)
	if err != nil {
		return nil, err
	}
	defer local.Close()
	local.Heed(ctx)
	for t.Remembers() {
		from, m, err := b.next(ctx)
		if err != nil {
			return nil, err
		}
		if m == nil {
			break
		}
		local.Reset()
		if err := local.Feed(from, []broker.Message{*m}); err != nil {
			return nil, fmt.Errorf("processing the record %d of partition %d of %s, which comes before it: %w", m.Offset, m.Partition, from, err)
		}
		b.records++
	}
	local.Reset()
	tracer := newTracer(local.measures)
	if err := local.Feed(topic, []broker.Message{message}); err != nil {
		tracer.fail(err)
	}
	return &Trace{Steps: tracer.told(), Before: b.records, Remembers: t.Remembers(), Ordered: t.ordered() || !b.several()}, nil
}

// beforehand gives the records before one as the query gets them: in the order of their times, as
// far as each partition's own order allows, and of the same time those that stand on the left
// first. Where no record is sent on by another key, those of other partitions are
// left out, as they have nothing to do with it.
type beforehand struct {
	cluster  broker.Cluster
	topology *Topology
	until    broker.TopicPartition // the partition of the record that is followed
	offset   int64                 // its offset
	readers  []broker.Reader
	topics   map[string]int32 // with the number of their partitions
	queues   map[broker.TopicPartition]*upcoming
	records  int64 // that were processed
}

// upcoming are records of a partition that have been read.
type upcoming struct {
	reader   broker.Reader
	clock    *sourceClock // nil for the times of the messages
	rank     int
	messages []broker.Message
	times    []int64 // of the records; nil for those of the messages
	end      int64   // of the partition, when it began
	done     bool    // everything up to there has been read
}

// time is that of the record that comes next.
func (u *upcoming) time() int64 {
	if u.times != nil {
		return u.times[0]
	}
	return u.messages[0].Time
}

func (u *upcoming) add(messages []broker.Message) {
	u.messages = append(u.messages, messages...)
	u.times = append(u.times, u.clock.times(messages)...)
}

// take returns the record that comes next.
func (u *upcoming) take() *broker.Message {
	next := &u.messages[0]
	u.messages = u.messages[1:]
	if u.times != nil {
		u.times = u.times[1:]
	}
	return next
}

// most is how many records of a partition are read ahead before others are waited for.
const most = 4096

func (b *beforehand) open(ctx context.Context) error {
	topics := b.topology.Topics()
	if pattern := b.topology.Pattern(); pattern != "" {
		var err error
		if topics, err = broker.Matching(ctx, b.cluster, pattern); err != nil {
			return err
		}
	}
	b.topics = map[string]int32{}
	for _, topic := range topics {
		if err := b.read(ctx, topic); err != nil {
			return err
		}
	}
	return nil
}

// read begins to read a topic.
func (b *beforehand) read(ctx context.Context, topic string) error {
	starts, err := b.cluster.Offsets(ctx, topic, broker.EarliestOffset())
	if err != nil {
		return err
	}
	ends, err := b.cluster.Offsets(ctx, topic, broker.ReadableEnd(broker.ReadCommitted))
	if err != nil {
		return err
	}
	options := broker.ReadOptions{Topic: topic, Starts: []broker.Start{}, Fixed: true, Isolation: broker.ReadCommitted}
	b.topics[topic] = int32(min(len(starts), len(ends)))
	for p := range b.topics[topic] {
		if p == b.until.Partition || len(b.topology.edges()) > 0 {
			options.Starts = append(options.Starts, broker.Start{Partition: p, Offset: starts[p]})
		}
	}
	if len(options.Starts) == 0 {
		return nil
	}
	reader, err := b.cluster.OpenReader(ctx, options)
	if err != nil {
		return err
	}
	b.readers = append(b.readers, reader)
	for _, start := range options.Starts {
		p := start.Partition
		u := &upcoming{reader: reader, rank: b.topology.rank(topic), end: ends[p], done: starts[p] >= ends[p]}
		if u.clock, err = b.topology.clockOf(topic); err != nil {
			return err
		}
		b.queues[broker.TopicPartition{Topic: topic, Partition: p}] = u
	}
	return nil
}

func (b *beforehand) close() {
	for _, r := range b.readers {
		r.Close()
	}
}

// partitions is how many a topic has, or the largest of those that match a pattern.
func (b *beforehand) partitions(topic string) (n int32) {
	for name, partitions := range b.topics {
		if name == topic || topic == "" {
			n = max(n, partitions)
		}
	}
	return max(n, 1)
}

// several reports whether records of more than one partition were processed.
func (b *beforehand) several() bool {
	for at := range b.queues {
		if at.Partition != b.until.Partition {
			return true
		}
	}
	return false
}

// next returns the record that comes next and its topic, nil if that is the one that is followed.
func (b *beforehand) next(ctx context.Context) (string, *broker.Message, error) {
	var first broker.TopicPartition
	var found *upcoming
	for at, u := range b.queues {
		for len(u.messages) == 0 && !u.done {
			if err := b.poll(ctx, u.reader); err != nil {
				return "", nil, err
			}
		}
		if len(u.messages) > 0 && (found == nil || earlier(at, u, first, found)) {
			first, found = at, u
		}
	}
	if found == nil || first == b.until && found.messages[0].Offset >= b.offset {
		return "", nil, nil
	}
	message := found.take()
	if len(found.messages) == 0 && !found.done {
		found.reader.Resume(first.Partition)
	}
	return first.Topic, message, nil
}

// earlier reports whether the next record of a partition comes before that of another one.
func earlier(at broker.TopicPartition, u *upcoming, otherAt broker.TopicPartition, other *upcoming) bool {
	return cmp.Or(
		cmp.Compare(u.time(), other.time()), cmp.Compare(u.rank, other.rank),
		cmp.Compare(at.Topic, otherAt.Topic), cmp.Compare(at.Partition, otherAt.Partition),
	) < 0
}

// poll reads some more of a topic.
func (b *beforehand) poll(ctx context.Context, reader broker.Reader) error {
	fetches, err := reader.Poll(ctx)
	if err != nil {
		return err
	}
	for _, f := range fetches {
		u := b.queues[broker.TopicPartition{Topic: f.Topic, Partition: f.Partition}]
		if u == nil {
			continue
		}
		u.add(f.Messages)
		u.done = u.done || f.Next >= u.end
		if u.done || len(u.messages) >= most {
			reader.Pause(f.Partition)
		}
	}
	return nil
}
