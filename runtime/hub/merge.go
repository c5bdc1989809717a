package hub

import (
	"context"
	"io"
	"slices"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// merge gives a query the records of several sources, partition by partition or of all
// partitions together in the order of their times, as far as they are on the cluster when it
// begins: so what comes of them does not depend on which is fetched first. What arrives later
// comes as it arrives.
type merge struct {
	hub     *Hub
	wake    chan struct{}
	bounded bool // ends with what is on the cluster when the query begins
	whole   bool // all partitions are one group
	sources []*mergeSource
	groups  [][]*mergePart // those whose records are put in order: by partition, or one
	turn    int            // of which group records were handed out last
	current *mergePart     // whose they were, or which is looked at; nil for none
	more    bool           // the next ones are known without looking for others
	batch   data.Batch
	ahead   *ahead
	closed  bool
}

// mergeSource is one of the sources. Each partition of it is read by itself: one that is held
// back must not keep the others from being read.
type mergeSource struct {
	request Request
	parts   []*mergePart
}

// mergePart is one partition of one of the sources.
type mergePart struct {
	*Subscription
	id   int32
	head []data.Record
}

var _ Feed = (*merge)(nil)

// Merge starts reading sources over one topic each. All requests are bounded, or none. Whole
// puts the records of all partitions in the order of their times, as a query needs it that
// brings them together by other keys; otherwise each partition has its own.
func (h *Hub) Merge(ctx context.Context, requests []Request, whole bool) (Feed, error) {
	m := &merge{hub: h, wake: make(chan struct{}, 1), bounded: requests[0].Bounded, whole: whole, ahead: newAhead()}
	for _, request := range requests {
		if err := m.open(ctx, request); err != nil {
			m.Close()
			return nil, err
		}
	}
	return m, nil
}

// open starts reading the partitions of a source.
func (m *merge) open(ctx context.Context, request Request) error {
	request.Bounded = false
	source := &mergeSource{request: request}
	m.sources = append(m.sources, source)
	ends, err := m.hub.cluster.Offsets(ctx, request.Source.Topic, broker.ReadableEnd(broker.DefaultIsolation))
	if err != nil {
		return err
	}
	return m.extend(ctx, source, ends)
}

// extend starts reading the partitions of a source that are not read yet. Of those that have no
// end, nothing was there when the query began.
func (m *merge) extend(ctx context.Context, source *mergeSource, ends []int64) error {
	all, err := m.hub.located(ctx, source.request, source.request.Source.Topic, m.wake)
	if err != nil {
		return err
	}
	for id := len(source.parts); id < len(all.parts); id++ {
		target := int64(0)
		if id < len(ends) {
			target = ends[id]
		}
		part := &mergePart{Subscription: all.only(int32(id), target), id: int32(id)}
		if err := part.begin(ctx); err != nil {
			return err
		}
		group := id
		if m.whole {
			group = 0
		}
		if group == len(m.groups) {
			m.groups = append(m.groups, nil)
		}
		source.parts = append(source.parts, part)
		m.groups[group] = append(m.groups[group], part)
	}
	source.request.Latest, source.request.Since = false, 0 // of partitions that come later everything is new
	return nil
}

// grow starts reading partitions that topics have got meanwhile, and reports whether there are any.
func (m *merge) grow(ctx context.Context) (grown bool, err error) {
	for _, source := range m.sources {
		before := len(source.parts)
		if m.bounded || before == 0 || int(source.parts[0].Partitions(source.request.Source.Topic)) == before {
			continue
		}
		if err := m.extend(ctx, source, nil); err != nil {
			return false, err
		}
		grown = grown || len(source.parts) > before
	}
	return grown, nil
}

// Next implements Feed.
func (m *merge) Next(ctx context.Context) (*data.Batch, error) {
	if m.closed {
		return nil, broker.ErrClosed
	}
	if m.more {
		m.take(m.groups[m.turn])
		return &m.batch, nil
	}
	for {
		done := true
		for range m.groups {
			m.turn = (m.turn + 1) % len(m.groups)
			found, err := m.choose(ctx, m.groups[m.turn])
			if err != nil {
				return nil, err
			}
			if found {
				return &m.batch, nil
			}
			done = done && !slices.ContainsFunc(m.groups[m.turn], (*mergePart).unfinished)
		}
		if m.bounded && done {
			return nil, io.EOF
		}
		grown, err := m.grow(ctx)
		if err != nil {
			return nil, err
		}
		if grown {
			continue
		}
		select {
		case <-m.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// More implements Feed.
func (m *merge) More() bool { return m.more }

// choose takes the records of one partition that come next in time, and reports whether
// there are any: not while a source has more to come from before the query began.
func (m *merge) choose(ctx context.Context, group []*mergePart) (bool, error) {
	ready, found := true, false
	for _, part := range group {
		m.current = part // of which faults may be told
		more, err := m.fetch(ctx, part)
		if err != nil {
			return false, err
		}
		ready, found = ready && !more, found || len(part.head) > 0
	}
	if ready && found {
		m.take(group)
	}
	return ready && found, nil
}

// take takes the records that come next of those at hand, of which there are some.
func (m *merge) take(group []*mergePart) {
	first, last := First(len(group), func(i int) (int64, bool) {
		if len(group[i].head) == 0 {
			return 0, false
		}
		return group[i].head[0].Time, true
	})
	part, n := group[first], 1
	for n < len(part.head) && part.head[n].Time <= last {
		n++
	}
	m.current, m.batch.Records = part, part.head[:n]
	part.head = part.head[n:]
	m.more = len(part.head) > 0
}

// unfinished reports whether there are records at hand or to come that were there when the query began.
func (p *mergePart) unfinished() bool {
	_, reached := p.target(p.id)
	return len(p.head) > 0 || !reached
}

// fetch looks for records of a partition if there are none at hand. It reports whether there are
// none, but some to come that were there when the query began. Those that came later are left
// out if the feed is bounded.
func (m *merge) fetch(ctx context.Context, p *mergePart) (more bool, err error) {
	if len(p.head) > 0 {
		return false, nil
	}
	p.Subscription.TellFaults(never)
	p.putBack()
	found, err := p.find(ctx)
	if err != nil {
		return false, err
	}
	target, reached := p.target(p.id)
	if found {
		p.head = p.Subscription.batch.Records
		m.ahead.want(p.Subscription)
		for n := len(p.head); m.bounded && n > 0 && p.head[n-1].Offset >= target; n-- {
			p.head = p.head[:n-1]
		}
	}
	return len(p.head) == 0 && !reached, nil
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
func (m *merge) Partitions(topic string) int32 {
	for _, source := range m.sources {
		if source.request.Source.Topic == topic {
			return int32(len(source.parts))
		}
	}
	return 0
}

// Close implements Feed.
func (m *merge) Close() {
	if m.closed {
		return
	}
	m.closed = true
	m.ahead.close()
	for _, source := range m.sources {
		for _, part := range source.parts {
			part.Close()
		}
	}
}
