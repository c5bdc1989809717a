package ksqlite

import (
	"context"
	"errors"
	"strings"

	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka/credentials"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka/doctor"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// This file looks at a connection before an engine is opened.

// Finding is what one step on the way to a Kafka has found, see [Examine].
type Finding = doctor.Finding

// Examine looks for what keeps an engine with these options from its Kafka. It goes the way of
// a connection step by step, from DNS to a read of the topic, if one is named, and of the schema
// registry. It reports what each step has found and returns how many have failed. Nothing is written.
func Examine(ctx context.Context, topic string, report func(Finding), opts ...Option) (faults int) {
	o, err := newOptions(opts)
	if err != nil {
		return WrongProperties(err, report)
	}
	examined := doctor.Options{Config: o.kafka(), Topic: topic, Idle: o.idle}
	if client, err := o.registryClient(); err != nil || client != nil {
		examined.Registry = func(ctx context.Context) error {
			if err != nil {
				return err
			}
			defer client.Close()
			_, err := client.Subjects(ctx)
			return err
		}
	}
	if !o.embedded() {
		return doctor.Examine(ctx, examined, report)
	}
	return examineOwn(ctx, o, examined, report)
}

// WrongProperties reports what is wrong with properties that cannot be used, as [Examine] does, and returns how
// much that is.
func WrongProperties(err error, report func(Finding)) (faults int) {
	return doctor.WrongProperties(err, report)
}

// examineOwn looks at the broker that an engine brings.
func examineOwn(ctx context.Context, o *options, examined doctor.Options, report func(Finding)) (faults int) {
	own, err := embedded.Open(o.own())
	if err != nil {
		report(Finding{Step: doctor.Kafka, Fault: &doctor.FaultError{Cause: err.Error(), Change: "name another folder with --data-dir", Err: err}})
		return 1
	}
	defer func() { _ = own.Close() }() // nothing was written
	report(Finding{Step: doctor.Kafka, Said: "a Kafka of its own, inside this process: no connection is needed"})
	if examined.Topic == "" && examined.Registry == nil {
		return 0
	}
	examined.Config = own.Config()
	return doctor.Examine(ctx, examined, report)
}

// Secret is a password that a connection needs.
type Secret struct {
	// Property is the property of the Kafka client that it can be given as.
	Property string
	// Prompt is what to ask a person for.
	Prompt string
}

// MissingSecret returns a password that an engine with these options needs and has not
// been given: that of a user, of a store with keys, or the secret of an OAuth client. One that can
// be given in the text of sasl.jaas.config only is not among them.
func MissingSecret(opts ...Option) (secret Secret, missing bool) {
	o, err := newOptions(opts)
	if err != nil {
		return Secret{}, false
	}
	if !o.embedded() {
		_, err = kafka.NewWay(o.kafka())
	}
	if err == nil {
		err = checkRegistry(o)
	}
	if login, ok := errors.AsType[*credentials.MissingError](err); ok {
		return Secret{Property: login.Property, Prompt: login.Prompt}, true
	}
	if store, ok := errors.AsType[*keystore.PropertyError](err); ok && store.Within == "" && errors.Is(err, keystore.ErrNoPassword) {
		prompt := "Password of " + store.Path
		if strings.HasSuffix(store.Property, "ssl.key.password") {
			prompt = "Password of the private key in " + store.Path
		}
		return Secret{Property: store.Property, Prompt: prompt}, true
	}
	return Secret{}, false
}

// checkRegistry reads the properties of the schema registry, and the files that they name.
func checkRegistry(o *options) error {
	client, err := o.registryClient()
	if client != nil {
		client.Close()
	}
	return err
}

// explainer returns what puts the cause into errors of a connection, nil for a broker in this
// process, whose errors tell all.
func (o *options) explainer() *doctor.Explainer {
	if o.embedded() {
		return nil
	}
	return doctor.NewExplainer(o.kafka(), o.clock)
}
