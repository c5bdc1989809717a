package hub

import (
	"context"
	"slices"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// merge gives a query the records of several sources, partition by partition in the
// order of their times, as far as they are on the cluster when it begins: so what comes
// of joining them does not depend on which is fetched first. What arrives later comes
// as it arrives.
type merge struct {
	wake    chan struct{}
	groups  [][]*mergePart // by partition
	turn    int
	current *mergePart // whose records were handed out last; nil for none
	batch   data.Batch
	closed  bool
}

// mergePart is one partition of one of the sources.
type mergePart struct {
	*Subscription
	id     int32
	target int64 // where the partition ended when the query began
	head   []data.Record
}

var _ Feed = (*merge)(nil)

// Merge starts reading several sources. What a request says of being bounded does not count.
func (h *Hub) Merge(ctx context.Context, requests []Request) (Feed, error) {
	m := &merge{wake: make(chan struct{}, 1)}
	for _, request := range requests {
		if err := m.add(ctx, h, request); err != nil {
			m.Close()
			return nil, err
		}
	}
	return m, nil
}

// add subscribes to each partition of a source.
func (m *merge) add(ctx context.Context, h *Hub, request Request) error {
	request.Bounded = false
	topic := request.Source.Topic
	ends, err := h.cluster.Offsets(ctx, topic, broker.ReadableEnd(broker.DefaultIsolation))
	if err != nil {
		return err
	}
	for id, end := range ends {
		request.Partition = new(int32(id))
		s, err := h.subscribe(ctx, request, topic, m.wake)
		if err != nil {
			return err
		}
		if id == len(m.groups) {
			m.groups = append(m.groups, nil)
		}
		m.groups[id] = append(m.groups[id], &mergePart{Subscription: s, id: int32(id), target: end})
	}
	return nil
}

// Next implements Feed.
func (m *merge) Next(ctx context.Context) (*data.Batch, error) {
	if m.closed {
		return nil, broker.ErrClosed
	}
	for {
		for range m.groups {
			m.turn = (m.turn + 1) % len(m.groups)
			found, err := m.choose(ctx, m.groups[m.turn])
			if err != nil {
				return nil, err
			}
			if found {
				return &m.batch, nil
			}
		}
		select {
		case <-m.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// choose takes the records of one partition that come next in time, and reports whether
// there are any: not while a source has more to come from before the query began.
func (m *merge) choose(ctx context.Context, group []*mergePart) (bool, error) {
	ready, first := true, -1
	for i, part := range group {
		more, err := part.fetch(ctx)
		if err != nil {
			return false, err
		}
		ready = ready && !more
		if len(part.head) > 0 && (first < 0 || part.head[0].Time < group[first].head[0].Time) {
			first = i
		}
	}
	if !ready || first < 0 {
		return false, nil
	}
	part := group[first]
	n := 1
	for n < len(part.head) && earliest(part.head[n].Time, first, group) {
		n++
	}
	m.current, m.batch.Records = part, part.head[:n]
	part.head = part.head[n:]
	return true, nil
}

// earliest reports whether a record of that time comes before all that others have. Of
// the same time, those of the source that is named first come first.
func earliest(time int64, of int, group []*mergePart) bool {
	for i, other := range group {
		if i == of || len(other.head) == 0 {
			continue
		}
		if at := other.head[0].Time; time > at || time == at && i < of {
			return false
		}
	}
	return true
}

// fetch looks for records if there are none at hand. It reports whether there are none,
// but some to come that were there when the query began.
func (p *mergePart) fetch(ctx context.Context) (more bool, err error) {
	if len(p.head) > 0 {
		return false, nil
	}
	p.Subscription.TellFaults(never)
	p.putBack()
	found, err := p.find(ctx)
	if err != nil {
		return false, err
	}
	if found {
		p.head = p.Subscription.batch.Records
		return false, nil
	}
	return !p.reached(p.id, p.target), nil
}

// TellFaults implements Feed.
func (m *merge) TellFaults(before int64) {
	if m.current != nil {
		m.current.TellFaults(before)
	}
}

// Topic implements Feed.
func (m *merge) Topic() string {
	if m.current == nil {
		return ""
	}
	return m.current.topic
}

// Source implements Feed.
func (m *merge) Source() *catalog.Source {
	if m.current == nil {
		return nil
	}
	return m.current.request.Source
}

// Lag implements Feed.
func (m *merge) Lag() (lag int64) {
	for _, group := range m.groups {
		for _, part := range group {
			lag += part.Lag()
		}
	}
	return lag
}

// Partitions implements Feed.
func (m *merge) Partitions(topic string) (n int32) {
	for _, group := range m.groups {
		if slices.ContainsFunc(group, func(p *mergePart) bool { return p.topic == topic }) {
			n++
		}
	}
	return n
}

// Close implements Feed.
func (m *merge) Close() {
	if m.closed {
		return
	}
	m.closed = true
	for _, group := range m.groups {
		for _, part := range group {
			part.Close()
		}
	}
}
