// Package hub is where queries get their records from. It shares the work of
// reading between them: a topic is fetched once and decoded once, however many
// queries read it, as long as they stand close together.
//
//	broker.Reader ─fetches─▶ reader ─chunks─▶ Subscription ─▶ a query
//	                                       ├▶ Subscription ─▶ another query
//
// A reader keeps a window of the last chunks of each partition. Every
// [Subscription] has its own position; it is served by a reader whose window
// holds that position. One that is too slow to stay in the window, and so holds up
// the others, is let go and gets a reader of its own.
//
// What a subscription hands out is shared: nobody may change it, and it is valid
// until the subscription is asked for more. The last of it stays valid after the
// subscription's end.
package hub

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Hub reads the topics of one cluster. Its methods are safe for concurrent use.
type Hub struct {
	cluster broker.Cluster
	formats *serde.Formats

	mu       sync.Mutex
	topics   map[string]*topic
	decoders map[decodersKey]*decoders // shared by all readers
}

// topic is a topic that is read or has been.
type topic struct {
	opening chan struct{} // of size 1, full while somebody opens a reader
	readers []*reader     // guarded by the hub's mutex
}

// New returns a hub over the cluster. It holds nothing until somebody subscribes.
func New(cluster broker.Cluster, formats *serde.Formats) *Hub {
	return &Hub{
		cluster: cluster, formats: formats,
		topics: map[string]*topic{}, decoders: map[decodersKey]*decoders{},
	}
}

// Answers is [broker.Cluster.Answers].
func (h *Hub) Answers() bool { return h.cluster.Answers() }

// Subscribe starts reading a source over one topic. The error wraps
// broker.ErrUnknownTopic if the topic does not exist.
func (h *Hub) Subscribe(ctx context.Context, request Request) (*Subscription, error) {
	return h.subscribe(ctx, request, request.Source.Topic, make(chan struct{}, 1))
}

// subscribe starts reading one topic of a source. It may share the channel on which
// it is woken with other subscriptions of the same query.
func (h *Hub) subscribe(ctx context.Context, request Request, topic string, wake chan struct{}) (*Subscription, error) {
	s, err := h.located(ctx, request, topic, wake)
	if err != nil {
		return nil, err
	}
	return s, s.begin(ctx)
}

// located returns a subscription that knows where it begins, and does not read yet.
func (h *Hub) located(ctx context.Context, request Request, topic string, wake chan struct{}) (*Subscription, error) {
	s := &Subscription{hub: h, request: request, topic: topic, wake: wake, parts: map[int32]*progress{}}
	return s, s.locate(ctx)
}

// begin starts to read. After an error the subscription is closed.
func (s *Subscription) begin(ctx context.Context) (err error) {
	if s.decoders, err = s.hub.decodersFor(s.request); err != nil || s.finished() {
		return err
	}
	if err = s.hub.attach(ctx, s); err != nil {
		s.Close()
	}
	return err
}

// attach finds a reader whose windows hold the subscription's positions, or opens
// one. Those who come meanwhile wait for it, since it may serve them too; nobody
// else does, and nobody who leaves.
func (h *Hub) attach(ctx context.Context, s *Subscription) error {
	t := h.topic(s.topic)
	select {
	case t.opening <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-t.opening }()
	if h.join(t, s) {
		return nil
	}
	r, err := h.open(ctx, s)
	if err != nil {
		return fmt.Errorf("reading topic %s: %w", s.topic, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	t.readers = append(t.readers, r)
	return nil
}

func (h *Hub) topic(name string) *topic {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[name]
	if t == nil {
		t = &topic{opening: make(chan struct{}, 1)}
		h.topics[name] = t
	}
	return t
}

// join finds a reader that admits the subscription.
func (h *Hub) join(t *topic, s *Subscription) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.ContainsFunc(t.readers, func(r *reader) bool { return r.admit(s) })
}

// leave takes the subscription from its reader and its decoders, and ends
// readers that serve nobody.
func (h *Hub) leave(s *Subscription) {
	t := h.topic(s.topic)
	h.mu.Lock()
	if r := s.reader.Load(); r != nil {
		r.dismiss(s)
	}
	h.drop(s.decoders)
	idle := t.forget()
	h.mu.Unlock()
	for _, r := range idle {
		r.close()
	}
}

// forget drops the readers that serve nobody and returns them. The caller holds
// the hub's mutex.
func (t *topic) forget() (idle []*reader) {
	var busy []*reader
	for _, r := range t.readers {
		if r.idle() {
			idle = append(idle, r)
		} else {
			busy = append(busy, r)
		}
	}
	t.readers = busy
	return idle
}
