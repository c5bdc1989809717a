package kafka

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/ksqlite/ksqlite/runtime/broker"
)

// pollRecords is about how many records one Poll decodes: enough to make the
// call cheap, few enough that the rows made of them stay in the cache.
const pollRecords = 2048

// chunk is what one response holds of one partition, being decoded.
type chunk struct {
	of        *partitions
	topic     string
	partition int32
	// move tells chunks from before a partition was moved or removed from
	// those after, see partition.move.
	move uint64
	// position is the first offset wanted; it rises as batches are decoded.
	position int64
	end      int64
	raw      []byte
	aborted  *abortedList
}

// abortedList are the aborted transactions of a chunk, in the order of their
// first offsets, and those that are open at the batch being decoded.
type abortedList struct {
	pending []kmsg.FetchResponseTopicPartitionAbortedTransaction
	open    map[int64]bool // by producer
}

// newAbortedList returns nil for no transactions.
func newAbortedList(txns []kmsg.FetchResponseTopicPartitionAbortedTransaction) *abortedList {
	if len(txns) == 0 {
		return nil
	}
	slices.SortFunc(txns, func(a, b kmsg.FetchResponseTopicPartitionAbortedTransaction) int {
		return int(min(max(a.FirstOffset-b.FirstOffset, -1), 1))
	})
	return &abortedList{pending: txns, open: make(map[int64]bool)}
}

// drops reports whether a batch belongs to an aborted transaction, and keeps
// count of those that begin and end.
func (l *abortedList) drops(b batch) (bool, error) {
	if l == nil {
		return false, nil
	}
	for len(l.pending) > 0 && l.pending[0].FirstOffset < b.next() {
		l.open[l.pending[0].ProducerID] = true
		l.pending = l.pending[1:]
	}
	if !b.control() {
		return b.transactional() && l.open[b.producer()], nil
	}
	aborts, err := b.aborts()
	if aborts {
		delete(l.open, b.producer())
	}
	return true, err
}

// decoder turns chunks into fetches. It belongs to the goroutine that polls.
type decoder struct {
	decompressor kgo.Decompressor
	checkCRCs    bool
	spare        [][]broker.Message
}

// recycle keeps a message slice to be filled again.
func (d *decoder) recycle(messages []broker.Message) {
	if cap(messages) > 0 && len(d.spare) < 8 {
		d.spare = append(d.spare, messages[:0])
	}
}

func (d *decoder) take() []broker.Message {
	if n := len(d.spare); n > 0 {
		m := d.spare[n-1]
		d.spare = d.spare[:n-1]
		return m
	}
	return nil
}

// decode takes batches off a chunk until about want records have come, it is
// at its end, or a batch cannot be read.
func (d *decoder) decode(c *chunk, want int) broker.Fetch {
	f := broker.Fetch{Topic: c.topic, Partition: c.partition, Next: c.position, End: c.end}
	var r recordReader
	for len(f.Messages) < want && f.Err == nil {
		b, rest, err := cutBatch(c.raw)
		c.raw = rest
		if b == nil && err == nil {
			break
		}
		if err == nil {
			err = d.decodeBatch(c, b, &r, &f)
		}
		if err != nil {
			f.Err = &broker.CorruptError{Topic: c.topic, Partition: c.partition, Offset: max(batchStart(b), c.position), Reason: err}
		}
		if b != nil {
			c.position = max(c.position, c.after(b))
		}
	}
	f.Next = c.position
	f.End = max(f.End, f.Next)
	return f
}

// batchStart is the first offset of a batch, of any format.
func batchStart(b batch) int64 {
	if b == nil {
		return 0
	}
	return b.firstOffset()
}

// after is where reading goes on behind a batch: what its header says, as
// long as the next batch or the partition's end bear it out. Brokers note the
// end before they read, so batches that are being written meanwhile lie behind
// it; those are whole, no compaction has thinned them out.
func (c *chunk) after(b batch) int64 {
	limit := c.end
	if b[atMagic] == 2 {
		limit = max(limit, b.firstOffset()+int64(b.count()))
	}
	if len(c.raw) >= headerSize {
		limit = batch(c.raw).firstOffset()
	}
	if b[atMagic] != 2 || b.next() > limit {
		return min(b.firstOffset()+1, limit)
	}
	return b.next()
}

// scan returns where reading goes on after the chunk, without decoding it.
func (c chunk) scan() int64 {
	for {
		b, rest, _ := cutBatch(c.raw)
		if b == nil {
			return c.position
		}
		c.raw = rest
		c.position = max(c.position, c.after(b))
	}
}

// decodeBatch appends the records of a batch that are wanted.
func (d *decoder) decodeBatch(c *chunk, b batch, r *recordReader, f *broker.Fetch) error {
	if b.next() <= c.position {
		return nil // before the position: brokers answer with whole batches
	}
	if d.checkCRCs {
		if err := b.intact(); err != nil {
			return err
		}
	}
	if drop, err := c.aborted.drops(b); drop || err != nil || b.control() {
		return err
	}
	raw, err := b.records(d.decompressor)
	if err != nil {
		return err
	}
	r.raw = raw
	return d.appendRecords(c, b, r, f)
}

func (d *decoder) appendRecords(c *chunk, b batch, r *recordReader, f *broker.Fetch) error {
	count := int(b.count())
	if count < 0 || count > len(r.raw)/minRecordSize+1 {
		return errTruncated
	}
	if f.Messages == nil {
		f.Messages = d.take()
	}
	f.Messages = slices.Grow(f.Messages, count)
	appendTime := b.attributes()&appendTimeBit != 0
	for range count {
		n := len(f.Messages)
		f.Messages = f.Messages[:n+1]
		m := &f.Messages[n]
		if err := r.read(m, b); err != nil {
			f.Messages = f.Messages[:n]
			return err
		}
		m.Partition = c.partition
		if appendTime {
			m.Time = b.maxTime()
		}
		if m.Offset < c.position {
			f.Messages = f.Messages[:n]
		}
	}
	return nil
}
