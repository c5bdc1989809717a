// Package network says in words what keeps a client from a server: the cause, and what to change. It
// knows nothing of what the server speaks.
package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// Peer is a server as its client's user knows it. It is never changed.
type Peer struct {
	// Name is what it is: "the broker".
	Name string
	// Property is the one that holds its address.
	Property string
	// Patience is how long the client waits for an answer; 0 where that is not for it to say.
	Patience time.Duration
}

// Fault is what is wrong, in one line, and what to do about it.
type Fault struct{ Cause, Change string }

// Explain returns what an error of a connection to an address, HOST:PORT, comes from. ok is false where the error is
// none of the network.
func (p Peer) Explain(err error, address string) (f Fault, ok bool) {
	dns, unresolved := errors.AsType[*net.DNSError](err)
	switch {
	case unresolved && dns.IsNotFound:
		return Fault{"the name " + dns.Name + " does not resolve", "correct " + p.Property + ", or join the network whose DNS knows that name"}, true
	case unresolved:
		return Fault{"the name " + dns.Name + " cannot be looked up: no DNS server answers", "check this machine's network and its DNS servers"}, true
	case errors.Is(err, syscall.ECONNREFUSED):
		return Fault{"nothing listens on " + address, "start " + p.Name + ", or correct the port in " + p.Property}, true
	case TimedOut(err):
		within := "in time"
		if p.Patience > 0 {
			within = fmt.Sprintf("within %.3g s", p.Patience.Seconds())
		}
		return Fault{address + " does not answer " + within, "correct " + p.Property + ", or have the firewall let this machine through"}, true
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Fault{"there is no way to " + address + " from this machine", "join its network or its VPN, or correct " + p.Property}, true
	}
	return Fault{}, false
}

// TimedOut reports whether nobody has answered in time.
func TimedOut(err error) bool {
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}
