package broker

import (
	"context"
	"fmt"
)

// Offsets that stand for a position the broker is asked for.
const (
	// Latest is the end of a partition at the time it is looked up.
	Latest int64 = -1
	// Earliest is the first offset a partition still has.
	Earliest int64 = -2
)

// Isolation says which records of transactions a reader sees.
type Isolation int8

const (
	// DefaultIsolation is what the cluster's isolation.level property says.
	DefaultIsolation Isolation = iota
	// ReadCommitted leaves out aborted records and stops at the last stable
	// offset, the first record of the oldest open transaction.
	ReadCommitted
	// ReadUncommitted shows all records up to the high watermark.
	ReadUncommitted
)

// Start is a partition and the offset of the first record wanted of it:
// a position, Earliest or Latest.
type Start struct {
	Partition int32
	Offset    int64
}

// ReadOptions says what a reader reads.
type ReadOptions struct {
	Topic string
	// Starts are the partitions to read. Nil means every partition of the
	// topic, each from Default.
	Starts []Start
	// Default is where partitions without a Start begin, and where one goes
	// on when its position is out of range (see [OffsetResetError]):
	// Earliest or Latest. The zero value is Earliest.
	Default int64
	// Fixed keeps to the partitions known when the reader was opened.
	// Otherwise partitions added to the topic later are read from their
	// beginning.
	Fixed bool
	// Isolation is about transactions.
	Isolation Isolation
}

// Reader reads partitions of one topic without a group, fair between them.
//
// It survives restarts of brokers and changes of leaders. Poll and Recycle
// belong to one goroutine; the others may be called from any.
type Reader interface {
	// Poll waits for chunks and returns those that have come, at least one.
	// It returns an error when ctx is done, when the reader is closed
	// (ErrClosed) and when reading cannot go on: the topic was deleted
	// (ErrTopicDeleted), or the cluster refuses us (ErrAuthentication,
	// ErrAuthorization). The returned slice is valid until the next Poll;
	// the messages in it stay valid, see Recycle.
	Poll(ctx context.Context) ([]Fetch, error)

	// Recycle gives back the message slice of a fetch, to be filled again.
	// It is optional and saves an allocation a chunk. The caller must have
	// no use left for the slice; keys and values taken from it stay valid.
	Recycle(messages []Message)

	// Add starts reading further partitions, or moves ones that are read to
	// another position. A chunk from before the call is not delivered after
	// it.
	Add(starts ...Start)

	// Pause stops fetching partitions without losing their position. What was
	// fetched or asked for before is still delivered.
	Pause(partitions ...int32)
	// Resume goes on with paused partitions.
	Resume(partitions ...int32)
	// Remove stops reading partitions. Nothing more of them is delivered.
	Remove(partitions ...int32)

	// Close stops reading, ends a Poll in progress and waits until nothing of
	// the reader is left running. Further calls do nothing.
	Close()
}

// Fetch is a chunk of one partition: records in offset order, or none where
// only the position has moved.
type Fetch struct {
	Topic     string
	Partition int32
	Messages  []Message
	// Next is the position after this chunk, beyond transaction markers,
	// aborted records and what compaction removed. A bounded read of the
	// partition is complete once Next reaches its end.
	Next int64
	// End is how far can be read now: the last stable offset under
	// ReadCommitted, else the high watermark.
	End int64
	// Added says that the topic has got this partition while it was read.
	// The chunk that says so has no messages.
	Added bool
	// Err is something to be told about this partition: an
	// *OffsetResetError or a *CorruptError. Reading goes on at Next.
	Err error
}

// OffsetResetError says that a position was no longer, or not yet, in its
// partition, and where reading went on.
type OffsetResetError struct {
	Topic     string
	Partition int32
	// Wanted is the offset that was out of range, Resumed the one read next.
	Wanted, Resumed int64
}

func (e *OffsetResetError) Error() string {
	return fmt.Sprintf("topic %s partition %d: offset %d is out of range, reading goes on at offset %d",
		e.Topic, e.Partition, e.Wanted, e.Resumed)
}

// CorruptError says that a batch of records could not be read and was left
// out.
type CorruptError struct {
	Topic     string
	Partition int32
	// Offset is the first offset of the batch.
	Offset int64
	// Reason is what is wrong with it, such as "checksum mismatch".
	Reason error
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("topic %s partition %d: the batch at offset %d cannot be read: %v",
		e.Topic, e.Partition, e.Offset, e.Reason)
}

// Unwrap returns the reason.
func (e *CorruptError) Unwrap() error { return e.Reason }
