package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// writeOptions are franz-go's options for writing.
func (s *settings) writeOptions() []kgo.Opt {
	return []kgo.Opt{
		kgo.ProducerBatchCompression(s.compression),
		kgo.ProducerBatchMaxBytes(s.maxRequestSize),
		kgo.BrokerMaxWriteBytes(max(s.maxRequestSize+1<<20, 100<<20)),
		kgo.MaxBufferedBytes(max(s.bufferMemory, int(s.maxRequestSize))),
		kgo.RecordRetries(s.retries),
		kgo.RecordPartitioner(partitioner{kgo.StickyKeyPartitioner(nil)}),
		// A topic that is gone should be told at once, not after retries.
		kgo.UnknownTopicRetries(1),
	}
}

// producerOptions are writeOptions and those for the producer of statements,
// which waits for each batch.
func (s *settings) producerOptions() []kgo.Opt {
	options := append(s.writeOptions(),
		kgo.RequiredAcks(s.acks),
		kgo.ProducerLinger(s.linger),
		// The timeout is on the context given to Produce: franz-go's own
		// counts from a record's timestamp, which is the user's.
		kgo.AllowIdempotentProduceCancellation(),
	)
	if !s.idempotence {
		return append(options, kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(s.inFlight))
	}
	return options
}

// Produce implements broker.Cluster.
func (c *Cluster) Produce(ctx context.Context, topic string, messages []broker.Message) error {
	ctx, cancel := context.WithTimeout(ctx, c.settings.deliveryTimeout)
	defer cancel()
	outage := c.undelivered()
	outage.asked()
	defer outage.over()
	failed := c.produce(ctx, topic, messages)
	if errors.Is(topicSentinel(failed.err), broker.ErrUnknownTopic) && failed.count == len(messages) {
		// What the client remembers may be an older topic of that name.
		c.client.PurgeTopicsFromProducing(topic)
		if _, err := c.Topics(ctx, topic); err == nil {
			failed = c.produce(ctx, topic, messages)
		}
	}
	return c.produceError(ctx, topic, messages, failed)
}

// produce writes messages and returns what became of them.
func (c *Cluster) produce(ctx context.Context, topic string, messages []broker.Message) *firstError {
	var (
		written sync.WaitGroup
		records = make([]kgo.Record, len(messages))
		failed  = &firstError{}
		size    int
	)
	written.Add(len(messages))
	for i := range messages {
		fillRecord(&records[i], topic, &messages[i])
		wanted := messages[i].Partition
		size += messageSize(&messages[i])
		c.client.Produce(ctx, &records[i], func(r *kgo.Record, err error) {
			defer written.Done()
			messages[i].Partition, messages[i].Offset = r.Partition, r.Offset
			if err != nil {
				messages[i].Partition, messages[i].Offset = wanted, broker.NotWritten
				failed.set(i, err)
			}
		})
	}
	if c.settings.fills(size) {
		_ = c.client.Flush(ctx) // what becomes of each record is told above
	}
	written.Wait()
	return failed
}

// fills reports whether so many bytes of records are not to wait for others any longer.
func (s *settings) fills(bytes int) bool { return s.batchSize > 0 && bytes >= s.batchSize }

// fillRecord translates a message into a record of franz-go that has no
// headers yet.
func fillRecord(r *kgo.Record, topic string, m *broker.Message) {
	r.Topic, r.Partition = topic, m.Partition
	r.Key, r.Value = m.Key, m.Value
	r.Timestamp = time.UnixMilli(m.Time)
	r.Headers = slices.Grow(r.Headers, len(m.Headers))
	for _, h := range m.Headers {
		r.Headers = append(r.Headers, kgo.RecordHeader(h))
	}
}

// produceError says which message was not written, and why.
func (c *Cluster) produceError(ctx context.Context, topic string, messages []broker.Message, failed *firstError) error {
	if failed.err == nil {
		return nil
	}
	return c.messageError(ctx, topic, fmt.Sprintf("message %d", failed.index), &messages[failed.index], failed.err)
}

// messageError says why a message was not written.
func (c *Cluster) messageError(ctx context.Context, topic, name string, m *broker.Message, err error) error {
	switch {
	case errors.Is(err, kerr.MessageTooLarge):
		size, limit := messageSize(m), "the topic's max.message.bytes"
		if size > int(c.settings.maxRequestSize) {
			limit = fmt.Sprintf("the client property max.request.size, which is %d", c.settings.maxRequestSize)
		}
		return fmt.Errorf("topic %s: %s of %d bytes: %w for %s", topic, name, size, broker.ErrTooLarge, limit)
	case topicSentinel(err) != nil:
		return c.aboutTopic(ctx, opWrite, topic, err)
	}
	err = c.explain(ctx, err)
	if errors.Is(err, broker.ErrUnreachable) || errors.Is(err, broker.ErrAuthentication) {
		return fmt.Errorf("writing to topic %s: %w", topic, err) // whatever the message
	}
	return fmt.Errorf("writing to topic %s: %s: %w", topic, name, err)
}

// messageSize is about what a message takes in a batch.
func messageSize(m *broker.Message) int {
	const batchAndRecord = headerSize + 32
	size := batchAndRecord + len(m.Key) + len(m.Value)
	for _, h := range m.Headers {
		size += len(h.Key) + len(h.Value) + 4
	}
	return size
}

// firstError keeps the error of the message that comes first, and counts all.
type firstError struct {
	mu    sync.Mutex
	index int
	count int
	err   error
}

func (f *firstError) set(index int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.err == nil || index < f.index {
		f.index, f.err = index, err
	}
}
