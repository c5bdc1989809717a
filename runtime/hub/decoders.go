package hub

import (
	"slices"
	"sync"

	"github.com/ksqlite/ksqlite/planner/catalog"
	"github.com/ksqlite/ksqlite/planner/types"
	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
	"github.com/ksqlite/ksqlite/runtime/serde"
)

// Wanted says which columns of a source somebody reads, by their positions in
// its schema. The zero Wanted is none.
type Wanted struct{ Key, Value []bool }

// WantAll wants all columns.
func WantAll(s *types.Schema) Wanted {
	return Wanted{Key: slices.Repeat([]bool{true}, len(s.Key)), Value: slices.Repeat([]bool{true}, len(s.Value))}
}

// Union returns what either wants.
func (w Wanted) Union(other Wanted) Wanted {
	both := w.clone()
	both.add(other)
	return both
}

// covers reports whether everything that other wants is wanted.
func (w Wanted) covers(other Wanted) bool {
	return coversAll(w.Key, other.Key) && coversAll(w.Value, other.Value)
}

func coversAll(have, need []bool) bool {
	for i, n := range need {
		if n && !have[i] {
			return false
		}
	}
	return true
}

func (w Wanted) clone() Wanted { return Wanted{slices.Clone(w.Key), slices.Clone(w.Value)} }

// add makes everything that other wants wanted.
func (w Wanted) add(other Wanted) {
	for i, n := range other.Key {
		w.Key[i] = w.Key[i] || n
	}
	for i, n := range other.Value {
		w.Value[i] = w.Value[i] || n
	}
}

// decoders decode the records of one source for everybody who reads it. A source
// is one immutable struct for as long as it is in the catalog, so its address names it.
type decoders struct {
	decodersKey
	formats *serde.Formats
	time    timestamper // nil for the record's own time

	mu     sync.Mutex
	wanted Wanted // by all who have subscribed
	free   []*recordDecoder
	spare  []*decoding // whose memory can be used again

	users int // subscriptions; guarded by the hub's mutex
}

// spareDecodings bounds the memory that is kept for the next chunks.
const spareDecodings = 8

// decodersKey is what subscriptions have to agree on to share decoders.
type decodersKey struct {
	source     *catalog.Source
	nullFields bool // fields that cannot be read are NULL
}

// decodersFor returns the decoders for one more subscription. They are kept until
// the last one leaves.
func (h *Hub) decodersFor(r Request) (*decoders, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := decodersKey{r.Source, r.NullFields}
	d, ok := h.decoders[key]
	if !ok {
		var err error
		if d, err = newDecoders(key, h.formats); err != nil {
			return nil, err
		}
		h.decoders[key] = d
	}
	d.users++
	d.want(r.Wanted)
	return d, nil
}

// newDecoders returns decoders that decode no column but the one that has the time.
func newDecoders(key decodersKey, formats *serde.Formats) (*decoders, error) {
	source := key.source
	d := &decoders{decodersKey: key, formats: formats, wanted: Wanted{
		Key: make([]bool, len(source.Schema.Key)), Value: make([]bool, len(source.Schema.Value)),
	}}
	if err := d.extractTime(); err != nil {
		return nil, err
	}
	first, err := d.newDecoder()
	if err != nil {
		return nil, err
	}
	d.free = append(d.free, first)
	return d, nil
}

// drop says that a subscription has left. The caller holds mu.
func (h *Hub) drop(d *decoders) {
	if d.users--; d.users == 0 {
		delete(h.decoders, d.decodersKey)
	}
}

// want adds what a new subscription wants. Decoders made before know less and
// are dropped.
func (d *decoders) want(wanted Wanted) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.wanted.covers(wanted) {
		grown := d.wanted.clone()
		grown.add(wanted)
		d.wanted, d.free = grown, nil
	}
}

// decode decodes messages of a topic for all columns that anybody wants.
func (d *decoders) decode(topic string, messages []broker.Message) *decoding {
	dec, into := d.take()
	into.topic = topic
	into.reserve(len(messages), dec.width)
	for i := range messages {
		dec.decode(&messages[i], into)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if dec.wanted.covers(d.wanted) {
		d.free = append(d.free, dec)
	}
	return into
}

func (d *decoders) take() (*recordDecoder, *decoding) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var dec *recordDecoder
	if n := len(d.free); n > 0 {
		dec, d.free = d.free[n-1], d.free[:n-1]
	} else {
		dec = d.mustDecoder()
	}
	into := &decoding{by: d}
	if n := len(d.spare); n > 0 {
		into, d.spare = d.spare[n-1], d.spare[:n-1]
	}
	into.wanted = dec.wanted
	return dec, into
}

// recycle keeps a decoding's memory. Nobody may hold its records any more.
func (d *decoders) recycle(done *decoding) {
	done.arena.Reset()
	scramble(done.rows)
	clear(done.faults)
	done.records, done.rows, done.faults = done.records[:0], done.rows[:0], done.faults[:0]
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.spare) < spareDecodings {
		d.spare = append(d.spare, done)
	}
}

// reserve makes room for the rows of n records.
func (d *decoding) reserve(n, width int) {
	d.records = slices.Grow(d.records[:0], n)
	d.rows = slices.Grow(d.rows[:0], n*width)
}

// row carves a row from the room that was reserved.
func (d *decoding) row(width int) data.Row {
	used := len(d.rows)
	d.rows = d.rows[:used+width]
	return data.Row(d.rows[used : used+width : used+width])
}
