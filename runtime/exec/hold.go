package exec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ksqlite/ksqlite/planner/config"
	"github.com/ksqlite/ksqlite/runtime/broker"
)

// This file holds a service id: of the processes that serve it, one at a time runs
// its queries. They are the members of a consumer group that reads the command topic;
// whoever is given its one partition holds the id, and the brokers see to it that this
// is one. The others stand by: when the holder leaves or is silent for too long, one of
// them is given the partition. As the holder reads the topic, it learns at once of what
// other processes execute.
//
// A holder that was silent because it was frozen, and wakes up, runs queries for a
// moment that another one runs too. Their own groups give each partition to one of
// them, and with exactly_once_v2 its transactions are fenced.

// background is what runs beside the statements. The zero value has nothing.
type background struct {
	mu      sync.Mutex
	stop    []context.CancelFunc
	running sync.WaitGroup
	failed  chan error
}

// run runs f until end is called.
func (b *background) run(f func(context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	b.stop = append(b.stop, cancel)
	b.running.Go(func() { f(ctx) })
}

// end stops all and waits for it.
func (b *background) end() {
	b.mu.Lock()
	for _, stop := range b.stop {
		stop()
	}
	b.mu.Unlock()
	b.running.Wait()
}

// Failed delivers the error that keeps an engine from serving any longer. It is
// nil for one that need not hold a service id.
func (e *Engine) Failed() <-chan error { return e.failed }

// serve begins to serve the service id of a log.
func (e *Engine) serve(ctx context.Context, log *TopicLog) error {
	if err := log.Provide(ctx); err != nil {
		return err
	}
	e.failed = make(chan error, 1)
	e.run(func(ctx context.Context) {
		for ctx.Err() == nil {
			err := e.hold(ctx, log)
			e.setHolding(ctx, false)
			switch {
			case ctx.Err() != nil:
				return
			case errors.Is(err, broker.ErrTopicDeleted), errors.Is(err, broker.ErrUnknownTopic):
				e.failed <- fmt.Errorf("serving is over, the statements are gone: %w", err)
				return
			case !errors.Is(err, broker.ErrRebalanced):
				e.options.Logger.Warn("holding the service id failed and is tried again", "error", err)
			}
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
	})
	return nil
}

// hold is a member of the group of holders until ctx is done or something fails.
func (e *Engine) hold(ctx context.Context, log *TopicLog) error {
	timeout := e.options.Properties.Duration(config.SessionTimeout)
	group, err := e.options.Cluster.OpenGroup(ctx, broker.GroupOptions{
		Group: e.holders(), Topics: []string{log.Topic()}, Default: broker.Latest, SessionTimeout: timeout,
		Gained: func(ctx context.Context, _ []broker.Position) error { e.setHolding(ctx, true); return nil },
		Revoked: func(ctx context.Context, _ []broker.TopicPartition) error {
			e.setHolding(ctx, false)
			return nil
		},
		Lost: func(ctx context.Context, _ []broker.TopicPartition) error { e.setHolding(ctx, false); return nil },
	})
	if err != nil {
		return err
	}
	defer group.Close()
	told := ""
	for {
		wait := time.Second
		if told != "" {
			wait = timeout
		}
		waiting, cancel := context.WithTimeout(ctx, wait)
		fetches, err := group.Poll(waiting)
		cancel()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, context.DeadlineExceeded):
			told = e.tellHolder(ctx, group, told)
			continue
		case err != nil:
			return err
		}
		for _, f := range fetches {
			group.Recycle(f.Messages)
		}
		e.follow(ctx)
	}
}

// follow takes over what others have executed. A statement that this process
// cannot execute stops none of the queries that run.
func (e *Engine) follow(ctx context.Context) {
	if err := e.refresh(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ErrClosed) {
		e.options.Logger.Error("statements of other processes are not followed", "error", err)
	}
}

// setHolding starts or stops all queries.
func (e *Engine) setHolding(ctx context.Context, holding bool) {
	e.ddl.Lock()
	changed := e.holding != holding
	e.holding = holding
	if changed && !e.closed {
		e.options.Logger.Info(map[bool]string{true: "holding the service id", false: "no longer holding the service id"}[holding],
			"id", e.options.Properties.String(config.ServiceID), "queries", len(e.now().queries))
	}
	e.enforce(ctx, e.now())
	e.ddl.Unlock()
	if holding {
		e.follow(ctx) // what was executed before the partition was read
	}
}

// tellHolder logs who holds the service id, once, while this process stands by.
func (e *Engine) tellHolder(ctx context.Context, group broker.GroupReader, told string) string {
	e.ddl.Lock()
	holding := e.holding
	e.ddl.Unlock()
	if holding {
		return ""
	}
	own, _ := group.Membership() // without one, all others are told
	holder, err := e.holder(ctx, own.MemberID)
	if err == nil && holder != "" && holder != told {
		e.options.Logger.Info("standing by: another process holds the service id",
			"id", e.options.Properties.String(config.ServiceID), "host", holder)
	}
	return holder
}

// holder returns the host of the process that serves the service id, without those
// members that are not meant; "" for nobody. Of several it is any.
func (e *Engine) holder(ctx context.Context, not ...string) (string, error) {
	groups, err := e.options.Cluster.Groups(ctx, e.holders())
	if errors.Is(err, broker.ErrUnknownGroup) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for _, m := range groups[0].Members {
		if !slices.Contains(not, m.ID) {
			return strings.TrimPrefix(m.Host, "/"), nil
		}
	}
	return "", nil
}

// watching is how often a process that runs queries of its own looks whether somebody
// serves by now.
const watching = time.Second

// watchHolder hands the queries that this process runs over to a process that serves,
// once there is one. The caller holds ddl.
func (e *Engine) watchHolder(log *TopicLog) {
	if e.watched {
		return
	}
	e.watched = true
	e.run(func(ctx context.Context) {
		for {
			select {
			case <-time.After(watching):
			case <-ctx.Done():
				return
			}
			if holder, err := e.holder(ctx); err == nil && holder != "" {
				e.handOver(ctx, log, holder)
				return
			}
		}
	})
}

// handOver stops the queries of this process.
func (e *Engine) handOver(ctx context.Context, log *TopicLog, holder string) {
	e.ddl.Lock()
	defer e.ddl.Unlock()
	if e.closed {
		return
	}
	e.options.Logger.Warn("the queries of this process are handed over to one that serves",
		"topic", log.Topic(), "host", holder)
	e.handedOver, e.watched = true, false
	e.enforce(ctx, e.now())
	clear(e.own)
}
