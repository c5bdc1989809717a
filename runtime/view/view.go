package view

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// view is one table: what its topic comes to up to some offsets. Whoever has the turn may use it.
type view struct {
	source  *catalog.Source
	cluster broker.Cluster
	decoder *hub.Private
	owner   *state.Owner // rests while nobody has the turn
	rows    *rows
	read    []int64 // how far, by partition
	turn    chan struct{}

	readers int       // feeds that are open; guarded by the mutex of Tables
	left    time.Time // when the last of them was closed
}

func (t *Tables) newView(source *catalog.Source, nullFields bool) (*view, error) {
	request := hub.Request{
		Source: source, NullFields: nullFields,
		Wanted: hub.Wanted{Key: all(len(source.Schema.Key)), Value: all(len(source.Schema.Value))},
	}
	decoder, err := hub.NewPrivate(request, t.Formats)
	if err != nil {
		return nil, err
	}
	owner := t.Memory.NewOwner()
	v := &view{
		source: source, cluster: t.Cluster, decoder: decoder, owner: owner,
		rows: newRows(source, owner.NewStore(state.Sorted)), turn: make(chan struct{}, 1),
	}
	owner.Rest()
	return v, nil
}

func all(n int) []bool {
	wanted := make([]bool, n)
	for i := range wanted {
		wanted[i] = true
	}
	return wanted
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
// it is meanwhile. When it is ended by
// an error, it goes on from there the next time. The caller has the turn.
func (v *view) catchUp(ctx context.Context, upTo broker.Extent, tell Tell, behind *atomic.Int64) error {
	if err := v.follow(upTo); err != nil {
		return err
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

// follow takes partitions in that the topic has got. Where a partition ends before what was read of it,
// the topic was made anew, and so is the view.
func (v *view) follow(upTo broker.Extent) error {
	for p := range min(len(v.read), len(upTo.Ends)) {
		if upTo.Ends[p] >= v.read[p] {
			continue
		}
		if err := v.rows.store.Close(); err != nil {
			return err
		}
		v.rows, v.read = newRows(v.source, v.owner.NewStore(state.Sorted)), nil
		break
	}
	for p := len(v.read); p < len(upTo.Starts); p++ {
		v.read = append(v.read, upTo.Starts[p])
	}
	return nil
}

// recordsAtOnce bounds what is decoded at once, so that it stays in the processor's cache.
const recordsAtOnce = 512

// add adds what was fetched of a partition.
func (v *view) add(f broker.Fetch, tell Tell) error {
	for len(f.Messages) > 0 {
		some := f.Messages[:min(len(f.Messages), recordsAtOnce)]
		f.Messages = f.Messages[len(some):]
		for _, record := range v.decoder.Decode(some, tell.Fault).Records {
			if err := v.rows.set(&record, tell); err != nil {
				return fmt.Errorf("the rows of table %s: %w", v.source.Name, err)
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
