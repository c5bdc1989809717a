package op

import (
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// HandOver is a [Forward] to tasks in the same place, which take the records as they are:
// nothing is encoded but a key that says which task a record is for. A record whose key cannot
// be encoded is dropped and reported.
type HandOver struct {
	ctx        *Context
	layout     Layout
	routing    Routing
	partitions int32
	take       func(data.Record)
	key        []byte
}

var _ Input = (*HandOver)(nil)

// NewHandOver returns the end of a stage in front of one that has a task for each of so many
// partitions. A record that is taken names its partition; it lies in the arena.
func NewHandOver(ctx *Context, layout Layout, routing Routing, partitions int32, take func(data.Record)) *HandOver {
	return &HandOver{ctx: ctx, layout: layout, routing: routing, partitions: partitions, take: take}
}

// Push hands the records over.
func (h *HandOver) Push(batch *data.Batch) error {
	for i := range batch.Records {
		record := &batch.Records[i]
		partition, err := h.partition(record)
		if err != nil {
			h.ctx.Report(record, err, true)
			continue
		}
		h.take(data.Record{
			Key: h.keep(record.Key), Value: h.keep(record.Value), Old: h.keep(record.Old), Tombstone: record.Value == nil,
			Time: record.Time, Offset: record.Offset, Partition: partition,
		})
	}
	return nil
}

// partition is the one whose task a record is for.
func (h *HandOver) partition(record *data.Record) (int32, error) {
	if h.routing.Back {
		return record.Partition, nil
	}
	key, err := h.routing.append(h.key[:0], h.layout, record)
	if err != nil {
		return 0, err
	}
	if key != nil {
		h.key = key
	}
	return broker.PartitionOf(key, h.partitions), nil
}

// keep copies a row, whose place the operators before this one use again.
func (h *HandOver) keep(row data.Row) data.Row {
	if row == nil {
		return nil
	}
	kept := h.ctx.Frame.Arena.Values(len(row))
	copy(kept, row)
	return kept
}
