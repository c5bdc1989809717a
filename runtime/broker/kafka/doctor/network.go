package doctor

import (
	"context"
	"errors"
	"net"

	"github.com/ksqlite/ksqlite/runtime/network"
)

// broker is a server as the properties name it.
func (e *examination) broker() network.Peer {
	return network.Peer{Name: "the broker", Property: "bootstrap.servers", Patience: e.patience()}
}

// resolve looks a name up.
func (e *examination) resolve(ctx context.Context, host string) ([]string, error) {
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	addresses, err := e.Lookup(ctx, host)
	if err == nil {
		return addresses, nil
	}
	lookup := &net.DNSError{Name: host}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		lookup.IsNotFound = dns.IsNotFound
	}
	fault, _ := e.broker().Explain(lookup, host)
	return nil, faultf(err, fault.Change, "%s", fault.Cause)
}

// dial opens a connection without TLS.
func (e *examination) dial(ctx context.Context, server string) (net.Conn, error) {
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	conn, err := e.way.Connect(ctx, server)
	if err == nil {
		return conn, nil
	}
	if fault, ok := e.broker().Explain(err, server); ok {
		return nil, faultf(err, fault.Change, "%s", fault.Cause)
	}
	return nil, faultf(err, "correct bootstrap.servers, or the way from this machine to the broker", "%s cannot be reached: %v", server, err)
}
