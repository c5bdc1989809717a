package hub

import (
	"sort"
	"sync"

	"github.com/ksqlite/ksqlite/runtime/broker"
	"github.com/ksqlite/ksqlite/runtime/data"
)

// recordsPerChunk bounds a chunk, so that the rows decoded from it stay in the
// processor's cache while the operators of a query work on them.
const recordsPerChunk = 512

// chunk is a run of records of one partition, undecoded. It covers the offsets
// from base to next; the records in it may be fewer, or none.
type chunk struct {
	base, next int64
	messages   []broker.Message
	bytes      int
	fetch      *fetched
	pending    int // subscriptions that have yet to pass it; guarded by the reader's mutex

	mu      sync.Mutex
	decoded []*decoding // by different decoders, or for more columns
}

// fetched is the message slice that chunks are cut from; it goes back to the
// broker's reader when the last of them is dropped.
type fetched struct {
	topic    string
	messages []broker.Message
	chunks   int
}

// Fault is a record that could not be decoded, and is left out, or a single field
// of one that is kept.
type Fault struct {
	// Message is the record as it was read. Its bytes may be kept, the rest is
	// valid until whoever is told of the fault returns.
	Message *broker.Message
	Err     error
	// Kept says that the record is there, with NULL in the field. A record with
	// several such fields has a Fault for each.
	Kept bool
}

// decoding is a chunk's records, decoded.
type decoding struct {
	by      *decoders
	topic   string
	wanted  Wanted // the columns that were decoded
	records []data.Record
	faults  []Fault
	rows    []data.Value
	arena   data.Arena
}

// cut splits a fetch into chunks that begin at base.
func cut(f broker.Fetch, base int64) []*chunk {
	origin := &fetched{topic: f.Topic, messages: f.Messages}
	var chunks []*chunk
	rest := f.Messages
	for len(rest) > recordsPerChunk {
		next := rest[recordsPerChunk].Offset
		chunks = append(chunks, newChunk(base, next, rest[:recordsPerChunk], origin))
		base, rest = next, rest[recordsPerChunk:]
	}
	return append(chunks, newChunk(base, f.Next, rest, origin))
}

func newChunk(base, next int64, messages []broker.Message, origin *fetched) *chunk {
	c := &chunk{base: base, next: next, messages: messages, fetch: origin}
	origin.chunks++
	for i := range messages {
		c.bytes += messages[i].Size()
	}
	return c
}

// decode returns the chunk's records with at least the columns that the
// subscription needs. The first to ask does the work, for all who want it.
func (c *chunk) decode(d *decoders, need Wanted) *decoding {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, done := range c.decoded {
		if done.by == d && done.wanted.covers(need) {
			return done
		}
	}
	done := d.decode(c.fetch.topic, c.messages)
	c.decoded = append(c.decoded, done)
	return done
}

// forget drops the decoded records, whose memory is used for the next chunk.
func (c *chunk) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, done := range c.decoded {
		done.by.recycle(done)
	}
	c.decoded = nil
}

// disown leaves the decoded records to those who hold them: their memory is not
// used again. Who comes later decodes anew.
func (c *chunk) disown() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.decoded = nil
}

// between returns the records with offsets from (inclusive) to (exclusive).
func (d *decoding) between(from, to int64) []data.Record {
	all := d.records
	if len(all) == 0 || all[0].Offset >= from && all[len(all)-1].Offset < to {
		return all
	}
	lo := sort.Search(len(all), func(i int) bool { return all[i].Offset >= from })
	hi := sort.Search(len(all), func(i int) bool { return all[i].Offset >= to })
	return all[lo:max(lo, hi)]
}
