package kafka

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/ksqlite/ksqlite/runtime/broker/kafka/credentials"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// Way is how a connection to a broker is made. [Open] goes it at once; whoever looks for
// what is in the way goes it step by step. It is safe for concurrent use.
type Way struct {
	settings *settings
	dial     dialFunc
	tls      *tls.Config        // nil without TLS
	login    *credentials.Login // nil without SASL
}

// NewWay reads the properties and the files that they name. Its errors are about one of
// them; nothing is connected yet.
func NewWay(config Config) (*Way, error) {
	s, err := parseProperties(config.Properties)
	if err != nil {
		return nil, err
	}
	w := &Way{settings: s, dial: config.Dial}
	if w.dial == nil {
		w.dial = (&net.Dialer{Timeout: s.dialTimeout, KeepAlive: 30 * time.Second}).DialContext
	}
	if s.secure() {
		if w.tls, err = s.tls.Config(); err != nil {
			return nil, config.Blame(err)
		}
	}
	if s.sasl() {
		if w.login, err = credentials.New(s.login); err != nil {
			return nil, config.Blame(err)
		}
	}
	return w, nil
}

// Servers are the HOST:PORT of bootstrap.servers.
func (w *Way) Servers() []string { return w.settings.bootstrap }

// Protocol is the value of security.protocol.
func (w *Way) Protocol() string { return w.settings.protocol }

// Timeout is how long one step may take: socket.connection.setup.timeout.ms.
func (w *Way) Timeout() time.Duration { return w.settings.dialTimeout }

// Login is how connections log in, nil if they do not.
func (w *Way) Login() *credentials.Login { return w.login }

// HasCredentials reports whether the properties hold something to log in with, whatever
// security.protocol says of it.
func (w *Way) HasCredentials() bool {
	login := w.settings.login
	return login.JAAS != "" || login.User != "" || login.OAuth.TokenURL != ""
}

// Encrypted reports whether connections speak TLS.
func (w *Way) Encrypted() bool { return w.tls != nil }

// HasCertificate reports whether this client shows a certificate of its own.
func (w *Way) HasCertificate() bool { return w.tls != nil && len(w.tls.Certificates) > 0 }

// Principal is whom brokers take this client for, as ACLs name it by default. What only a
// broker can know is left out.
func (w *Way) Principal() string {
	switch {
	case w.login != nil && w.login.User == "":
		return "the user of " + w.login.Name
	case w.login != nil:
		return "User:" + w.login.User
	case w.HasCertificate():
		return "User:" + w.tls.Certificates[0].Leaf.Subject.String()
	}
	return "User:ANONYMOUS"
}

// Connect opens a connection without TLS.
func (w *Way) Connect(ctx context.Context, address string) (net.Conn, error) {
	return w.dial(ctx, "tcp", address)
}

// Secure begins TLS on a connection to the address. The connection is closed when it fails.
func (w *Way) Secure(ctx context.Context, raw net.Conn, address string) (*tls.Conn, error) {
	conn, err := keystore.Handshake(ctx, raw, w.tls, serverName(address))
	if err != nil {
		_ = raw.Close()
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: addr(address), Err: fmt.Errorf("TLS: %w", err)}
	}
	return conn, nil
}

// Dial opens a connection as the properties have it.
func (w *Way) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	raw, err := w.dial(ctx, network, address)
	if err != nil || w.tls == nil {
		return raw, err
	}
	return w.Secure(ctx, raw, address)
}

// Options are franz-go's options for connecting, without the log-in.
func (w *Way) Options(log *slog.Logger) []kgo.Opt {
	s := w.settings
	return []kgo.Opt{
		kgo.SeedBrokers(s.bootstrap...),
		kgo.ClientID(s.clientID),
		kgo.Dialer(w.Dial),
		kgo.DialTimeout(s.dialTimeout),
		kgo.RequestTimeoutOverhead(clamp(s.requestTimeout, 100*time.Millisecond, 15*time.Minute)),
		kgo.ConnIdleTimeout(clamp(s.idleTimeout, time.Second, 15*time.Minute)),
		kgo.RetryTimeout(s.apiTimeout),
		kgo.RetryBackoffFn(s.retryBackoff),
		kgo.WithLogger(logger{log}),
		kgo.DisableClientMetrics(),
		// A topic just created, deleted or extended is to be seen as it is;
		// franz-go would answer from what it knew up to five seconds ago.
		kgo.MetadataMinAge(10 * time.Millisecond),
	}
}

// LoginOptions are franz-go's options for logging in, none without a log-in.
func (w *Way) LoginOptions() []kgo.Opt {
	if w.login == nil {
		return nil
	}
	return []kgo.Opt{kgo.SASL(w.login.Mechanism)}
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// addr is an address as it was dialled.
type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }

// serverName is the host a certificate has to carry, for an address dialled.
func serverName(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

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
