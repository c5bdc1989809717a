package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ksqlite/ksqlite/parser/source"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/broker/kafka"
	"github.com/ksqlite/ksqlite/runtime/display"
	"github.com/ksqlite/ksqlite/runtime/network"
)

// denialWait is how long a fetch from an empty topic may take to be refused.
const denialWait = time.Second

// readTopic reads the newest record of the topic, as a query would.
func (e *examination) readTopic(ctx context.Context) (said string, err error) {
	c, err := kafka.Open(ctx, e.Config)
	if err != nil {
		return "", err
	}
	defer c.Close()
	said, err = e.readNewest(ctx, c)
	if err != nil {
		return "", e.topicFault(ctx, c, err)
	}
	return said, nil
}

// lookForTopics warns of a cluster that shows no topic: it may have none, or hides them from who has no right to them.
// Without a log-in all is as it should be on a new cluster, and nothing is said.
func (e *examination) lookForTopics(ctx context.Context) {
	if e.way.Login() == nil {
		return
	}
	c, err := kafka.Open(ctx, e.Config)
	if err != nil {
		e.tell(Topic, "", err)
		return
	}
	defer c.Close()
	bounded, cancel := e.bounded(ctx)
	defer cancel()
	topics, err := c.Topics(bounded)
	if err != nil {
		e.tell(Topic, "", err)
		return
	}
	if len(topics) > 0 {
		e.tell(Topic, fmt.Sprintf("%s can see %s; --topic reads one", e.way.Principal(), display.Counted(len(topics), "topic")), nil)
		return
	}
	e.spare = true // nothing is wrong with a cluster that is new
	e.tell(Topic, "", faultf(nil, "name with --topic one that there is, which tells the right that is lacking; a new cluster has none",
		"%s can see no topic", e.way.Principal()))
	e.spare = false
}

func (e *examination) readNewest(ctx context.Context, c *kafka.Cluster) (said string, err error) {
	first, err := c.Offsets(ctx, e.Topic, broker.EarliestOffset())
	if err != nil {
		return "", err
	}
	ends, err := c.Offsets(ctx, e.Topic, broker.ReadableEnd(broker.DefaultIsolation))
	if err != nil {
		return "", err
	}
	starts, records := []broker.Start{}, int64(0)
	for p := range ends {
		if ends[p] > first[p] {
			records += ends[p] - first[p]
			starts = append(starts, broker.Start{Partition: int32(p), Offset: ends[p] - 1})
		}
	}
	said = fmt.Sprintf("%s has %s", e.Topic, display.Counted(len(ends), "partition"))
	// An empty topic is fetched from too, for only that shows whether it may be read.
	options := broker.ReadOptions{Topic: e.Topic, Default: broker.Latest}
	if len(starts) > 0 {
		options.Starts = starts
	}
	r, err := c.OpenReader(ctx, options)
	if err != nil {
		return "", err
	}
	defer r.Close()
	ctx, cancel := e.bounded(ctx)
	defer cancel()
	if len(starts) == 0 {
		return said + " and no records", e.awaitDenial(ctx, r)
	}
	for {
		fetches, err := r.Poll(ctx)
		switch {
		case ctx.Err() != nil && network.TimedOut(ctx.Err()):
			return "", faultf(err, "look whether the broker that leads its partitions is well", "no record of topic %s came within %s", e.Topic, seconds(e.patience()))
		case err != nil:
			return "", err
		}
		for _, f := range fetches {
			if f.Err != nil {
				return "", f.Err
			}
			if f.Next > 0 { // of records, or of the end of a transaction
				return fmt.Sprintf("%s and about %s; partition %d was read", said, display.Counted(int(records), "record"), f.Partition), nil
			}
		}
	}
}

// awaitDenial waits until a fetch was answered: with an error, or not at all.
func (*examination) awaitDenial(ctx context.Context, r broker.Reader) error {
	ctx, cancel := context.WithTimeout(ctx, denialWait)
	defer cancel()
	if _, err := r.Poll(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// topicFault says why a topic cannot be read.
func (e *examination) topicFault(ctx context.Context, c *kafka.Cluster, err error) error {
	if denied, ok := errors.AsType[*broker.DeniedError](err); ok {
		lacking := *denied
		lacking.Operation = "Read" // which is what is wanted, and brings Describe with it
		return deniedFault(&lacking)
	}
	if !errors.Is(err, broker.ErrUnknownTopic) {
		return err
	}
	change := "correct --topic, or create the topic"
	if topics, err := c.Topics(ctx); err == nil {
		var names []string
		for _, t := range topics {
			names = append(names, t.Name)
		}
		if near := source.Similar(e.Topic, names); near != "" {
			change += "; there is a topic " + near
		}
	}
	return faultf(err, change, "there is no topic %s", e.Topic)
}

// deniedFault is about a right that the principal lacks.
func deniedFault(d *broker.DeniedError) *FaultError {
	flags := map[string]string{"Topic": "--topic", "Group": "--group", "TransactionalId": "--transactional-id", "Cluster": "--cluster"}
	name := " " + d.Name
	if d.Resource == "Cluster" {
		name = ""
	}
	return faultf(d, fmt.Sprintf("kafka-acls.sh --add --allow-principal '%s' --operation %s %s%s", strings.ReplaceAll(d.Principal, "'", ""), d.Operation, flags[d.Resource], name),
		"%s", d.Lack())
}
