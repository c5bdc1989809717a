package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/runtime/display"
)

const (
	// minTimeout is the shortest time that franz-go allows for a request.
	minTimeout = 100 * time.Millisecond
	// mostFaults is how many brokers that are out of reach are told.
	mostFaults = 3
)

// visit tries, all at the same time, the addresses that the brokers advertise: clients go there for all that
// they read and write, whatever address they began with.
func (e *examination) visit(ctx context.Context, server string, brokers []node) bool {
	trying, stop := e.within(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	tried := make([]chan error, len(brokers))
	for i, b := range brokers {
		tried[i] = make(chan error, 1)
		running.Go(func() {
			if b.address == server { // from there
				tried[i] <- nil
				return
			}
			tried[i] <- e.visitOne(trying, b)
		})
	}
	faults := 0
	for _, outcome := range tried {
		if err := <-outcome; err != nil {
			e.tell(Brokers, "", err)
			if faults++; faults == mostFaults {
				break
			}
		}
	}
	if faults == 0 {
		e.tell(Brokers, fmt.Sprintf("%s can be reached where advertised", display.Counted(len(brokers), "broker")), nil)
	}
	return faults == 0
}

// visitOne tries the address of one broker.
func (e *examination) visitOne(ctx context.Context, b node) error {
	host, _, _ := net.SplitHostPort(b.address)
	if e.named(host) {
		if _, err := e.resolve(ctx, host); err != nil {
			return faultf(err, "set advertised.listeners of that broker to a name that its clients resolve, or add the name to DNS",
				"broker %d advertises %s, and the name %s does not resolve here", b.id, b.address, host)
		}
	}
	raw, err := e.dial(ctx, b.address)
	if err != nil {
		return faultf(err, "set advertised.listeners of that broker to an address that its clients reach, or open the way to it",
			"broker %d advertises %s, and %s", b.id, b.address, causeOf(err))
	}
	_ = raw.Close()
	if e.way.Encrypted() {
		if _, err := e.secure(ctx, b.address); err != nil {
			return faultf(err, "set advertised.listeners of that broker, or mend its certificate", "broker %d advertises %s, and %s", b.id, b.address, causeOf(err))
		}
	}
	if err := e.sniff(ctx, b.address); err != nil {
		return faultf(err, "set advertised.listeners of that broker to the listener that clients use", "broker %d advertises %s, and %s", b.id, b.address, causeOf(err))
	}
	return nil
}

// causeOf is what an error says is wrong.
func causeOf(err error) string {
	if fault, ok := errors.AsType[*FaultError](err); ok {
		return fault.Cause
	}
	return err.Error()
}
