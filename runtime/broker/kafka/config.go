package kafka

import (
	"context"
	"errors"
	"log/slog"
	"net"

	"github.com/ksqlite/ksqlite/runtime/broker/kafka/credentials"
	"github.com/ksqlite/ksqlite/runtime/keystore"
)

// Config says how to connect.
type Config struct {
	// Properties are Kafka client properties by name, as Properties lists
	// them. bootstrap.servers is required.
	Properties map[string]string
	// Places are where properties stand that a file holds, by name, for errors.
	Places map[string]Place
	// Dial opens connections in place of TCP. TLS, when asked for, is put
	// on top of it.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Diagnose, when set, is asked what is behind an UNKNOWN_SERVER_ERROR
	// of the broker. It returns nil when it doesn't know.
	Diagnose func() error
	// Logger is told of connections that fail and are tried again.
	Logger *slog.Logger
}

// Blame puts the place of a property before an error about it, which is told by the name that it was given by.
func (c Config) Blame(err error) error {
	if login, ok := errors.AsType[*credentials.PropertyError](err); ok {
		return c.Places[c.given(login.Property)].Blame(err)
	}
	store, ok := errors.AsType[*keystore.PropertyError](err)
	if !ok {
		return err
	}
	if store.Within != "" {
		return c.Places[store.Within].Blame(err)
	}
	told := *store
	told.Property = c.given(store.Property)
	return c.Places[told.Property].Blame(&told)
}

// given returns the name by which a property was given.
func (c Config) given(name string) string {
	for other, means := range librdkafkaNames {
		if _, ok := c.Properties[other]; ok && means == name {
			return other
		}
	}
	return name
}
