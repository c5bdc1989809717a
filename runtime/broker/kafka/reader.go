package kafka

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// reader reads partitions of one topic, see broker.Reader.
type reader struct {
	cluster *Cluster
	client  *kgo.Client
	admin   *kadm.Client
	options broker.ReadOptions
	topicID [16]byte

	partitions partitions
	decoder    decoder
	// responses go from the fetchers to Poll, unbuffered: a fetcher asks for
	// more once its last response is being polled.
	responses chan []chunk
	// current is what Poll has still to decode of a response, out the fetches
	// it returned last.
	current []chunk
	out     []broker.Fetch

	// wanted asks the keeper for new metadata, events tells Poll of some.
	wanted, events chan struct{}
	// tries counts what failed since a fetch last succeeded.
	tries atomic.Int32

	fetchersMu sync.Mutex
	fetchers   map[int32]*fetcher

	failOnce sync.Once
	failed   chan struct{} // closed once failure is set
	failure  error
	closed   chan struct{}
	close    func()
	running  sync.WaitGroup
}

var _ broker.Reader = (*reader)(nil)

// OpenReader implements broker.Cluster.
func (c *Cluster) OpenReader(ctx context.Context, options broker.ReadOptions) (broker.Reader, error) {
	if options.Default != broker.Latest {
		options.Default = broker.Earliest
	}
	options.Isolation = c.isolation(options.Isolation)
	client, err := kgo.NewClient(append(slices.Clone(c.common),
		kgo.BrokerMaxReadBytes(1<<30), kgo.MaxDecompressBatchBytes(maxBatchBytes))...)
	if err != nil {
		return nil, fmt.Errorf("client properties: %w", err)
	}
	r := &reader{
		cluster: c, client: client, admin: kadm.NewClient(client), options: options,
		partitions: newPartitions(options),
		decoder:    decoder{decompressor: decompressorOf(client), checkCRCs: c.settings.checkCRCs},
		responses:  make(chan []chunk),
		wanted:     make(chan struct{}, 1),
		events:     make(chan struct{}, 1),
		fetchers:   make(map[int32]*fetcher),
		failed:     make(chan struct{}),
		closed:     make(chan struct{}),
	}
	if err := r.prepare(ctx); err != nil {
		client.Close()
		return nil, c.aboutTopic(ctx, options.Topic, err)
	}
	r.start(ctx)
	return r, nil
}

// maxBatchBytes is how large a batch may become by decompressing: a small one
// that claims to be larger is an attack on the memory of its readers.
const maxBatchBytes = 256 << 20

// decompressorOf is the client's decompressor, the only one of franz-go that
// has a bound.
func decompressorOf(client *kgo.Client) kgo.Decompressor {
	if d, ok := client.OptValue(kgo.WithDecompressor).(kgo.Decompressor); ok {
		return d
	}
	return kgo.DefaultDecompressor()
}

// prepare finds the partitions and where each begins.
func (r *reader) prepare(ctx context.Context) error {
	ctx, cancel := r.cluster.bounded(ctx)
	defer cancel()
	topic, err := describeOne(ctx, r.client, r.options.Topic)
	if err != nil {
		return err
	}
	r.topicID = topic.id
	if err := r.partitions.open(topic, r.options); err != nil {
		return err
	}
	_, err = r.lookUp(ctx)
	return err
}

// start runs the keeper and the fetchers until the reader is closed, however
// long the context of its opening lives.
func (r *reader) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.close = sync.OnceFunc(func() {
		cancel()
		close(r.closed)
		r.running.Wait()
		r.client.Close()
	})
	r.startFetchers(ctx)
	r.running.Go(func() { r.keep(ctx) })
}

// Poll implements broker.Reader.
func (r *reader) Poll(ctx context.Context) ([]broker.Fetch, error) {
	clear(r.out)
	r.out = r.out[:0]
	for {
		r.decodeCurrent()
		r.out = r.partitions.takeEvents(r.out)
		if len(r.out) > 0 {
			return r.out, nil
		}
		if err := r.await(ctx); err != nil {
			return nil, err
		}
	}
}

// await waits for a response or an event.
func (r *reader) await(ctx context.Context) error {
	select {
	case <-r.closed: // first, since a select takes any that is ready
		return fmt.Errorf("reader of topic %s: %w", r.options.Topic, broker.ErrClosed)
	default:
	}
	select {
	case r.current = <-r.responses:
	case <-r.events:
	case <-r.failed:
		return r.failure
	case <-ctx.Done():
		return ctx.Err()
	case <-r.closed:
		return fmt.Errorf("reader of topic %s: %w", r.options.Topic, broker.ErrClosed)
	}
	return nil
}

// decodeCurrent decodes the next records of the response at hand. What
// happened to a partition before its chunks came is told first.
func (r *reader) decodeCurrent() {
	if len(r.current) > 0 {
		r.out = r.partitions.takeEvents(r.out)
	}
	for want := pollRecords; len(r.current) > 0 && want > 0; {
		c := &r.current[0]
		if !r.partitions.current(c) {
			r.current = r.current[1:]
			continue
		}
		before := c.position
		f := r.decoder.decode(c, want)
		want -= len(f.Messages)
		if f.Next > before || len(f.Messages) > 0 || f.Err != nil {
			r.out = append(r.out, f)
		}
		if f.Next == before || len(c.raw) == 0 {
			r.current[0] = chunk{}
			r.current = r.current[1:]
		}
	}
}

// Recycle implements broker.Reader.
func (r *reader) Recycle(messages []broker.Message) { r.decoder.recycle(messages) }

// Add implements broker.Reader.
func (r *reader) Add(starts ...broker.Start) {
	for _, s := range starts {
		r.partitions.move(s)
	}
	r.want() // finds leaders, and positions that are Earliest or Latest
	r.wakeFetchers(true)
}

// Pause implements broker.Reader.
func (r *reader) Pause(ids ...int32) { r.partitions.setPaused(ids, true) }

// Resume implements broker.Reader.
func (r *reader) Resume(ids ...int32) {
	r.partitions.setPaused(ids, false)
	r.wakeFetchers(false)
}

// Remove implements broker.Reader.
func (r *reader) Remove(ids ...int32) { r.partitions.remove(ids) }

// Close implements broker.Reader.
func (r *reader) Close() { r.close() }

// fail ends the reader: Poll returns err from now on.
func (r *reader) fail(err error) {
	r.failOnce.Do(func() {
		r.failure = err
		close(r.failed)
	})
}

// want asks the keeper for new metadata.
func (r *reader) want() { signal(r.wanted) }

// signal wakes whoever waits on a channel of size one, now or next.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
