package op

import (
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/state"
)

// Aggregate keeps a row of results for each group and pushes it whenever a record
// changes it, with the one that it replaces. Its time is that of the newest of the
// group's records.
type Aggregate struct {
	Groups
	keyBuf []byte
	ahead  ahead
	next   Input
	out    data.Batch
}

// Groups is what an aggregation keeps: a row of results for each key in a store.
type Groups struct {
	Accumulator *Accumulator
	Store       state.Store
	Key         *data.Codec
}

var _ Input = (*Aggregate)(nil)

// NewAggregate returns an aggregation in front of next.
func NewAggregate(g Groups, next Input) *Aggregate { return &Aggregate{Groups: g, next: next} }

// Push pushes a change for each record.
func (a *Aggregate) Push(batch *data.Batch) error {
	a.out.Records = a.out.Records[:0]
	for i := range batch.Records {
		a.ahead.touch(batch.Records, i, a.keyOf, a.Store)
		changed, err := a.change(&batch.Records[i])
		if err != nil {
			return err
		}
		a.out.Records = append(a.out.Records, changed)
	}
	return a.next.Push(&a.out)
}

func (a *Aggregate) change(record *data.Record) (data.Record, error) {
	a.keyBuf = a.keyOf(a.keyBuf[:0], record)
	return a.Accumulator.change(a.Store, a.keyBuf, record)
}

func (a *Aggregate) keyOf(dst []byte, record *data.Record) []byte {
	return a.Key.Append(dst, record.Key)
}

// change updates a group in a store and returns the change of its results. The
// record's offset stays, for messages.
func (a *Accumulator) change(store state.Store, key []byte, record *data.Record) (data.Record, error) {
	changed := *record
	raw, err := store.Get(key)
	if err != nil {
		return changed, err
	}
	g, err := a.load(raw)
	if err != nil {
		return changed, err
	}
	if changed.Old = nil; g.there {
		if changed.Old, err = a.results(g); err != nil {
			return changed, err
		}
	}
	if err := a.update(&g, record); err != nil {
		return changed, err
	}
	if err := store.Put(key, a.encode(g)); err != nil {
		return changed, err
	}
	changed.Time, changed.Tombstone = g.time, false
	changed.Value, err = a.results(g)
	return changed, err
}
