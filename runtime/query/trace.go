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
	b := &beforehand{cluster: cluster, until: broker.TopicPartition{Topic: topic, Partition: message.Partition}, offset: message.Offset, queues: map[broker.TopicPartition]*upcoming{}}
	if t.Remembers() {
		defer b.close()
		if err := b.open(ctx, t); err != nil {
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
	return &Trace{Steps: tracer.told(), Before: b.records, Remembers: t.Remembers()}, nil
}

// beforehand gives the records before one in the order of their times, as far as each
// partition's own order allows. The times are those on the cluster: a source's timestamp
// column does not count here, since nothing is decoded.
type beforehand struct {
	cluster broker.Cluster
	until   broker.TopicPartition // the partition of the record that is followed
	offset  int64                 // its offset
	readers []broker.Reader
	queues  map[broker.TopicPartition]*upcoming
	records int64 // that were processed
}

// upcoming are records of a partition that have been read.
type upcoming struct {
	reader   broker.Reader
	messages []broker.Message
	end      int64 // of the partition, when it began
	done     bool  // everything up to there has been read
}

// most is how many records of a partition are read ahead before others are waited for.
const most = 4096

func (b *beforehand) open(ctx context.Context, t *Topology) error {
	topics := t.Topics()
	if pattern := t.Pattern(); pattern != "" {
		var err error
		if topics, err = broker.Matching(ctx, b.cluster, pattern); err != nil {
			return err
		}
	}
	for _, topic := range topics {
		starts, err := b.cluster.Offsets(ctx, topic, broker.EarliestOffset())
		if err != nil {
			return err
		}
		ends, err := b.cluster.Offsets(ctx, topic, broker.ReadableEnd(broker.ReadCommitted))
		if err != nil {
			return err
		}
		reader, err := b.cluster.OpenReader(ctx, broker.ReadOptions{Topic: topic, Fixed: true, Isolation: broker.ReadCommitted})
		if err != nil {
			return err
		}
		b.readers = append(b.readers, reader)
		for i := range min(len(starts), len(ends)) {
			b.queues[broker.TopicPartition{Topic: topic, Partition: int32(i)}] = &upcoming{reader: reader, end: ends[i], done: starts[i] >= ends[i]}
		}
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
	for at := range b.queues {
		if at.Topic == topic || topic == "" {
			n = max(n, at.Partition+1)
		}
	}
	return max(n, 1)
}

// next returns the record that comes next and its topic, nil if that is the one that is followed.
func (b *beforehand) next(ctx context.Context) (string, *broker.Message, error) {
	var first broker.TopicPartition
	var found *broker.Message
	for at, q := range b.queues {
		for len(q.messages) == 0 && !q.done {
			if err := b.read(ctx, q.reader); err != nil {
				return "", nil, err
			}
		}
		if len(q.messages) > 0 && (found == nil || b.earlier(at, q.messages[0].Time, first, found.Time)) {
			first, found = at, &q.messages[0]
		}
	}
	if found == nil || first == b.until && found.Offset >= b.offset {
		return "", nil, nil
	}
	q := b.queues[first]
	if q.messages = q.messages[1:]; len(q.messages) == 0 && !q.done {
		q.reader.Resume(first.Partition)
	}
	return first.Topic, found, nil
}

// earlier orders records of two partitions by time. At the same time, those of the
// partition that is followed come last.
func (b *beforehand) earlier(at broker.TopicPartition, time int64, other broker.TopicPartition, otherTime int64) bool {
	return cmp.Or(
		cmp.Compare(time, otherTime), compareBool(at == b.until, other == b.until),
		cmp.Compare(at.Topic, other.Topic), cmp.Compare(at.Partition, other.Partition),
	) < 0
}

// compareBool orders false before true.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// read reads some more of a topic.
func (b *beforehand) read(ctx context.Context, reader broker.Reader) error {
	fetches, err := reader.Poll(ctx)
	if err != nil {
		return err
	}
	for _, f := range fetches {
		q := b.queues[broker.TopicPartition{Topic: f.Topic, Partition: f.Partition}]
		if q == nil {
			continue
		}
		q.messages = append(q.messages, f.Messages...)
		q.done = q.done || f.Next >= q.end
		if q.done || len(q.messages) >= most {
			reader.Pause(f.Partition)
		}
	}
	return nil
}
