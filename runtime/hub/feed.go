package hub

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// Feed gives a query the records of its source: those of one topic, as a
// [Subscription] does, or of all topics that match a pattern; or those of several sources. One goroutine at a time
// may use it.
type Feed interface {
	// Next is [Subscription.Next].
	Next(ctx context.Context) (*data.Batch, error)
	// More reports whether the next batch is at hand and those handed out stay valid when it
	// is asked for.
	More() bool
	// TellFaults is [Subscription.TellFaults].
	TellFaults(before int64)
	// Topic is the topic of the last batch, and of what Fault and Notice are being told.
	Topic() string
	// Source is the source of the last batch.
	Source() *catalog.Source
	// Lag is [Subscription.Lag], of all topics together.
	Lag() int64
	// Partitions is how many partitions a topic of a source has, or the largest of those
	// that match its pattern.
	Partitions(topic string) int32
	// Close is [Subscription.Close].
	Close()
}

var (
	_ Feed = (*Subscription)(nil)
	_ Feed = (*union)(nil)
)

// Feed starts reading a source. For a source over one topic that is [Hub.Subscribe].
// One over a pattern needs no topic yet: unless it is bounded, it reads those that come
// as well, from their beginning.
func (h *Hub) Feed(ctx context.Context, request Request) (Feed, error) {
	if request.Source.Pattern == "" {
		s, err := h.Subscribe(ctx, request)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	u := &union{hub: h, request: request, wake: make(chan struct{}, 1), age: time.NewTicker(h.cluster.MetadataAge())}
	if err := u.extend(ctx); err != nil {
		u.Close()
		return nil, err
	}
	u.request.Latest, u.request.Since = false, 0 // of those that come later everything is new
	return u, nil
}

// union is a subscription to each topic that matches a pattern, in turn. All of them
// wake it on one channel.
type union struct {
	hub     *Hub
	request Request
	wake    chan struct{}
	age     *time.Ticker // the topics are to be looked for again
	parts   []*Subscription
	turn    int
	current *Subscription // whose batch was handed out last; nil for none
	topic   string
	closed  bool
}

// extend subscribes to the topics that match and are not read yet.
func (u *union) extend(ctx context.Context) error {
	topics, err := broker.Matching(ctx, u.hub.cluster, u.request.Source.Pattern)
	if err != nil {
		return err
	}
	for _, topic := range topics {
		if slices.ContainsFunc(u.parts, func(s *Subscription) bool { return s.topic == topic }) {
			continue
		}
		s, err := u.hub.subscribe(ctx, u.request, topic, u.wake)
		if errors.Is(err, broker.ErrUnknownTopic) {
			continue // it was deleted meanwhile
		}
		if err != nil {
			return err
		}
		u.parts = append(u.parts, s)
	}
	return nil
}

// Next implements Feed.
func (u *union) Next(ctx context.Context) (*data.Batch, error) {
	if u.closed {
		return nil, broker.ErrClosed
	}
	u.TellFaults(never)
	if u.current != nil {
		u.current.putBack()
		u.current = nil
	}
	for {
		batch, err := u.find(ctx)
		if batch != nil || err != nil {
			return batch, err
		}
		if u.request.Bounded && len(u.parts) == 0 {
			return nil, io.EOF
		}
		select {
		case <-u.wake:
		case <-u.age.C:
			u.lookAgain(ctx)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// find asks one topic after the other for a batch; none if nothing is at hand.
func (u *union) find(ctx context.Context) (*data.Batch, error) {
	select {
	case <-u.age.C: // new topics are found although the others never rest
		u.lookAgain(ctx)
	default:
	}
	for n := len(u.parts); n > 0 && len(u.parts) > 0; n-- {
		u.turn = (u.turn + 1) % len(u.parts)
		s := u.parts[u.turn]
		u.topic = s.topic
		found, err := s.find(ctx)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, broker.ErrTopicDeleted):
			u.drop(s)
		case err != nil:
			return nil, err
		case found:
			u.current = s
			return &s.batch, nil
		}
	}
	return nil, nil
}

// lookAgain reads topics that have come. A cluster that does not answer now will be
// asked again, and those who read know better than we do whether it is gone.
func (u *union) lookAgain(ctx context.Context) {
	if !u.request.Bounded {
		_ = u.extend(ctx)
	}
}

// drop ends a topic that is read to its end or gone. The others go on.
func (u *union) drop(s *Subscription) {
	s.Close()
	u.parts = slices.DeleteFunc(u.parts, func(other *Subscription) bool { return other == s })
}

// More implements Feed.
func (*union) More() bool { return false }

// TellFaults implements Feed.
func (u *union) TellFaults(before int64) {
	if u.current != nil {
		u.current.TellFaults(before)
	}
}

// Topic implements Feed.
func (u *union) Topic() string { return u.topic }

// Source implements Feed.
func (u *union) Source() *catalog.Source { return u.request.Source }

// Lag implements Feed.
func (u *union) Lag() (lag int64) {
	for _, s := range u.parts {
		lag += s.Lag()
	}
	return lag
}

// Partitions implements Feed.
func (u *union) Partitions(string) int32 {
	most := int32(1)
	for _, s := range u.parts {
		most = max(most, s.Partitions(s.topic))
	}
	return most
}

// Close implements Feed.
func (u *union) Close() {
	if u.closed {
		return
	}
	u.closed = true
	u.age.Stop()
	for _, s := range u.parts {
		s.Close()
	}
}
