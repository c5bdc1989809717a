package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

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

// Explain finds out why a Kafka could not be opened or asked: it goes the same way once more and puts
// the first fault that it meets into the error. An error of another kind, and one whose cause is gone,
// is returned as it is.
func Explain(ctx context.Context, config kafka.Config, err error) error {
	kind := broker.ErrUnreachable
	if errors.Is(err, broker.ErrAuthentication) {
		kind = broker.ErrAuthentication
	}
	if !errors.Is(err, kind) || ctx.Err() != nil {
		return err
	}
	var fault *FaultError
	Examine(ctx, Options{Config: config}, func(f Finding) {
		switch {
		case f.Step == Metadata && f.Fault == nil:
			fault = nil // another server has let this client in
		case fault == nil:
			fault = f.Fault
		}
	})
	if fault == nil {
		return err
	}
	return &ExplainedError{Fault: fault, Err: err, kind: kind}
}
