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
	*poller
	cluster *Cluster
	client  *kgo.Client
	admin   *kadm.Client
	options broker.ReadOptions
	topicID [16]byte

	partitions partitions
	// wanted asks the keeper for new metadata.
	wanted chan struct{}
	// tries counts what failed since a fetch last succeeded.
	tries atomic.Int32

	fetchersMu sync.Mutex
	fetchers   map[int32]*fetcher

	// stop ends what runs, see start.
	stop    func()
	running sync.WaitGroup
}

var _ broker.Reader = (*reader)(nil)

// OpenReader implements broker.Cluster.
func (c *Cluster) OpenReader(ctx context.Context, options broker.ReadOptions) (broker.Reader, error) {
	r, err := c.newReader(newPoller("reader of topic "+options.Topic), options)
	if err != nil {
		return nil, err
	}
	if err := r.prepare(ctx); err != nil {
		r.client.Close()
		return nil, c.aboutTopic(ctx, opDescribe, options.Topic, err)
	}
	r.start(ctx)
	return r, nil
}

// newReader makes a reader that hands its chunks to a poller. It runs once it
// was prepared and started.
func (c *Cluster) newReader(p *poller, options broker.ReadOptions) (*reader, error) {
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
		poller: p, cluster: c, client: client, admin: kadm.NewClient(client), options: options,
		partitions: newPartitions(options),
		wanted:     make(chan struct{}, 1),
		fetchers:   make(map[int32]*fetcher),
	}
	p.decoder = decoder{decompressor: decompressorOf(client), checkCRCs: c.settings.checkCRCs}
	p.sources = append(p.sources, &r.partitions)
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

// start runs the keeper and the fetchers until the reader is stopped, however
// long the context of its opening lives.
func (r *reader) start(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = func() {
		cancel()
		r.running.Wait()
		r.client.Close()
	}
	r.startFetchers(ctx)
	r.running.Go(func() { r.keep(ctx) })
}

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
func (r *reader) Close() { r.shut(r.stop) }

// want asks the keeper for new metadata.
func (r *reader) want() { signal(r.wanted) }

// signal wakes whoever waits on a channel of size one, now or next.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
