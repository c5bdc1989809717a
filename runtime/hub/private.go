package hub

import (
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

// NewPrivate returns a decoder of what a request names: its source, the columns
// that it wants, and what becomes of fields that cannot be read.
func NewPrivate(r Request, formats *serde.Formats) (*Private, error) {
	d, err := newDecoders(decodersKey{r.Source, r.NullFields}, formats)
	if err != nil {
		return nil, err
	}
	d.want(r.Wanted)
	return &Private{decoders: d, topic: r.Source.Topic}, nil
}

// From says which topic of its source the next messages come from.
func (p *Private) From(topic string) { p.topic = topic }

// Decode decodes messages of one partition. The batch is valid until the next
// call. Fault is told of each record, or field, that cannot be decoded.
func (p *Private) Decode(messages []broker.Message, fault func(Fault)) *data.Batch {
	if p.last != nil {
		p.decoders.recycle(p.last)
	}
	p.last = p.decoders.decode(p.topic, messages)
	for _, f := range p.last.faults {
		fault(f)
	}
	p.batch.Records = p.last.records
	return &p.batch
}
