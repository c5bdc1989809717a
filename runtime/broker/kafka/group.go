package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

const (
	// defaultSession is Kafka's session.timeout.ms.
	defaultSession = 45 * time.Second
	// heartbeat is how often a member shows that it lives, and so how soon it
	// learns of a rebalance: three times as often as Java's.
	heartbeat = time.Second
	// rebalanceTimeout is how long the group waits for a member to give up
	// partitions.
	rebalanceTimeout = time.Minute
)

// groupReader reads topics in a group, see broker.GroupReader. franz-go's group
// consumer looks after the membership alone and is told to fetch nothing;
// what is fetched comes through one reader a topic.
type groupReader struct {
	*poller
	cluster *Cluster
	options broker.GroupOptions
	client  *kgo.Client
	topics  map[string]*reader
	// opened is how many partitions each topic had at first.
	opened map[string]int32
	// owned are the partitions that were gained and not yet given up.
	owned map[broker.TopicPartition]bool
	// member is the id under which they were gained.
	member     string
	rebalances rebalances
	// watched is closed when watch has returned.
	watched chan struct{}
}

var _ broker.GroupReader = (*groupReader)(nil)

// OpenGroup implements broker.Cluster.
func (c *Cluster) OpenGroup(ctx context.Context, options broker.GroupOptions) (broker.GroupReader, error) {
	if options.SessionTimeout == 0 {
		options.SessionTimeout = defaultSession
	}
	g := &groupReader{
		poller: newPoller("reader of consumer group " + options.Group), cluster: c, options: options,
		topics:  make(map[string]*reader),
		opened:  make(map[string]int32),
		owned:   make(map[broker.TopicPartition]bool),
		watched: make(chan struct{}),
	}
	if err := g.openTopics(ctx); err != nil {
		g.stopReaders()
		return nil, err
	}
	var err error
	if g.client, err = kgo.NewClient(append(slices.Clone(c.common), g.memberOptions()...)...); err != nil {
		g.stopReaders()
		return nil, fmt.Errorf("consumer group %s: %w", options.Group, err)
	}
	go g.watch(context.WithoutCancel(ctx))
	return g, nil
}

// openTopics starts a reader for each topic, with no partitions to read yet.
func (g *groupReader) openTopics(ctx context.Context) error {
	for _, topic := range g.options.Topics {
		start := g.options.Default
		if slices.Contains(g.options.Whole, topic) {
			start = broker.Earliest
		}
		r, err := g.cluster.newReader(g.poller, broker.ReadOptions{
			Topic: topic, Starts: []broker.Start{}, Fixed: true,
			Default: start, Isolation: g.options.Isolation,
		})
		if err != nil {
			return err
		}
		if err := r.prepare(ctx); err != nil {
			r.client.Close()
			return g.cluster.aboutTopic(ctx, opDescribe, topic, err)
		}
		r.start(ctx)
		g.topics[topic], g.opened[topic] = r, int32(r.partitions.known)
	}
	return nil
}

// memberOptions are franz-go's options for the membership.
func (g *groupReader) memberOptions() []kgo.Opt {
	o := g.options
	options := []kgo.Opt{
		kgo.ConsumerGroup(o.Group),
		kgo.ConsumeTopics(o.Topics...),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.DisableAutoCommit(),
		kgo.SessionTimeout(o.SessionTimeout),
		kgo.HeartbeatInterval(min(heartbeat, o.SessionTimeout/3)),
		kgo.RebalanceTimeout(rebalanceTimeout),
		kgo.MetadataMaxAge(max(g.cluster.settings.metadataMaxAge, 10*time.Millisecond)),
		kgo.OnPartitionsAssigned(g.assigned),
		kgo.OnOffsetsFetched(g.fetched),
		kgo.AdjustFetchOffsetsFn(g.fetchNothing),
		kgo.OnPartitionsRevoked(g.give(revoked)),
		kgo.OnPartitionsLost(g.give(lost)),
	}
	if o.InstanceID != "" {
		options = append(options, kgo.InstanceID(o.InstanceID))
	}
	return options
}

// watch looks out for errors of the membership until the reader is closed.
// franz-go tries again by itself after most of them.
func (g *groupReader) watch(ctx context.Context) {
	defer close(g.watched)
	for {
		fetches := g.client.PollFetches(ctx)
		if fetches.IsClientClosed() {
			return
		}
		for _, e := range fetches.Errors() {
			g.judge(ctx, e)
		}
	}
}

// judge ends the reader on an error that will not go away.
func (g *groupReader) judge(ctx context.Context, e kgo.FetchError) {
	sentinel := coordinatorSentinel(e.Err)
	switch {
	case sentinel != nil && !errors.Is(sentinel, broker.ErrRebalanced), g.cluster.refused(e.Err):
		g.fail(g.cluster.aboutGroup(ctx, opRead, g.options.Group, e.Err))
	case e.Topic != "": // whose position could not be found, and will not be looked for again
		g.fail(fmt.Errorf("consumer group %s: committed offset of topic %s partition %d: %w",
			g.options.Group, e.Topic, e.Partition, g.cluster.explain(ctx, e.Err)))
	default:
		g.cluster.log.Debug("group membership interrupted", "group", g.options.Group, "error", e.Err)
	}
}

// Close implements broker.GroupReader.
func (g *groupReader) Close() {
	g.shut(func() {
		member, _ := g.client.GroupMetadata()
		g.client.Close() // leaves the group, while the readers can still be asked for nothing
		<-g.watched
		g.stopReaders()
		if g.options.Leave && g.options.InstanceID != "" {
			g.leave(member)
		}
	})
}

// leaving is how long the group may take to let a member go.
const leaving = 5 * time.Second

// leave takes a static member out of its group, unless another one has taken its
// place. One that was about to join has no id yet. It tries: the group finds out by
// itself in the end.
func (g *groupReader) leave(member string) {
	ctx, cancel := context.WithTimeout(context.Background(), leaving)
	defer cancel()
	if err := g.cluster.removeMember(ctx, g.options.Group, g.options.InstanceID, member); err != nil {
		g.cluster.log.Debug("group not left", "group", g.options.Group, "error", err)
	}
}

func (g *groupReader) stopReaders() {
	for _, r := range g.topics {
		r.stop()
	}
}

// Seek implements broker.GroupReader.
func (g *groupReader) Seek(positions ...broker.Position) {
	starts := make(map[string][]broker.Start)
	for _, p := range positions {
		if g.owned[p.TopicPartition] {
			starts[p.Topic] = append(starts[p.Topic], broker.Start{Partition: p.Partition, Offset: p.Offset})
		}
	}
	for topic, list := range starts {
		g.topics[topic].Add(list...)
	}
}

// Pause implements broker.GroupReader.
func (g *groupReader) Pause(partitions ...broker.TopicPartition) {
	for _, p := range partitions {
		if g.owned[p] {
			g.topics[p.Topic].Pause(p.Partition)
		}
	}
}

// Resume implements broker.GroupReader.
func (g *groupReader) Resume(partitions ...broker.TopicPartition) {
	for _, p := range partitions {
		if g.owned[p] {
			g.topics[p.Topic].Resume(p.Partition)
		}
	}
}
