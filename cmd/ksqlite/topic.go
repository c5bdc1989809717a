package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ksqlite/ksqlite"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// topicFlags are those of a command that writes to a topic.
type topicFlags struct {
	kafkaFlags
	partitions int32
}

// declare declares the flags.
func (f *topicFlags) declare(c *cobra.Command) {
	f.kafkaFlags.declare(c)
	c.Flags().Int32Var(&f.partitions, "partitions", 0, "create a missing topic with `N` partitions; by default as many as the Kafka gives it")
	completeNothing(c, "partitions")
}

// check reports nonsense.
func (f *topicFlags) check(command string) error {
	if f.partitions < 0 {
		return errors.New("--partitions must not be negative")
	}
	return f.checkNamed(command)
}

// provide returns the topic, which is created if it is missing.
func (f *topicFlags) provide(ctx context.Context, cluster broker.Cluster, topic string) (broker.Topic, error) {
	found, err := cluster.Topics(ctx, topic)
	if errors.Is(err, broker.ErrUnknownTopic) {
		err = cluster.CreateTopic(ctx, broker.NewTopic{Name: topic, Partitions: f.partitions})
		if err != nil && !errors.Is(err, broker.ErrTopicExists) {
			return broker.Topic{}, fmt.Errorf("creating topic %s: %w", topic, err)
		}
		found, err = cluster.Topics(ctx, topic)
	}
	if err != nil {
		return broker.Topic{}, err
	}
	return found[0], nil
}

// connect opens the way to the Kafka.
func (f *topicFlags) connect(c *cobra.Command, more ...ksqlite.Option) (*ksqlite.Connection, error) {
	options, err := f.options(c.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	connection, err := ksqlite.Connect(c.Context(), append(options, more...)...)
	if errors.Is(err, ksqlite.ErrDataDirInUse) {
		return nil, fmt.Errorf("%w; if it listens, --bootstrap-server HOST:PORT reaches it", err)
	}
	return connection, err
}
