package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Cluster is a Kafka reached over the network, or in this process.
type Cluster struct {
	way      *Way
	settings *settings
	// common are the options every client of this cluster shares: a reader
	// has a client of its own, because a broker answers the requests of one
	// connection one after the other and a reader's wait for records.
	common   []kgo.Opt
	client   *kgo.Client
	admin    *kadm.Client
	diagnose func() error
	log      *slog.Logger
	login    login
	closed   atomic.Bool
	silences atomic.Int32 // how many readers get no answer
}

var _ broker.Cluster = (*Cluster)(nil)

// Open connects to a cluster. It returns an error about the properties when
// one of them is wrong, ErrUnreachable or ErrAuthentication when the cluster
// cannot be used, within default.api.timeout.ms.
func Open(ctx context.Context, config Config) (*Cluster, error) {
	way, err := NewWay(config)
	if err != nil {
		return nil, err
	}
	settings := way.settings
	caller := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &Cluster{way: way, settings: settings, diagnose: config.Diagnose, log: config.Logger, login: login{giveUp: cancel}}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.common = append(way.Options(c.log), way.LoginOptions()...)
	if way.login != nil {
		c.common = append(c.common, kgo.WithHooks(&c.login))
	}
	// A group may have offsets of a topic that is gone, which has no id.
	options := append(settings.producerOptions(), namesTopics(kmsg.OffsetFetch, 9))
	c.client, err = kgo.NewClient(append(slices.Clone(c.common), options...)...)
	if err != nil {
		return nil, fmt.Errorf("client properties: %w", err)
	}
	c.admin = kadm.NewClient(c.client)
	c.admin.SetTimeoutMillis(int32(settings.apiTimeout.Milliseconds()))
	defer c.closeWith(caller)()
	if err := c.reach(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// closeWith closes the client when the context ends, until stop is called: while
// franz-go makes a connection, no request looks at its own context.
func (c *Cluster) closeWith(ctx context.Context) (stop func()) {
	closed := make(chan struct{})
	forget := context.AfterFunc(ctx, func() {
		defer close(closed)
		c.client.Close()
	})
	return func() {
		if !forget() {
			<-closed
		}
	}
}

// Identify implements broker.Cluster.
func (c *Cluster) Identify(ctx context.Context) (broker.Identity, error) {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	m, err := metadata(ctx, c.client, []string{})
	if err != nil {
		return broker.Identity{}, c.explain(ctx, err)
	}
	c.login.accepted.Store(true)
	var id broker.Identity
	if m.ClusterID != nil {
		id.ID = *m.ClusterID
	}
	for _, b := range m.Brokers {
		id.Addresses = append(id.Addresses, net.JoinHostPort(b.Host, strconv.Itoa(int(b.Port))))
	}
	return id, nil
}

// bounded keeps what a statement asks for within default.api.timeout.ms.
func (c *Cluster) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, c.settings.apiTimeout, errors.New("no broker answered in time"))
}

// Close implements broker.Cluster.
func (c *Cluster) Close() {
	c.closed.Store(true)
	c.client.Close()
}
