package doctor

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
)

// resolve looks a name up.
func (e *examination) resolve(ctx context.Context, host string) ([]string, error) {
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	addresses, err := e.Lookup(ctx, host)
	dns, _ := errors.AsType[*net.DNSError](err)
	switch {
	case err == nil:
		return addresses, nil
	case dns != nil && dns.IsNotFound:
		return nil, faultf(err, "correct bootstrap.servers, or join the network whose DNS knows that name", "the name %s does not resolve", host)
	default:
		return nil, faultf(err, "check this machine's network and its DNS servers", "the name %s cannot be looked up: no DNS server answers", host)
	}
}

// dial opens a connection without TLS.
func (e *examination) dial(ctx context.Context, server string) (net.Conn, error) {
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	conn, err := e.way.Connect(ctx, server)
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, faultf(err, "start the broker, or correct the port in bootstrap.servers", "nothing listens on %s", server)
	case timedOut(err):
		return nil, faultf(err, "correct bootstrap.servers, or have the firewall let this machine through",
			"%s does not answer within %s", server, seconds(e.patience()))
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return nil, faultf(err, "join the cluster's network or its VPN, or correct bootstrap.servers", "there is no way to %s from this machine", server)
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return nil, faultf(err, "correct bootstrap.servers, or join the network whose DNS knows that name", "the name %s does not resolve", dns.Name)
	}
	return nil, faultf(err, "correct bootstrap.servers, or the way from this machine to the broker", "%s cannot be reached: %v", server, err)
}

// timedOut reports whether nobody has answered in time.
func timedOut(err error) bool {
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}
