package network_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/ksqlite/ksqlite/runtime/network"
)

// TestExplain holds what each kind of error is told as, and that others are left to those who know more.
func TestExplain(t *testing.T) {
	t.Parallel()
	dial := func(err error) error {
		return fmt.Errorf("asking: %w", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)})
	}
	patient := network.Peer{Name: "the broker", Property: "bootstrap.servers", Patience: 1500 * time.Millisecond}
	registry := network.Peer{Name: "the schema registry", Property: "schema.registry.url"}
	for _, test := range []struct {
		peer  network.Peer
		err   error
		cause string
		then  string
	}{
		{registry, dial(syscall.ECONNREFUSED), "nothing listens on a:1", "start the schema registry, or correct the port in schema.registry.url"},
		{patient, dial(syscall.EHOSTUNREACH), "there is no way to a:1 from this machine", "join its network or its VPN, or correct bootstrap.servers"},
		{patient, context.DeadlineExceeded, "a:1 does not answer within 1.5 s", "correct bootstrap.servers, or have the firewall let this machine through"},
		{registry, dial(syscall.ETIMEDOUT), "a:1 does not answer in time", "correct schema.registry.url, or have the firewall let this machine through"},
		{registry, &net.DNSError{Name: "b", IsNotFound: true}, "the name b does not resolve", "correct schema.registry.url, or join the network whose DNS knows that name"},
		{registry, &net.DNSError{Name: "b", IsTimeout: true}, "the name b cannot be looked up: no DNS server answers", "check this machine's network and its DNS servers"},
	} {
		if got, ok := test.peer.Explain(test.err, "a:1"); !ok || got != (network.Fault{Cause: test.cause, Change: test.then}) {
			t.Errorf("%v: %+v", test.err, got)
		}
	}
	for _, other := range []error{errors.New("something"), context.Canceled} {
		if got, ok := registry.Explain(other, "a:1"); ok {
			t.Errorf("%v: %+v", other, got)
		}
	}
}
