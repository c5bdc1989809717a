package exec

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// TopicLog is a Log in a topic of a Kafka, the command topic of a service id, which
// any number of processes read and append to.
//
// A record says the number that its statement was checked for: how many statements
// came before it. Of several records with one number the first one counts and the others
// mean nothing, which all readers see alike. Whoever appends reads his own record
// back to learn whether it was the first; a second copy that a retry has written
// means nothing either. So there is nobody to be elected and nothing to be locked.
//
// The topic is made by the first Append, so who only looks leaves nothing.
type TopicLog struct {
	cluster    broker.Cluster
	properties config.Properties
	clock      func() time.Time
	topic      string

	entries []Entry
	// next is the offset of the record that is read next.
	next int64
	// sent is the id of the record that is being appended, "" for none; counts says
	// whether it was read back and was the first of its number.
	sent         string
	back, counts bool
}

var _ Log = (*TopicLog)(nil)

// NewTopicLog returns the log in the command topic of the service id that the
// properties say. It asks the cluster nothing yet. The clock gives the records their times.
func NewTopicLog(c broker.Cluster, p config.Properties, clock func() time.Time) *TopicLog {
	return &TopicLog{cluster: c, properties: p, clock: clock, topic: commandTopic(p)}
}

// Topic is the name of the topic.
func (l *TopicLog) Topic() string { return l.topic }

// Entries reads to the end of the topic and returns all but the first n.
func (l *TopicLog) Entries(ctx context.Context, n int64) ([]Entry, error) {
	if err := l.catchUp(ctx); err != nil {
		return nil, err
	}
	return l.entries[n:], nil
}

// Append writes the entry and reads it back. What it has begun it finishes within
// a time of its own, whatever ctx is: a statement that is written counts.
func (l *TopicLog) Append(ctx context.Context, n int64, e Entry) error {
	if err := l.Provide(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), appending)
	defer cancel()
	l.sent, l.back, l.counts = rand.Text(), false, false
	defer func() { l.sent = "" }()
	messages := []broker.Message{newRecord(n, l.sent, e).message(l.clock())}
	written := l.cluster.Produce(ctx, l.topic, messages)
	if err := l.readBack(ctx, written == nil); err != nil {
		return errors.Join(written, err)
	}
	switch {
	case l.counts:
		return nil
	case l.back || written == nil:
		return ErrOvertaken
	}
	return l.fault("keeping", fmt.Errorf("%w; it may appear there yet", written))
}

// appending is how long it may take to write a statement and to read it back.
const appending = 30 * time.Second

// readBack reads until the record that was sent has come, or just to the end if it
// may never have been written.
func (l *TopicLog) readBack(ctx context.Context, written bool) error {
	for {
		if err := l.catchUp(ctx); err != nil {
			return err
		}
		if l.back || !written {
			return nil
		}
		select { // the end that readers see follows a moment later
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Provide sees to it that the topic is there. A service id that a ksqlDB server
// uses is refused.
func (l *TopicLog) Provide(ctx context.Context) error {
	if l.next > 0 {
		return nil
	}
	_, err := l.cluster.Topics(ctx, l.topic)
	if err == nil {
		return nil
	}
	if !errors.Is(err, broker.ErrUnknownTopic) {
		return l.fault("reading", err)
	}
	if err := checkService(ctx, l.cluster, l.properties); err != nil {
		return err
	}
	err = l.cluster.CreateTopic(ctx, broker.NewTopic{
		Name: l.topic, Partitions: 1, Replicas: int16(max(l.properties.Int(config.InternalReplicas), 0)),
		Configs: map[string]string{
			"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1",
			"min.insync.replicas": l.properties.String(config.InternalInSync),
		},
	})
	if err == nil || errors.Is(err, broker.ErrTopicExists) {
		return nil
	}
	return l.fault("keeping", err)
}

// fault says what could not be done with the statements, and what does not need it.
func (l *TopicLog) fault(doing string, err error) error {
	err = fmt.Errorf("%s the statements of the service id %s in topic %s: %w",
		doing, l.properties.String(config.ServiceID), l.topic, err)
	if errors.Is(err, broker.ErrAuthorization) {
		return fmt.Errorf("%w: only an ephemeral session does without", err)
	}
	return err
}

// catchUp reads to the end that the topic has at this moment.
func (l *TopicLog) catchUp(ctx context.Context) error {
	ends, err := l.cluster.Offsets(ctx, l.topic, broker.EndOffset())
	switch {
	case errors.Is(err, broker.ErrUnknownTopic) && l.next == 0:
		return nil
	case err != nil:
		return l.fault("reading", err)
	case len(ends) != 1:
		return l.fault("reading", fmt.Errorf("it has %d partitions, so it %w", len(ends), ErrForeign))
	case ends[0] < l.next:
		return l.fault("reading", fmt.Errorf("some are lost: it ends at offset %d, and %d were read", ends[0], l.next))
	case ends[0] == l.next:
		return nil
	}
	return l.read(ctx, ends[0])
}

// read reads the records up to end.
func (l *TopicLog) read(ctx context.Context, end int64) error {
	reader, err := l.cluster.OpenReader(ctx, broker.ReadOptions{
		Topic: l.topic, Starts: []broker.Start{{Offset: l.next}}, Fixed: true, Isolation: broker.ReadUncommitted,
	})
	if err != nil {
		return l.fault("reading", err)
	}
	defer reader.Close()
	for l.next < end {
		fetches, err := reader.Poll(ctx)
		if err != nil {
			return l.fault("reading", err)
		}
		for _, f := range fetches {
			if err := l.take(f); err != nil {
				return l.fault("reading", err)
			}
		}
	}
	return nil
}

// take adds what was fetched.
func (l *TopicLog) take(f broker.Fetch) error {
	if f.Err != nil {
		return f.Err
	}
	for _, m := range f.Messages {
		r, err := parseRecord(m)
		if err != nil {
			return err
		}
		if r.Number > int64(len(l.entries)) {
			return fmt.Errorf("statement %d is missing before offset %d", len(l.entries), m.Offset)
		}
		first := r.Number == int64(len(l.entries))
		if first {
			l.entries = append(l.entries, r.Entry)
		}
		if r.ID == l.sent {
			l.back, l.counts = true, l.counts || first
		}
		l.next = m.Offset + 1
	}
	l.next = max(l.next, f.Next)
	return nil
}

// Close does nothing: between two calls nothing is held.
func (*TopicLog) Close() error { return nil }
