package ksqlite

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/registry"
	"github.com/ksqlite/ksqlite/runtime/registry/embedded"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// This file chooses the schema registry that an engine uses.

// openRegistry returns the registry that the properties name; without one, an
// embedded broker brings a registry of its own, which is kept where the topics are
// kept. On a Kafka there is none then: nobody else would know the schemas. release
// releases what the registry holds, and is nil where that is nothing.
func openRegistry(o *options) (r serde.Registry, release func() error, err error) {
	client, err := o.registryClient()
	switch {
	case err != nil:
		return nil, nil, err
	case client != nil:
		return client, func() error { client.Close(); return nil }, nil
	case len(o.registry) > 0:
		return nil, nil, errors.New("properties of a schema registry are given, but not schema.registry.url")
	case !o.embedded():
		return nil, nil, nil
	case o.dataDir == "":
		return embedded.New(&registry.Memory{}), nil, nil
	}
	file, err := registry.OpenFile(filepath.Join(o.dataDir, "schemas.jsonl"))
	if err != nil {
		return nil, nil, fmt.Errorf("opening the schema registry: %w", err)
	}
	return embedded.New(file), file.Close, nil
}

// registryClient returns a client of the registry that the properties name, nil for none.
func (o *options) registryClient() (*registry.Client, error) {
	client, err := registry.Open(o.registry)
	return client, o.kafka().Blame(err)
}

// takeRegistry moves the properties of the schema registry out of all others.
func (o *options) takeRegistry() {
	o.registry = map[string]string{}
	for _, all := range []map[string]string{o.properties, o.session} {
		for given, value := range all {
			if name, ok := registry.Name(given); ok {
				o.rename(given, name)
				o.registry[name] = value
				delete(all, given)
			}
		}
	}
	if !registry.Inherits(o.registry) {
		return
	}
	if user, password := kafka.Account(o.properties); user != "" && password != "" {
		registry.Inherit(o.registry, user, password)
	} // else the registry says what it needs
}
