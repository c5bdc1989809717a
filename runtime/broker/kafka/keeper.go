package kafka

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// missesUntilDeleted is how often in a row a topic must be unknown before it
// counts as deleted: one broker may be behind the others.
const missesUntilDeleted = 3

// keep looks after the partitions until the reader is closed: it finds new
// ones and new leaders, and offsets that have to be looked up, from time to
// time and when a fetcher asks for it.
func (r *reader) keep(ctx context.Context) {
	age := time.NewTicker(max(r.cluster.settings.metadataMaxAge, time.Millisecond))
	defer age.Stop()
	misses := 0
	outage := r.watch()
	defer outage.over()
	for {
		select {
		case <-ctx.Done():
			return
		case <-age.C:
		case <-r.wanted:
			if err := pause(ctx, r.wait()); err != nil {
				return
			}
		}
		outage.asked()
		err := r.refresh(ctx)
		if err == nil || codeOf(err) != 0 {
			outage.answered()
		}
		if !errors.Is(err, kerr.UnknownTopicOrPartition) {
			misses = 0
		} else if misses++; misses == missesUntilDeleted {
			err = broker.ErrTopicDeleted
		}
		r.judge(ctx, err)
	}
}

// watch returns what tells the log of an outage as early as a statement would fail.
func (r *reader) watch() *outage {
	settings := r.cluster.settings
	return &outage{
		log: r.cluster.log, silences: &r.cluster.silences, after: settings.apiTimeout, down: "no broker answers, trying again", up: "a broker answers again",
		about: []any{"topic", r.options.Topic, "address", strings.Join(settings.bootstrap, ",")},
	}
}

// wait is how long to wait before the next try: a moment as long as fetches
// succeed, then longer and longer.
func (r *reader) wait() time.Duration {
	return r.cluster.settings.retryBackoff(int(r.tries.Add(1)))
}

// judge ends the reader on an error that will not go away and has another try
// made on any other.
func (r *reader) judge(ctx context.Context, err error) {
	switch {
	case err == nil || ctx.Err() != nil:
	case errors.Is(err, broker.ErrTopicDeleted):
		r.fail(fmt.Errorf("topic %s: %w", r.options.Topic, err))
	case errors.Is(err, kerr.TopicAuthorizationFailed), r.cluster.refused(err):
		r.fail(r.cluster.aboutTopic(ctx, opDescribe, r.options.Topic, err))
	default:
		r.cluster.log.Debug("metadata not renewed", "topic", r.options.Topic, "error", err)
		r.want()
	}
}

// refresh renews leaders and positions.
func (r *reader) refresh(ctx context.Context) error {
	topic, err := describeOne(ctx, r.client, r.options.Topic)
	if err != nil {
		return err
	}
	if topic.id != r.topicID {
		return broker.ErrTopicDeleted // and created anew
	}
	woken, led := r.partitions.lead(topic, r.options.Fixed)
	placed, err := r.lookUp(ctx)
	if err != nil {
		return err
	}
	signal(r.events)
	r.startFetchers(ctx)
	r.wakeFetchers(woken || placed)
	if !led {
		return kerr.LeaderNotAvailable
	}
	return nil
}

// lookUp finds the positions of partitions that begin, or go on, at the
// earliest or latest offset. It returns whether there were any.
func (r *reader) lookUp(ctx context.Context) (placed bool, err error) {
	earliest, latest := r.partitions.unplaced()
	for symbol, needed := range map[int64]bool{broker.Earliest: earliest, broker.Latest: latest} {
		if !needed {
			continue
		}
		at := broker.OffsetQuery{Time: symbol, Isolation: r.options.Isolation}
		offsets, err := listOffsets(ctx, r.admin, r.options.Topic, at)
		if err != nil {
			return placed, err
		}
		placed = r.partitions.settle(symbol, offsets) || placed
	}
	return placed, nil
}
