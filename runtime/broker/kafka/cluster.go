package kafka

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// Cluster is a Kafka reached over the network, or in this process.
type Cluster struct {
	settings *settings
	// common are the options every client of this cluster shares: a reader
	// has a client of its own, because a broker answers the requests of one
	// connection one after the other and a reader's wait for records.
	common   []kgo.Opt
	client   *kgo.Client
	admin    *kadm.Client
	user     string
	diagnose func() error
	log      *slog.Logger
	login    login
	closed   atomic.Bool
}

var _ broker.Cluster = (*Cluster)(nil)

// Open connects to a cluster. It returns an error about the properties when
// one of them is wrong, ErrUnreachable or ErrAuthentication when the cluster
// cannot be used, within default.api.timeout.ms.
func Open(ctx context.Context, config Config) (*Cluster, error) {
	settings, err := parseProperties(config.Properties)
	if err != nil {
		return nil, err
	}
	caller := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &Cluster{settings: settings, diagnose: config.Diagnose, log: config.Logger, login: login{giveUp: cancel}}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.common, err = c.commonOptions(config); err != nil {
		return nil, err
	}
	c.client, err = kgo.NewClient(append(slices.Clone(c.common), settings.producerOptions()...)...)
	if err != nil {
		return nil, fmt.Errorf("client properties: %w", err)
	}
	c.admin = kadm.NewClient(c.client)
	c.admin.SetTimeoutMillis(int32(settings.apiTimeout.Milliseconds()))
	defer c.closeWith(caller)()
	if _, err := c.Identify(ctx); err != nil {
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

// commonOptions are franz-go's options for connecting.
func (c *Cluster) commonOptions(config Config) ([]kgo.Opt, error) {
	s := c.settings
	dial, err := s.dialer(config.Dial)
	if err != nil {
		return nil, err
	}
	options := []kgo.Opt{
		kgo.SeedBrokers(s.bootstrap...),
		kgo.ClientID(s.clientID),
		kgo.Dialer(dial),
		kgo.DialTimeout(s.dialTimeout),
		kgo.RequestTimeoutOverhead(clamp(s.requestTimeout, 100*time.Millisecond, 15*time.Minute)),
		kgo.ConnIdleTimeout(clamp(s.idleTimeout, time.Second, 15*time.Minute)),
		kgo.RetryTimeout(s.apiTimeout),
		kgo.RetryBackoffFn(s.retryBackoff),
		kgo.WithLogger(logger{c.log}),
		kgo.DisableClientMetrics(),
		// A topic just created, deleted or extended is to be seen as it is;
		// franz-go would answer from what it knew up to five seconds ago.
		kgo.MetadataMinAge(10 * time.Millisecond),
	}
	if !s.sasl() {
		return options, nil
	}
	mechanism, credentials, err := s.saslMechanism()
	if err != nil {
		return nil, err
	}
	c.user = credentials.user
	return append(options, kgo.SASL(mechanism), kgo.WithHooks(&c.login)), nil
}

// dialer connects with or without TLS.
func (s *settings) dialer(dial dialFunc) (dialFunc, error) {
	if dial == nil {
		dial = (&net.Dialer{Timeout: s.dialTimeout, KeepAlive: 30 * time.Second}).DialContext
	}
	if !s.secure() {
		return dial, nil
	}
	config, err := s.tls.config()
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		raw, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		config := config.Clone()
		config.ServerName = serverName(address)
		conn := tls.Client(raw, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, &net.OpError{Op: "dial", Net: network, Addr: addr(address), Err: fmt.Errorf("TLS: %w", err)}
		}
		return conn, nil
	}, nil
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// addr is an address as it was dialled.
type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }

// retryBackoff doubles from retry.backoff.ms to retry.backoff.max.ms.
func (s *settings) retryBackoff(tries int) time.Duration {
	return backoff(s.backoff, s.backoffMax, tries)
}

func backoff(first, most time.Duration, tries int) time.Duration {
	d := first
	for range tries - 1 {
		if d *= 2; d >= most {
			break
		}
	}
	return min(d, max(first, most))
}

// clamp keeps a property within what franz-go accepts.
func clamp(d, low, high time.Duration) time.Duration { return max(low, min(d, high)) }

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
