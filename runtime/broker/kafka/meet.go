package kafka

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// This file finds a bootstrap server that answers. franz-go asks one after the other, so that those that are silent
// would be waited for in turn.

// patience is how long nobody is told what is waited for.
const patience = 2 * time.Second

// reach finds a server that answers, and the brokers. From here on these are asked, and not those of the bootstrap
// servers that may be silent: franz-go asks one of them now and then.
func (c *Cluster) reach(ctx context.Context) error {
	ctx, cancel := c.bounded(ctx)
	defer cancel()
	server, err := c.meet(ctx)
	if err != nil {
		return c.explain(ctx, err)
	}
	_ = c.client.UpdateSeedBrokers(server) // it has been read before
	cluster, err := c.Identify(ctx)
	if err != nil {
		return err
	}
	servers := append([]string{server}, cluster.Addresses...)
	c.common = append(c.common, kgo.SeedBrokers(servers...))
	return c.client.UpdateSeedBrokers(servers...)
}

// meet asks all bootstrap servers at the same time and returns the first that answers. When none does it returns
// the error of the first, or one that refuses the log-in.
func (c *Cluster) meet(ctx context.Context) (server string, err error) {
	servers := c.settings.bootstrap
	ctx, stop := context.WithCancel(ctx) // the others need not answer any more
	defer stop()
	type answer struct {
		server int
		err    error
	}
	answers := make(chan answer, len(servers))
	for i, seed := range c.client.SeedBrokers() {
		go func() { answers <- answer{i, ask(ctx, seed)} }()
	}
	failed := make([]error, len(servers))
	late := time.After(patience)
	for left := len(servers); left > 0; {
		select {
		case <-late:
			c.log.Warn("waiting for the Kafka at "+strings.Join(servers, ", "), "at most", c.settings.apiTimeout)
		case a := <-answers:
			if a.err == nil {
				return servers[a.server], nil
			}
			failed[a.server] = a.err
			left--
		case <-ctx.Done(): // franz-go does not look at it while it makes a connection
			return "", fmt.Errorf("none answers: %w", ctx.Err())
		}
	}
	if i := slices.IndexFunc(failed, c.refused); i >= 0 {
		return "", failed[i]
	}
	return "", failed[0]
}

// ask has a server say which brokers there are.
func ask(ctx context.Context, server *kgo.Broker) error {
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	_, err := server.Request(ctx, request)
	return err
}
