package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

const (
	// defaultTransactionTimeout is Kafka Streams' transaction.timeout.ms.
	defaultTransactionTimeout = 10 * time.Second
	// leastLinger is how long a producer waits at least for a batch to fill.
	leastLinger = 5 * time.Millisecond
)

// producer writes messages in batches, see broker.Producer.
type producer struct {
	cluster *Cluster
	options broker.ProducerOptions
	client  *kgo.Client
	records sync.Pool // of *kgo.Record
	// done is written as a value, which costs an allocation to make.
	done func(*kgo.Record, error)
	// open is whether a transaction has begun, and begun when the last one did.
	open    bool
	begun   time.Time
	failure atomic.Pointer[error]
	closed  atomic.Bool
	// waiting is how many bytes may wait for linger.ms.
	waiting int
	// running are whoever ends that wait, and the watch over what is acknowledged, which
	// ended stops.
	running      sync.WaitGroup
	ended        chan struct{}
	acknowledged atomic.Int64
}

var _ broker.Producer = (*producer)(nil)

// OpenProducer implements broker.Cluster.
func (c *Cluster) OpenProducer(ctx context.Context, options broker.ProducerOptions) (broker.Producer, error) {
	options.TransactionTimeout = cmp.Or(options.TransactionTimeout, defaultTransactionTimeout)
	if options.Now == nil {
		options.Now = time.Now //nolint:forbidigo // the default of an option
	}
	client, err := kgo.NewClient(append(slices.Clone(c.common), c.settings.resultOptions(options)...)...)
	if err != nil {
		return nil, fmt.Errorf("client properties: %w", err)
	}
	p := &producer{cluster: c, options: options, client: client, ended: make(chan struct{})}
	p.done = p.written
	p.records.New = func() any { return new(kgo.Record) }
	if p.transactional() {
		ctx, cancel := c.bounded(ctx)
		defer cancel()
		if _, _, err := client.ProducerID(ctx); err != nil {
			client.Close()
			return nil, p.explain(ctx, err)
		}
	}
	if options.GivesUp {
		p.running.Go(p.watch)
	}
	return p, nil
}

// resultOptions are writeOptions and those for a producer of results: whatever
// the properties say of acks and idempotence, none may be lost or doubled.
func (s *settings) resultOptions(o broker.ProducerOptions) []kgo.Opt {
	options := append(s.writeOptions(),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(max(s.linger, leastLinger)),
		// buffer.memory is the limit; the number of records is none.
		kgo.MaxBufferedRecords(1<<30),
	)
	if o.TransactionalID == "" {
		return options
	}
	return append(options,
		kgo.TransactionalID(o.TransactionalID),
		kgo.TransactionTimeout(o.TransactionTimeout),
		namesTopics(kmsg.TxnOffsetCommit, 5),
	)
}

// namesTopics keeps a client to the last version of a request that has names of topics:
// from the next one on it has their ids.
func namesTopics(key kmsg.Key, version int16) kgo.Opt {
	versions := kversion.Tip()
	versions.SetMaxKeyVersion(int16(key), version)
	return kgo.MaxVersions(versions)
}

func (p *producer) transactional() bool { return p.options.TransactionalID != "" }

// Produce implements broker.Producer.
func (p *producer) Produce(ctx context.Context, topic string, message broker.Message) error {
	if err := p.err(); err != nil {
		return err
	}
	if p.transactional() && !p.open {
		if err := p.client.BeginTransaction(); err != nil {
			return p.fail(p.explain(ctx, err))
		}
		p.open, p.begun = true, p.options.Now()
	}
	r, _ := p.records.Get().(*kgo.Record)
	fillRecord(r, topic, &message)
	p.client.Produce(ctx, r, p.done)
	if p.cluster.settings.batchSize > 0 {
		p.fill(ctx, messageSize(&message))
	}
	return nil
}

// fill counts what waits for linger.ms, and ends the wait at batch.size.
func (p *producer) fill(ctx context.Context, size int) {
	if p.waiting += size; p.cluster.settings.fills(p.waiting) {
		p.waiting = 0
		p.running.Go(func() { _ = p.client.Flush(ctx) }) // records tell of their fate themselves
	}
}

// written is told of each record's fate.
func (p *producer) written(r *kgo.Record, err error) {
	if err == nil {
		p.acknowledged.Add(1)
		if p.options.Acknowledged != nil {
			p.options.Acknowledged()
		}
	} else if p.failure.Load() == nil {
		m := broker.Message{Key: r.Key, Value: r.Value}
		for _, h := range r.Headers {
			m.Headers = append(m.Headers, broker.Header(h))
		}
		_ = p.fail(p.messageError(r.Context, r.Topic, &m, err))
	}
	*r = kgo.Record{Headers: r.Headers[:0]}
	p.records.Put(r)
}

// messageError says why a message was not written.
func (p *producer) messageError(ctx context.Context, topic string, m *broker.Message, err error) error {
	if errors.Is(coordinatorSentinel(err), broker.ErrFenced) {
		return p.explain(ctx, err)
	}
	return p.cluster.messageError(ctx, topic, "a message", m, err)
}

// err returns the error that stays.
func (p *producer) err() error {
	if p.closed.Load() {
		return fmt.Errorf("producer: %w", broker.ErrClosed)
	}
	if err := p.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// fail keeps an error if it is the first, and returns it.
func (p *producer) fail(err error) error {
	p.failure.CompareAndSwap(nil, &err)
	return err
}

// Flush implements broker.Producer.
func (p *producer) Flush(ctx context.Context) error {
	flushed := p.client.Flush(ctx)
	if err := p.err(); err != nil {
		return err
	}
	return p.cluster.explain(ctx, flushed)
}

// Close implements broker.Producer.
func (p *producer) Close() {
	if !p.closed.Swap(true) {
		close(p.ended)
	}
	p.client.Close()
	p.running.Wait()
}
