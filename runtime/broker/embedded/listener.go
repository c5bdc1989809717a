package embedded

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"sync"
)

// privateAddress stands for the broker where it does not listen: only the
// connections of this process reach it, whatever address they name.
const privateAddress = "embedded:9092"

// listener is where kfake's connections come from: a TCP port behind the
// guard, when there is one, and pipes to this process. It is a net.Listener
// whose address is the advertised one.
type listener struct {
	advertised address
	accepted   chan net.Conn
	closed     chan struct{}
	closeOnce  sync.Once
	tcp        net.Listener // nil when private
	guard      *guard

	running sync.WaitGroup // the accepting goroutine
	open    sync.WaitGroup // connections kfake has not closed
	openMu  sync.Mutex     // no connection is added once closed
}

// address is HOST:PORT as kfake reads it from a listener.
type address string

func (address) Network() string  { return "tcp" }
func (a address) String() string { return string(a) }

// newListener listens on o.Listen, where it is given.
func newListener(o Options, g *guard) (*listener, error) {
	l := &listener{
		advertised: privateAddress,
		accepted:   make(chan net.Conn),
		closed:     make(chan struct{}),
		guard:      g,
	}
	if o.Listen == "" {
		return l, nil
	}
	tcp, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("starting the broker: %w", err)
	}
	advertised, err := advertise(o, tcp.Addr())
	if err != nil {
		_ = tcp.Close()
		return nil, err
	}
	if o.TLS != nil {
		tcp = tls.NewListener(tcp, o.TLS)
	}
	l.tcp, l.advertised = tcp, address(advertised)
	l.running.Go(l.acceptTCP)
	return l, nil
}

// advertise returns the address clients are told. A wildcard tells them
// nothing, so it has to be given then.
func advertise(o Options, bound net.Addr) (string, error) {
	if o.Advertise != "" {
		host, port, err := net.SplitHostPort(o.Advertise)
		if err != nil || host == "" {
			return "", fmt.Errorf("advertised address %q is not HOST:PORT", o.Advertise)
		}
		if port == "" || port == "0" {
			_, port, _ = net.SplitHostPort(bound.String())
		}
		return net.JoinHostPort(host, port), nil
	}
	tcp, ok := bound.(*net.TCPAddr)
	if !ok || tcp.IP.IsUnspecified() {
		return "", fmt.Errorf("listening on %s needs an advertised address: the name or IP by which clients reach this machine", o.Listen)
	}
	host, _, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return "", fmt.Errorf("listening on %q: %w", o.Listen, err)
	}
	return net.JoinHostPort(host, strconv.Itoa(tcp.Port)), nil
}

// listenFn is handed to kfake, which names an address we ignore.
func (l *listener) listenFn(_, _ string) (net.Listener, error) { return l, nil }

func (l *listener) acceptTCP() {
	for {
		c, err := l.tcp.Accept()
		if err != nil {
			return
		}
		if !l.deliver(l.guard.wrap(c)) {
			_ = c.Close()
		}
	}
}

// deliver hands a connection to kfake, or returns false when closed.
func (l *listener) deliver(c net.Conn) bool {
	select {
	case l.accepted <- c:
		return true
	case <-l.closed:
		return false
	}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
		return nil, net.ErrClosed
	case c := <-l.accepted:
		return l.count(c)
	}
}

// count adds a connection to those wait waits for, unless it comes too late.
func (l *listener) count(c net.Conn) (net.Conn, error) {
	l.openMu.Lock()
	defer l.openMu.Unlock()
	select {
	case <-l.closed:
		_ = c.Close()
		return nil, net.ErrClosed
	default:
		l.open.Add(1)
		return &countedConn{Conn: c, done: l.open.Done}, nil
	}
}

// dial connects this process to the broker.
func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.accepted <- there:
		return here, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: l.advertised, Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return l.advertised }

// Close implements net.Listener. Connections stay open.
func (l *listener) Close() error {
	l.closeOnce.Do(func() {
		l.openMu.Lock()
		close(l.closed)
		l.openMu.Unlock()
		if l.tcp != nil {
			_ = l.tcp.Close()
		}
	})
	return nil
}

// wait returns when no connection and no goroutine of it is left.
func (l *listener) wait() {
	l.running.Wait()
	l.open.Wait()
}

// countedConn tells when it is closed, which kfake does twice.
type countedConn struct {
	net.Conn
	once sync.Once
	done func()
}

// Close implements net.Conn.
func (c *countedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.done)
	return err
}
