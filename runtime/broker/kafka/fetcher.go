package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// resumeWait is how long a broker may wait for records while partitions
// pause, and so how long a resumed one may have to wait to be asked for.
const resumeWait = 20 * time.Millisecond

// fetcher fetches from one broker, for as long as the reader is open. One
// response is in flight or waits to be polled.
type fetcher struct {
	r      *reader
	broker int32
	wake   chan struct{}
	asked  map[int32]uint64

	mu        sync.Mutex
	interrupt context.CancelFunc // ends the request in flight
}

// startFetchers runs a fetcher for each broker to read from that has none.
func (r *reader) startFetchers(ctx context.Context) {
	r.fetchersMu.Lock()
	defer r.fetchersMu.Unlock()
	for _, id := range r.partitions.brokers() {
		if r.fetchers[id] != nil {
			continue
		}
		f := &fetcher{r: r, broker: id, wake: make(chan struct{}, 1), asked: make(map[int32]uint64)}
		r.fetchers[id] = f
		r.running.Go(func() { f.run(ctx) })
	}
}

// wakeFetchers makes fetchers look again for partitions to fetch, at once
// even if a broker lets them wait for records.
func (r *reader) wakeFetchers(interrupt bool) {
	r.fetchersMu.Lock()
	defer r.fetchersMu.Unlock()
	for _, f := range r.fetchers {
		signal(f.wake)
		if interrupt {
			f.cancel()
		}
	}
}

func (f *fetcher) cancel() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.interrupt != nil {
		f.interrupt()
	}
}

func (f *fetcher) run(ctx context.Context) {
	for ctx.Err() == nil {
		request := f.request()
		if request == nil {
			select {
			case <-f.wake:
			case <-ctx.Done():
			}
			continue
		}
		response, err := f.fetch(ctx, request)
		if err != nil {
			f.failed(ctx, err)
			continue
		}
		if chunks := f.accept(response); len(chunks) > 0 {
			select {
			case f.r.responses <- chunks:
			case <-ctx.Done():
			}
		}
	}
}

// request asks for every partition that may be fetched, or is nil.
func (f *fetcher) request() *kmsg.FetchRequest {
	s := f.r.cluster.settings
	list, paused := f.r.partitions.ask(f.broker, s.partitionMaxBytes, f.asked)
	if len(list) == 0 {
		return nil
	}
	q := kmsg.NewPtrFetchRequest()
	q.MaxWaitMillis = int32(s.fetchMaxWait.Milliseconds())
	if paused {
		q.MaxWaitMillis = min(q.MaxWaitMillis, int32(resumeWait.Milliseconds()))
	}
	q.MinBytes, q.MaxBytes = s.fetchMinBytes, s.fetchMaxBytes
	q.Rack = s.rack
	q.SessionEpoch = -1 // no fetch session: each request names all partitions
	if f.r.options.Isolation == broker.ReadCommitted {
		q.IsolationLevel = 1
	}
	t := kmsg.NewFetchRequestTopic()
	// Up to version 12 the name is sent, from 13 on the id.
	t.Topic, t.TopicID, t.Partitions = f.r.options.Topic, f.r.topicID, list
	q.Topics = []kmsg.FetchRequestTopic{t}
	return q
}

func (f *fetcher) fetch(ctx context.Context, q *kmsg.FetchRequest) (*kmsg.FetchResponse, error) {
	ctx, cancel := context.WithCancel(ctx)
	f.mu.Lock()
	f.interrupt = cancel
	f.mu.Unlock()
	defer f.cancel()
	answer, err := f.r.client.Broker(int(f.broker)).Request(ctx, q)
	if err != nil {
		return nil, err
	}
	response, ok := answer.(*kmsg.FetchResponse)
	if !ok {
		return nil, fmt.Errorf("answer to a fetch request is %T", answer)
	}
	return response, kerr.ErrorForCode(response.ErrorCode)
}

// failed handles a request without an answer: the keeper finds out whether the
// partitions have another leader and when to try again.
func (f *fetcher) failed(ctx context.Context, err error) {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return // closed or interrupted
	}
	f.r.cluster.log.Debug("fetch failed", "topic", f.r.options.Topic, "broker", f.broker, "error", err)
	if f.r.cluster.refused(err) {
		f.r.fail(f.r.cluster.explain(ctx, err))
	}
	f.r.partitions.suspend(f.asked)
	f.r.want()
}

// accept takes over a response and returns what it holds for Poll.
func (f *fetcher) accept(response *kmsg.FetchResponse) []chunk {
	var chunks []chunk
	var keeper bool
	for i := range response.Topics {
		for j := range response.Topics[i].Partitions {
			p := &response.Topics[i].Partitions[j]
			if p.ErrorCode == kerr.TopicAuthorizationFailed.Code {
				f.r.fail(fmt.Errorf("topic %s: %w", f.r.options.Topic, f.r.cluster.denied(opRead, "Topic", f.r.options.Topic)))
			}
			c, needed := f.r.partitions.accept(answer{p, f.broker, f.end(p)}, f.asked[p.Partition])
			keeper = keeper || needed
			if c.raw != nil {
				chunks = append(chunks, c)
			}
		}
	}
	if keeper {
		f.r.want()
	} else {
		f.r.tries.Store(0)
	}
	return chunks
}

// end is how far can be read of a partition.
func (f *fetcher) end(p *kmsg.FetchResponseTopicPartition) int64 {
	if f.r.options.Isolation == broker.ReadCommitted && p.LastStableOffset >= 0 {
		return p.LastStableOffset
	}
	return p.HighWatermark
}
