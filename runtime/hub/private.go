package hub

import (
	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Private decodes the records of a source for one task, which fetches them by
// itself: a persistent query reads in a consumer group and shares with nobody.
// It belongs to one goroutine.
type Private struct {
	decoders *decoders
	topic    string
	last     *decoding
	batch    data.Batch
}

// NewPrivate returns a decoder of the columns that are wanted.
func NewPrivate(source *catalog.Source, formats *serde.Formats, wanted Wanted) (*Private, error) {
	d, err := newDecoders(source, formats)
	if err != nil {
		return nil, err
	}
	d.want(wanted)
	return &Private{decoders: d, topic: source.Topic}, nil
}

// From says which topic of its source the next messages come from.
func (p *Private) From(topic string) { p.topic = topic }

// Decode decodes messages of one partition. The batch is valid until the next
// call. Fault is told of each record that cannot be decoded; it is left out.
func (p *Private) Decode(messages []broker.Message, fault func(partition int32, offset int64, err error)) *data.Batch {
	if p.last != nil {
		p.decoders.recycle(p.last)
	}
	p.last = p.decoders.decode(p.topic, messages)
	for _, f := range p.last.faults {
		fault(messages[0].Partition, f.offset, f.err)
	}
	p.batch.Records = p.last.records
	return &p.batch
}
