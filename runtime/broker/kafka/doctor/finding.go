package doctor

import (
	"errors"
	"fmt"
)

// Step is a part of the way to a cluster.
type Step string

// The steps in the order in which they are taken.
const (
	Properties Step = "properties"
	DNS        Step = "DNS"
	TCP        Step = "TCP"
	TLS        Step = "TLS"
	Kafka      Step = "Kafka"
	SASL       Step = "SASL"
	Metadata   Step = "metadata"
	Brokers    Step = "advertised addresses"
	Topic      Step = "topic"
	Registry   Step = "schema registry"
)

// Finding is what a step has found.
type Finding struct {
	Step  Step
	Said  string      // what was found; "" with a fault
	Fault *FaultError // nil when all is well
	// Spared tells that the fault alone hinders nobody: it is of one of several bootstrap servers,
	// and another one is still to be tried, or it is no fault of a cluster that is new.
	Spared bool
}

// FaultError is what is wrong.
type FaultError struct {
	// Cause says in one line what is wrong, Change what to do about it.
	Cause, Change string
	// Err is the error that showed it.
	Err error
}

// Error implements error, in one line.
func (f *FaultError) Error() string { return f.Cause + ": " + f.Change }

// Unwrap implements errors.Is.
func (f *FaultError) Unwrap() error { return f.Err }

// faultf makes a fault whose cause has a format.
func faultf(err error, change, cause string, args ...any) *FaultError {
	return &FaultError{Cause: fmt.Sprintf(cause, args...), Change: change, Err: err}
}

// faultOf returns the fault in an error, or one of what the error says.
func faultOf(err error) *FaultError {
	if known, ok := errors.AsType[*FaultError](err); ok {
		return known
	}
	return &FaultError{Cause: err.Error(), Change: "try again with --config-file and the properties that the cluster's operator hands out", Err: err}
}
