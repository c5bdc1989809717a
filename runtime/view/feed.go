package view

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync/atomic"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/hub"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Feed hands out rows of a table, in the order of the bytes of their keys, as records of one
// partition. One goroutine at a time may use it.
type Feed struct {
	tables *Tables
	view   *view
	tell   Tell
	upTo   broker.Extent // what the view has to have read
	rows   *rows         // of the view once it has; nil before
	left   []span        // of keys that are still to be read
	lag    atomic.Int64
	arena  data.Arena
	batch  data.Batch
	closed bool
}

var _ hub.Feed = (*Feed)(nil)

// span is keys from one up to another, which is left out; nil are the ends of the store.
type span struct{ from, to []byte }

func newFeed(t *Tables, v *view, r Request, upTo broker.Extent) *Feed {
	f := &Feed{tables: t, view: v, tell: r.Tell, upTo: upTo, left: []span{{}}}
	if r.Keys != nil {
		f.left = spansOf(r)
	}
	for p := range upTo.Ends {
		f.lag.Add(upTo.Ends[p] - upTo.Starts[p])
	}
	return f
}

// spansOf returns where the rows of keys lie: each key once, in their order.
func spansOf(r Request) []span {
	codec := data.CodecOf(r.Source.Schema.Key)
	spans := make([]span, len(r.Keys))
	for i, key := range r.Keys {
		begin := state.Key{}.Bytes(codec.Append(nil, key))
		spans[i] = span{begin, begin.After()}
	}
	slices.SortFunc(spans, func(a, b span) int { return bytes.Compare(a.from, b.from) })
	return slices.CompactFunc(spans, func(a, b span) bool { return bytes.Equal(a.from, b.from) })
}

// rowsAtOnce is how many rows are read before others have a turn.
const rowsAtOnce = 512

// Next returns the next rows, at least one. It returns io.EOF behind the last. Rows that change while they
// are read may be there as they were or as they are.
func (f *Feed) Next(ctx context.Context) (*data.Batch, error) {
	if f.closed {
		return nil, broker.ErrClosed
	}
	if err := f.view.take(ctx); err != nil {
		return nil, err
	}
	defer f.view.give()
	switch f.rows {
	case f.view.rows:
	case nil:
		f.lag.Store(f.view.behind(f.upTo))
		if err := f.view.catchUp(ctx, f.upTo, f.tell, &f.lag); err != nil {
			return nil, err
		}
		f.rows = f.view.rows
	default:
		return nil, fmt.Errorf("topic %s was made anew while its rows were read", f.upTo.Topic)
	}
	f.arena.Reset()
	f.batch.Records = f.batch.Records[:0]
	for len(f.left) > 0 && len(f.batch.Records) < rowsAtOnce {
		if err := f.read(); err != nil {
			return nil, err
		}
	}
	if len(f.batch.Records) == 0 {
		return nil, io.EOF
	}
	return &f.batch, nil
}

// read reads on in the first span.
func (f *Feed) read() error {
	s := &f.left[0]
	next, damaged := []byte(nil), error(nil)
	err := f.rows.store.Scan(s.from, s.to, func(key, value []byte) bool {
		if len(f.batch.Records) == rowsAtOnce {
			next = slices.Clone(key)
			return false
		}
		var record data.Record
		var ok bool
		if record, ok, damaged = f.rows.row(key, value, &f.arena); ok {
			record.Topic = f.upTo.Topic
			f.batch.Records = append(f.batch.Records, record)
		}
		return damaged == nil
	})
	switch {
	case err != nil:
		return err
	case damaged != nil:
		return damaged
	case next == nil:
		f.left = f.left[1:]
	default:
		s.from = next
	}
	return nil
}

// More implements [hub.Feed].
func (*Feed) More() bool { return false }

// TellFaults implements [hub.Feed]: they are told as they are met.
func (*Feed) TellFaults(int64) {}

// Topic implements [hub.Feed].
func (f *Feed) Topic() string { return f.upTo.Topic }

// Source implements [hub.Feed].
func (f *Feed) Source() *catalog.Source { return f.view.of.source }

// Lag is how many offsets of the topic are to be read before the first row comes. It may be called by
// several goroutines.
func (f *Feed) Lag() int64 { return f.lag.Load() }

// Partitions implements [hub.Feed]: where a row comes from makes no difference any more.
func (*Feed) Partitions(string) int32 { return 1 }

// Close implements [hub.Feed].
func (f *Feed) Close() {
	if !f.closed {
		f.closed = true
		f.tables.leave(f.view)
	}
}
