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
	err := a.Store.Fetch(len(batch.Records), func(i int) []byte { return a.keyOf(&batch.Records[i]) })
	if err != nil {
		return err
	}
	for i := range batch.Records {
		changed, err := a.change(&batch.Records[i])
		if err != nil {
			return err
		}
		a.out.Records = append(a.out.Records, changed)
	}
	return a.next.Push(&a.out)
}

func (a *Aggregate) change(record *data.Record) (data.Record, error) {
	return a.Accumulator.change(a.Store, a.keyOf(record), record)
}

// keyOf returns the key of a record's group in the store until the next call.
func (a *Aggregate) keyOf(record *data.Record) []byte {
	a.keyBuf = a.Key.Append(a.keyBuf[:0], record.Key)
	return a.keyBuf
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
