package ksqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/embedded"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka/doctor"
	"github.com/ksqlite/ksqlite/runtime/exec"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Connection is a way to a Kafka and its schema registry without an engine: for
// programs that write or read records past all statements. What it gives out is of
// packages that are not promised to stay stable. Its methods are safe for concurrent
// use.
type Connection struct {
	cluster   broker.Cluster
	broker    *embedded.Broker  // nil on a Kafka
	where     string            // the broker's data is
	schemas   serde.Registry    // nil for none
	explainer *doctor.Explainer // of its errors; nil for none
	release   func() error      // what the schema registry holds; nil for nothing
	session   config.Properties // of the engine
}

// Connect opens the way to the Kafka that [Open] would work on with the same options,
// and to its schema registry. No statement that is kept there is executed, and no query
// runs. The context is for connecting only.
func Connect(ctx context.Context, opts ...Option) (*Connection, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	c := &Connection{explainer: o.explainer()}
	if c.session, err = sessionProperties(o); err != nil {
		return nil, err
	}
	defer c.explainer.Watch(ctx)()
	if err := c.open(ctx, o); err != nil {
		return nil, errors.Join(c.Explain(ctx, err), c.Close())
	}
	return c, nil
}

// Explain puts the cause into an error of the Kafka that says it is out of reach or refuses
// the log-in, which takes a few seconds at most. Others are returned as they are.
func (c *Connection) Explain(ctx context.Context, err error) error {
	return c.explainer.Explain(ctx, err)
}

// open connects as the options say. What is open already is Close's when it fails.
func (c *Connection) open(ctx context.Context, o *options) (err error) {
	if err := c.connect(ctx, o); err != nil {
		return err
	}
	if o.readOnly {
		c.cluster = broker.ReadOnly(c.cluster)
	}
	c.schemas, c.release, err = openRegistry(o)
	return err
}

// connect opens the way to the cluster, starting a broker if there is none.
func (c *Connection) connect(ctx context.Context, o *options) (err error) {
	if !o.embedded() {
		c.cluster, err = openKafka(ctx, o.kafka())
		return err
	}
	if c.broker, err = embedded.Open(o.own()); err != nil {
		return err
	}
	c.where = "a Kafka of its own, gone at the end"
	if o.dataDir != "" {
		c.where = "a Kafka of its own, kept in " + o.dataDir
	}
	if o.listen != "" {
		c.where += ", which listens on " + c.broker.Address()
	}
	c.cluster, err = c.broker.Connect(ctx)
	return err
}

// openKafka keeps the interface nil when there is no cluster.
func openKafka(ctx context.Context, c kafka.Config) (broker.Cluster, error) {
	cluster, err := kafka.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	return cluster, nil
}

// Cluster returns the Kafka. It is closed with the connection.
func (c *Connection) Cluster() broker.Cluster { return c.cluster }

// Topics returns the names of the topics that SHOW TOPICS lists, sorted.
func (c *Connection) Topics(ctx context.Context) ([]string, error) {
	return exec.TopicNames(ctx, c.cluster, c.session)
}

// Formats returns the formats of records, those with a schema registry too if there
// is one.
func (c *Connection) Formats() *serde.Formats { return serde.New(serde.WithRegistry(c.schemas)) }

// Location says in a few words which Kafka it is.
func (c *Connection) Location(ctx context.Context) (string, error) {
	if c.broker != nil {
		return c.where, nil
	}
	identity, err := c.cluster.Identify(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Kafka %s (cluster %s)", strings.Join(identity.Addresses, ", "), identity.ID), nil
}

// Close ends the connections, and the broker if it is an embedded one.
func (c *Connection) Close() error {
	var errs []error
	if c.cluster != nil {
		c.cluster.Close()
	}
	if c.broker != nil {
		errs = append(errs, c.broker.Close())
	}
	if c.release != nil {
		errs = append(errs, c.release())
	}
	return errors.Join(errs...)
}
