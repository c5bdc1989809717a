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
// until the subscription is asked for more.
package hub

import (
	"context"
	"fmt"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Hub reads the topics of one cluster. Its methods are safe for concurrent use.
type Hub struct {
	cluster broker.Cluster
	formats *serde.Formats

	mu       sync.Mutex
	readers  map[string][]*reader     // by topic
	decoders map[decoderKey]*decoders // shared by all readers
}

// New returns a hub over the cluster. It holds nothing until somebody subscribes.
func New(cluster broker.Cluster, formats *serde.Formats) *Hub {
	return &Hub{
		cluster: cluster, formats: formats,
		readers: map[string][]*reader{}, decoders: map[decoderKey]*decoders{},
	}
}

// Subscribe starts reading a source. The error wraps broker.ErrUnknownTopic if its
// topic does not exist.
func (h *Hub) Subscribe(ctx context.Context, request Request) (*Subscription, error) {
	s := &Subscription{hub: h, request: request, wake: make(chan struct{}, 1), parts: map[int32]*progress{}}
	if err := s.locate(ctx); err != nil {
		return nil, err
	}
	dec, err := h.decodersOf(request.Source)
	if err != nil {
		return nil, err
	}
	s.decoders = dec
	s.need = dec.need(request.Wanted)
	if s.finished() {
		return s, nil
	}
	return s, h.attach(ctx, s)
}

// attach finds a reader whose windows hold the subscription's positions, or opens one.
func (h *Hub) attach(ctx context.Context, s *Subscription) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	topic := s.request.Source.Topic
	for _, r := range h.readers[topic] {
		if r.admit(s) {
			return nil
		}
	}
	r, err := h.open(ctx, topic, s)
	if err != nil {
		return fmt.Errorf("reading topic %s: %w", topic, err)
	}
	h.readers[topic] = append(h.readers[topic], r)
	return nil
}

// leave takes the subscription from its reader, and ends readers that serve nobody.
func (h *Hub) leave(s *Subscription) {
	h.mu.Lock()
	if r := s.reader.Load(); r != nil {
		r.dismiss(s)
	}
	idle := h.forget(s.request.Source.Topic)
	h.mu.Unlock()
	for _, r := range idle {
		r.close()
	}
}

// forget drops the readers of a topic that serve nobody and returns them. The caller holds mu.
func (h *Hub) forget(topic string) (idle []*reader) {
	var busy []*reader
	for _, r := range h.readers[topic] {
		if r.idle() {
			idle = append(idle, r)
		} else {
			busy = append(busy, r)
		}
	}
	if len(busy) == 0 {
		delete(h.readers, topic)
	} else {
		h.readers[topic] = busy
	}
	return idle
}
