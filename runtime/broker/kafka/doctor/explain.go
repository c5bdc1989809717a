package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
)

// ExplainedError is an error of a connection with its cause.
type ExplainedError struct {
	Fault *FaultError
	Err   error // as it was without the cause
	kind  error // ErrUnreachable or ErrAuthentication
}

// Error implements error, in one line: what was done as before, and the cause in place of what
// the connection's error said.
func (e *ExplainedError) Error() string {
	doing, _, _ := strings.Cut(e.Err.Error(), e.kind.Error())
	return fmt.Sprintf("%s%v: %v", doing, e.kind, e.Fault)
}

// Unwrap makes it the error that it explains.
func (e *ExplainedError) Unwrap() error { return e.Err }

const (
	// mostStep and mostAll are how long a step of an explanation and all of it may take: it delays an error
	// that is known already.
	mostStep = 3 * time.Second
	mostAll  = 5 * time.Second
	// watched is when making a connection takes long.
	watched = 2 * time.Second
	// remembered is how long a cause is told again without another look: of a script whose statements
	// all fail, one pays.
	remembered = 10 * time.Second
)

// Explainer finds out why a Kafka could not be opened or asked. It is safe for concurrent use. A nil
// Explainer has nothing to find out.
type Explainer struct {
	config kafka.Config
	clock  func() time.Time
	turn   chan struct{} // is held by who looks; protects known
	known  map[error]cause
}

// cause is what an examination has found.
type cause struct {
	fault *FaultError // nil for none
	at    time.Time
}

// NewExplainer returns an explainer of errors of connections that a config makes. The clock says how
// long ago something was found.
func NewExplainer(config kafka.Config, clock func() time.Time) *Explainer {
	return &Explainer{config: config, clock: clock, turn: make(chan struct{}, 1), known: map[error]cause{}}
}

// Explain goes the way of a connection once more and puts the cause that it meets into the error.
// An error of another kind, and one whose cause is gone or not found in a few seconds, is returned as
// it is. What was found a moment ago is not looked for again.
func (x *Explainer) Explain(ctx context.Context, err error) error {
	kind := broker.ErrUnreachable
	if errors.Is(err, broker.ErrAuthentication) {
		kind = broker.ErrAuthentication
	}
	if x == nil || !errors.Is(err, kind) || ctx.Err() != nil {
		return err
	}
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done():
		return err
	}
	found, ok := x.known[kind]
	if !ok || x.clock().Sub(found.at) > remembered {
		found = cause{x.look(ctx), x.clock()}
		if ctx.Err() == nil { // else the look was broken off
			x.known[kind] = found
		}
	}
	if found.fault == nil {
		return err
	}
	return &ExplainedError{Fault: found.fault, Err: err, kind: kind}
}

// Watch begins to look for the cause while a connection is still being made, once that takes long, so that
// an error of it need not wait for that. It is called off by stop.
func (x *Explainer) Watch(ctx context.Context) (stop func()) {
	if x == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var looking sync.WaitGroup
	looking.Go(func() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(watched):
		}
		select {
		case <-ctx.Done():
			return
		case x.turn <- struct{}{}:
			defer func() { <-x.turn }()
		}
		found := cause{x.look(ctx), x.clock()}
		if ctx.Err() == nil {
			x.known[broker.ErrUnreachable], x.known[broker.ErrAuthentication] = found, found
		}
	})
	return func() {
		cancel()
		looking.Wait()
	}
}

// look returns the first fault that keeps a client out, nil for none.
func (x *Explainer) look(ctx context.Context) (fault *FaultError) {
	ctx, cancel := context.WithTimeout(ctx, mostAll)
	defer cancel()
	Examine(ctx, Options{Config: x.config, most: mostStep, brief: true}, func(f Finding) {
		switch {
		case ctx.Err() != nil: // the step was broken off
		case f.Step == Metadata && f.Fault == nil:
			fault = nil // another server has let this client in
		case fault == nil:
			fault = f.Fault
		}
		if f.Step == Brokers && f.Fault != nil {
			cancel() // one such broker explains it
		}
	})
	return fault
}
