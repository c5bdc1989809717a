package view

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/serde"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// view is one table: what its topic comes to up to some offsets. Whoever has the turn may use it.
type view struct {
	of      viewOf
	cluster broker.Cluster
	decoder *hub.Private
	owner   *state.Owner // rests while nobody has the turn
	rows    *rows
	read    []int64 // how far, by partition
	turn    chan struct{}

	readers int       // feeds that are open; guarded by the mutex of Tables
	left    time.Time // when the last of them was closed
}

func (t *Tables) newView(of viewOf) (*view, error) {
	request := hub.Request{Source: of.source, NullFields: of.nullFields, Wanted: hub.WantAll(of.source.Schema)}
	decoder, err := hub.NewPrivate(request, t.Formats)
	if err != nil {
		return nil, err
	}
	owner := t.Memory.NewOwner()
	v := &view{
		of: of, cluster: t.Cluster, decoder: decoder, owner: owner,
		rows: newRows(of.source, owner.NewStore(state.Sorted)), turn: make(chan struct{}, 1),
	}
	owner.Rest()
	return v, nil
}

// take waits for the turn.
func (v *view) take(ctx context.Context) error {
	select {
	case v.turn <- struct{}{}:
		v.owner.Resume()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// give gives the turn to somebody else.
func (v *view) give() {
	v.owner.Rest()
	<-v.turn
}

// catchUp reads what the topic has up to some offsets and the view does not have yet, and tells how far behind
// it is meanwhile. When it is ended by an error, it goes on from there the next time. The caller has the turn.
func (v *view) catchUp(ctx context.Context, upTo broker.Extent, tell Tell, behind *atomic.Int64) error {
	if v.beyond(upTo) {
		var err error
		if upTo, err = v.beginAnew(ctx, upTo.Topic); err != nil {
			return err
		}
	}
	for p := len(v.read); p < len(upTo.Starts); p++ { // partitions that the topic has got
		v.read = append(v.read, upTo.Starts[p])
	}
	part := broker.Extent{Topic: upTo.Topic, Starts: v.read, Ends: upTo.Ends}
	var failed error
	err := part.Read(ctx, v.cluster, func(f broker.Fetch) bool {
		if f.Err != nil {
			tell.Gap(f.Err)
		}
		if failed = v.add(f, tell); failed == nil {
			failed = ctx.Err()
		}
		behind.Store(v.behind(upTo))
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	return err
}

// beyond reports whether more was read of the topic than it had once.
func (v *view) beyond(then broker.Extent) bool {
	if len(v.read) > len(then.Ends) {
		return true
	}
	for p, read := range v.read {
		if read > then.Ends[p] {
			return true
		}
	}
	return false
}

// beginAnew forgets all rows if the topic that they are from is gone and there is another one of its name:
// more was read than that has at this moment. It returns what the topic has. Somebody who has asked
// earlier than others, but has the turn after them, finds the topic as they did.
func (v *view) beginAnew(ctx context.Context, topic string) (broker.Extent, error) {
	now, err := broker.ExtentOf(ctx, v.cluster, topic)
	if err != nil || !v.beyond(now) {
		return now, err
	}
	if err := v.rows.store.Close(); err != nil {
		return now, err
	}
	v.rows, v.read = newRows(v.of.source, v.owner.NewStore(state.Sorted)), nil
	return now, nil
}

// recordsAtOnce bounds what is decoded at once, so that it stays in the processor's cache.
const recordsAtOnce = 512

// add adds what was fetched of a partition.
func (v *view) add(f broker.Fetch, tell Tell) error {
	for len(f.Messages) > 0 {
		some := f.Messages[:min(len(f.Messages), recordsAtOnce)]
		f.Messages = f.Messages[len(some):]
		records, err := v.decode(some, tell)
		if err != nil {
			return fmt.Errorf("the rows of table %s: %w", v.of.source.Name, err)
		}
		for _, record := range records {
			if err := v.rows.set(&record, tell); err != nil {
				return fmt.Errorf("the rows of table %s: %w", v.of.source.Name, err)
			}
		}
		v.read[f.Partition] = some[len(some)-1].Offset + 1
		if err := v.rows.sweep(); err != nil {
			return err
		}
	}
	v.read[f.Partition] = max(v.read[f.Partition], f.Next)
	return nil
}

// decode decodes messages of a partition. It returns an error where a record may be read later, or
// must not be passed by: what is left out of a view stays left out.
func (v *view) decode(messages []broker.Message, tell Tell) ([]data.Record, error) {
	var failed error
	batch := v.decoder.Decode(messages, func(f hub.Fault) {
		_, unanswered := errors.AsType[*serde.UnansweredError](f.Err)
		if failed == nil && (unanswered || v.of.failOnFault && !f.Kept) {
			failed = f.Err
		}
		if !unanswered {
			tell.Fault(f)
		}
	})
	return batch.Records, failed
}

// behind is how many offsets lie between what was read and some others.
func (v *view) behind(upTo broker.Extent) (n int64) {
	for p, end := range upTo.Ends {
		read := upTo.Starts[p]
		if p < len(v.read) {
			read = v.read[p]
		}
		n += max(0, end-read)
	}
	return n
}

// close gives back the memory.
func (v *view) close() error {
	v.owner.Resume()
	defer v.owner.Rest()
	return v.rows.store.Close()
}
